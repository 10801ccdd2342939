import { z } from 'zod';
import { origin, perMinute } from '../schemas.js';
import type { ValuesOf } from '../schemas.js';
import type { ChannelSettings } from './channel-settings.js';

/** Shopee Open Platform; docs/channels/shopee.md says which of these the platform documents and which are guesses. */
export type ShopeeConfig = {
  /** `ATENDE_SHOPEE_PARTNER_ID`. Number of the application that is registered with the platform. @default unset */
  readonly partnerId: string;
  /** `ATENDE_SHOPEE_PARTNER_KEY` or `ATENDE_SHOPEE_PARTNER_KEY_FILE`. What requests are signed with. @default unset */
  readonly partnerKey: string;
  /**
   * `ATENDE_SHOPEE_PUSH_KEY` or `ATENDE_SHOPEE_PUSH_KEY_FILE`. The live push key, made where pushes are set up; not the partner key.
   * @default unset (the platform's trial push is answered, everything else is refused; sweeps find what was written)
   */
  readonly pushKey: string | undefined;
  /**
   * `ATENDE_SHOPEE_API_URL`. Where the API is and sellers consent; another address for other regions, for the platform's sandbox, and
   * for the local server that speaks the same protocol.
   * @default https://openplatform.shopee.com.br
   */
  readonly apiUrl: string;
  /**
   * `ATENDE_SHOPEE_MAX_LENGTH`. Characters of a message, at most the default; the platform does not document how many it takes.
   * @default 1000
   */
  readonly maxLength: number;
  /**
   * `ATENDE_SHOPEE_CONTACT_DAYS`. Days after a buyer's message within which the platform takes an answer; not documented. As far back
   * conversations are read.
   * @default 7
   */
  readonly contactDays: number;
  /**
   * `ATENDE_SHOPEE_RESPOND_HOURS`. Hours after a buyer's message within which an answer counts for the platform's response rate; its
   * pages for sellers say 12.
   * @default 12
   */
  readonly respondHours: number;
  /**
   * `ATENDE_SHOPEE_PER_MINUTE`. Requests a minute we allow ourselves per group of endpoints; the platform documents no figure, and what
   * it says when it is too much is obeyed.
   * @default 300
   */
  readonly perMinute: number;
};

export const SHOPEE = {
  variables: {
    ATENDE_SHOPEE_PARTNER_ID: { schema: z.string().regex(/^\d{1,10}$/), remedy: 'use the number of the application' },
    ATENDE_SHOPEE_PARTNER_KEY: { schema: z.string().max(256), remedy: 'use the live API partner key' },
    ATENDE_SHOPEE_PUSH_KEY: { schema: z.string().max(256), remedy: 'use the live push partner key' },
    ATENDE_SHOPEE_API_URL: { schema: origin, remedy: 'use an origin such as https://openplatform.shopee.com.br' },
    ATENDE_SHOPEE_MAX_LENGTH: {
      schema: z.coerce.number().int().min(1).max(1_000),
      remedy: 'use characters from 1 to 1000',
    },
    ATENDE_SHOPEE_CONTACT_DAYS: { schema: z.coerce.number().int().min(1).max(365), remedy: 'use days from 1 to 365' },
    ATENDE_SHOPEE_RESPOND_HOURS: { schema: z.coerce.number().int().min(1).max(168), remedy: 'use hours from 1 to 168' },
    ATENDE_SHOPEE_PER_MINUTE: { schema: perMinute, remedy: 'use requests per minute, 1 or more' },
  },
  fromFile: ['ATENDE_SHOPEE_PARTNER_KEY', 'ATENDE_SHOPEE_PUSH_KEY'],
  together: ['ATENDE_SHOPEE_PARTNER_ID', 'ATENDE_SHOPEE_PARTNER_KEY'],
} as const satisfies ChannelSettings;

/** undefined without an application. */
export function shopeeOf(values: ValuesOf<typeof SHOPEE.variables>): ShopeeConfig | undefined {
  const { ATENDE_SHOPEE_PARTNER_ID: partnerId, ATENDE_SHOPEE_PARTNER_KEY: partnerKey } = values;
  if (partnerId === undefined || partnerKey === undefined) return undefined;
  return {
    partnerId,
    partnerKey,
    pushKey: values.ATENDE_SHOPEE_PUSH_KEY,
    apiUrl: values.ATENDE_SHOPEE_API_URL ?? 'https://openplatform.shopee.com.br',
    maxLength: values.ATENDE_SHOPEE_MAX_LENGTH ?? 1_000,
    contactDays: values.ATENDE_SHOPEE_CONTACT_DAYS ?? 7,
    respondHours: values.ATENDE_SHOPEE_RESPOND_HOURS ?? 12,
    perMinute: values.ATENDE_SHOPEE_PER_MINUTE ?? 300,
  };
}
