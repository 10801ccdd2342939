import { z } from 'zod';
import type { ValuesOf } from '../schemas.js';
import type { ChannelSettings } from './channel-settings.js';
import { AMAZON, amazonOf } from './amazon.js';
import type { AmazonConfig } from './amazon.js';
import { emailOf, GOOGLE_MAIL, MICROSOFT_MAIL } from './email.js';
import type { EmailConfig } from './email.js';
import { MERCADOLIVRE, mercadoLivreOf } from './mercadolivre.js';
import type { MercadoLivreConfig } from './mercadolivre.js';
import { WHATSAPP, whatsAppOf } from './whatsapp.js';
import type { WhatsAppConfig } from './whatsapp.js';
import { SHOPEE, shopeeOf } from './shopee.js';
import type { ShopeeConfig } from './shopee.js';

/** Platforms: what is registered with each, once per installation. */
export type ChannelsConfig = {
  /**
   * `ATENDE_PUBLIC_URL`. Address under which platforms and browsers reach the API, such as `https://atende.example`. Sellers come back
   * to it after they consented, and platforms send their notices there.
   * @default unset (no channel that needs consent can be set up)
   */
  readonly publicUrl: string | undefined;
  /** `ATENDE_SWEEP_EVERY_MS`. Milliseconds between two looks for what a platform did not tell. @default 300000 */
  readonly sweepEveryMs: number;
  /**
   * `ATENDE_MAILBOXES_WATCHED`. Mailboxes that a worker stays connected to, to hear of mail at once; 0 = none. What comes into others is
   * found by the next look.
   * @default 200
   */
  readonly watchesAtOnce: number;
  /** undefined without an application: then no shop on it can be authorised. */
  readonly mercadolivre: MercadoLivreConfig | undefined;
  /** undefined without an application: then no shop on it can be connected. */
  readonly whatsapp: WhatsAppConfig | undefined;
  /** undefined without an application: then no shop on it can be authorised. */
  readonly shopee: ShopeeConfig | undefined;
  readonly amazon: AmazonConfig;
  readonly email: EmailConfig;
};

/** Every channel that is set up in the environment. */
const SETTINGS: readonly ChannelSettings[] = [MERCADOLIVRE, WHATSAPP, SHOPEE, AMAZON, MICROSOFT_MAIL, GOOGLE_MAIL];

export const CHANNEL_VARIABLES = {
  ATENDE_PUBLIC_URL: {
    schema: z.string().refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '') && !text.endsWith('/')),
    remedy: 'use the address callers see, such as https://atende.example, without a slash at its end',
  },
  ATENDE_SWEEP_EVERY_MS: {
    schema: z.coerce.number().int().min(500).max(86_400_000),
    remedy: 'use milliseconds from 500',
  },
  ATENDE_MAILBOXES_WATCHED: {
    schema: z.coerce.number().int().min(0).max(10_000),
    remedy: 'use a number of connections from 0 to 10000',
  },
  ...MERCADOLIVRE.variables,
  ...WHATSAPP.variables,
  ...SHOPEE.variables,
  ...AMAZON.variables,
  ...MICROSOFT_MAIL.variables,
  ...GOOGLE_MAIL.variables,
} as const;

type ChannelVariable = keyof typeof CHANNEL_VARIABLES;

export const CHANNEL_FROM_FILE = SETTINGS.flatMap(({ fromFile }) => fromFile) as readonly ChannelVariable[];

/** Groups of variables that are all set, or none of them. */
export const CHANNEL_TOGETHER = SETTINGS.map(({ together }) => together) as readonly (readonly ChannelVariable[])[];

export function channelsOf(values: ValuesOf<typeof CHANNEL_VARIABLES>): ChannelsConfig {
  return {
    publicUrl: values.ATENDE_PUBLIC_URL,
    sweepEveryMs: values.ATENDE_SWEEP_EVERY_MS ?? 300_000,
    watchesAtOnce: values.ATENDE_MAILBOXES_WATCHED ?? 200,
    mercadolivre: mercadoLivreOf(values),
    whatsapp: whatsAppOf(values),
    shopee: shopeeOf(values),
    amazon: amazonOf(values),
    email: emailOf(values),
  };
}
