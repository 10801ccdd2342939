import { z } from 'zod';
import { origin } from '../schemas.js';
import type { ValuesOf } from '../schemas.js';
import type { ChannelSettings } from './channel-settings.js';

/** WhatsApp's Cloud API; docs/channels/whatsapp.md. */
export type WhatsAppConfig = {
  /**
   * `ATENDE_WHATSAPP_APP_SECRET` or `ATENDE_WHATSAPP_APP_SECRET_FILE`. Secret of the application that is registered with the platform,
   * which signs every notice. @default unset
   */
  readonly appSecret: string;
  /**
   * `ATENDE_WHATSAPP_VERIFY_TOKEN` or `ATENDE_WHATSAPP_VERIFY_TOKEN_FILE`. What the platform shows when it asks whether the address of
   * notices is the right one; made up by whoever sets up the application. @default unset
   */
  readonly verifyToken: string;
  /**
   * `ATENDE_WHATSAPP_API_URL`. Where the API is; another address for the local server that speaks the same protocol.
   * @default https://graph.facebook.com
   */
  readonly apiUrl: string;
  /** `ATENDE_WHATSAPP_API_VERSION`. Version of the API; the platform ends each after about two years. @default v24.0 */
  readonly version: string;
  /**
   * `ATENDE_WHATSAPP_PER_SECOND`. Requests a second that the platform allows each phone number, counted apart for messages, files and
   * everything else. The platform raises it for those who send much. @default 80
   */
  readonly perSecond: number;
};

const secret = z.string().min(8).max(256);

export const WHATSAPP = {
  variables: {
    ATENDE_WHATSAPP_APP_SECRET: { schema: secret, remedy: 'use the secret of the application' },
    ATENDE_WHATSAPP_VERIFY_TOKEN: { schema: secret, remedy: 'make up a text of 8 characters or more' },
    ATENDE_WHATSAPP_API_URL: { schema: origin, remedy: 'use an origin such as https://graph.facebook.com' },
    ATENDE_WHATSAPP_PER_SECOND: {
      schema: z.coerce.number().int().min(1).max(10_000),
      remedy: 'use requests per second, 1 to 10000',
    },
    ATENDE_WHATSAPP_API_VERSION: { schema: z.string().regex(/^v\d{1,3}\.\d$/), remedy: 'use a version such as v24.0' },
  },
  fromFile: ['ATENDE_WHATSAPP_APP_SECRET', 'ATENDE_WHATSAPP_VERIFY_TOKEN'],
  together: ['ATENDE_WHATSAPP_APP_SECRET', 'ATENDE_WHATSAPP_VERIFY_TOKEN'],
} as const satisfies ChannelSettings;

/** undefined without an application. */
export function whatsAppOf(values: ValuesOf<typeof WHATSAPP.variables>): WhatsAppConfig | undefined {
  const { ATENDE_WHATSAPP_APP_SECRET: appSecret, ATENDE_WHATSAPP_VERIFY_TOKEN: verifyToken } = values;
  if (appSecret === undefined || verifyToken === undefined) return undefined;
  return {
    appSecret,
    verifyToken,
    apiUrl: values.ATENDE_WHATSAPP_API_URL ?? 'https://graph.facebook.com',
    version: values.ATENDE_WHATSAPP_API_VERSION ?? 'v24.0',
    perSecond: values.ATENDE_WHATSAPP_PER_SECOND ?? 80,
  };
}
