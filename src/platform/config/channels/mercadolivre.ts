import { isIP } from 'node:net';
import { z } from 'zod';
import { list, origin, perMinute } from '../schemas.js';
import type { ValuesOf } from '../schemas.js';
import type { ChannelSettings } from './channel-settings.js';

/** Mercado Livre; docs/channels/mercadolivre.md. */
export type MercadoLivreConfig = {
  /** `ATENDE_MERCADOLIVRE_CLIENT_ID`. Number of the application that is registered with the platform. @default unset */
  readonly clientId: string;
  /** `ATENDE_MERCADOLIVRE_CLIENT_SECRET` or `ATENDE_MERCADOLIVRE_CLIENT_SECRET_FILE`. Its secret. @default unset */
  readonly clientSecret: string;
  /**
   * `ATENDE_MERCADOLIVRE_API_URL`. Where the API is; another address for the local server that speaks the same protocol.
   * @default https://api.mercadolibre.com
   */
  readonly apiUrl: string;
  /**
   * `ATENDE_MERCADOLIVRE_AUTH_URL`. Where sellers consent; of the country their account is in.
   * @default https://auth.mercadolivre.com.br
   */
  readonly authUrl: string;
  /**
   * `ATENDE_MERCADOLIVRE_AGENT_ID`. The platform's own user that stands between buyer and seller in some conversations; by country.
   * @default 3037675074 (Brazil)
   */
  readonly agentId: string;
  /**
   * `ATENDE_MERCADOLIVRE_SOURCES`. Addresses from which notices are let in, separated by commas; empty = from anywhere, because the
   * platform may change them. Behind a proxy it has to be one of `ATENDE_TRUSTED_PROXIES`.
   * @default empty
   */
  readonly sources: readonly string[];
  /** `ATENDE_MERCADOLIVRE_PER_MINUTE`. Requests a minute the platform allows per group of endpoints. @default 500 */
  readonly perMinute: number;
};

export const MERCADOLIVRE = {
  variables: {
    ATENDE_MERCADOLIVRE_CLIENT_ID: {
      schema: z.string().regex(/^\d{1,32}$/),
      remedy: 'use the number of the application',
    },
    ATENDE_MERCADOLIVRE_CLIENT_SECRET: { schema: z.string().max(256), remedy: 'use the secret of the application' },
    ATENDE_MERCADOLIVRE_API_URL: { schema: origin, remedy: 'use an origin such as https://api.mercadolibre.com' },
    ATENDE_MERCADOLIVRE_AUTH_URL: { schema: origin, remedy: 'use an origin such as https://auth.mercadolivre.com.br' },
    ATENDE_MERCADOLIVRE_AGENT_ID: { schema: z.string().regex(/^\d{1,20}$/), remedy: 'use the number of a user' },
    ATENDE_MERCADOLIVRE_SOURCES: {
      schema: list((text) => isIP(text) !== 0),
      remedy: 'list addresses, separated by commas',
    },
    ATENDE_MERCADOLIVRE_PER_MINUTE: { schema: perMinute, remedy: 'use requests per minute, 1 or more' },
  },
  fromFile: ['ATENDE_MERCADOLIVRE_CLIENT_SECRET'],
  together: ['ATENDE_MERCADOLIVRE_CLIENT_ID', 'ATENDE_MERCADOLIVRE_CLIENT_SECRET'],
} as const satisfies ChannelSettings;

/** undefined without an application. */
export function mercadoLivreOf(values: ValuesOf<typeof MERCADOLIVRE.variables>): MercadoLivreConfig | undefined {
  const { ATENDE_MERCADOLIVRE_CLIENT_ID: clientId, ATENDE_MERCADOLIVRE_CLIENT_SECRET: clientSecret } = values;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return {
    clientId,
    clientSecret,
    apiUrl: values.ATENDE_MERCADOLIVRE_API_URL ?? 'https://api.mercadolibre.com',
    authUrl: values.ATENDE_MERCADOLIVRE_AUTH_URL ?? 'https://auth.mercadolivre.com.br',
    agentId: values.ATENDE_MERCADOLIVRE_AGENT_ID ?? '3037675074',
    sources: values.ATENDE_MERCADOLIVRE_SOURCES ?? [],
    perMinute: values.ATENDE_MERCADOLIVRE_PER_MINUTE ?? 500,
  };
}
