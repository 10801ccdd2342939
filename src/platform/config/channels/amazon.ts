import { z } from 'zod';
import { boolean, isHost, list, origin, perMinute } from '../schemas.js';
import type { ValuesOf } from '../schemas.js';
import type { ChannelSettings } from './channel-settings.js';

/** Amazon; docs/channels/amazon.md says which of these the platform documents and which are guesses. */
export type AmazonConfig = {
  /**
   * `ATENDE_AMAZON_RELAY_DOMAINS`. Domains of the addresses under which buyers write, separated by commas; one for each marketplace.
   * @default marketplace.amazon.com.br, and the same name under the domains of the other marketplaces
   */
  readonly relayDomains: readonly string[];
  /**
   * `ATENDE_AMAZON_RESPOND_HOURS`. Hours after a buyer's message within which an answer counts as given in time; weekends and holidays
   * are counted too.
   * @default 24
   */
  readonly respondHours: number;
  /**
   * `ATENDE_AMAZON_FILES_MAX_BYTES`. Bytes of all files of an answer together; how much the relay passes on is not documented, and each
   * byte becomes a third more in a mail.
   * @default 7000000
   */
  readonly filesMaxBytes: number;
  /** undefined without an application: then there are mails alone, and neither typed messages nor orders. */
  readonly app: AmazonAppConfig | undefined;
};

/** An application for the Selling Partner API. */
export type AmazonAppConfig = {
  /** `ATENDE_AMAZON_APPLICATION_ID`. Id of the application that is registered with the platform, `amzn1.sp.solution.…`. @default unset */
  readonly applicationId: string;
  /** `ATENDE_AMAZON_CLIENT_ID`. Its id for Login with Amazon, `amzn1.application-oa2-client.…`. @default unset */
  readonly clientId: string;
  /** `ATENDE_AMAZON_CLIENT_SECRET` or `ATENDE_AMAZON_CLIENT_SECRET_FILE`. Its secret there. @default unset */
  readonly clientSecret: string;
  /** `ATENDE_AMAZON_DRAFT`. Whether the application has not been published yet: sellers consent to its draft then. @default false */
  readonly isDraft: boolean;
  /**
   * `ATENDE_AMAZON_API_URL`. Where the API is; another address for other regions, for the platform's sandbox, and for the local server
   * that speaks the same protocol.
   * @default https://sellingpartnerapi-na.amazon.com
   */
  readonly apiUrl: string;
  /** `ATENDE_AMAZON_TOKEN_URL`. Where tokens are given. @default https://api.amazon.com */
  readonly tokenUrl: string;
  /** `ATENDE_AMAZON_CONSENT_URL`. Where sellers consent; of their marketplace. @default https://sellercentral.amazon.com.br */
  readonly consentUrl: string;
  /** `ATENDE_AMAZON_MARKETPLACE_ID`. The marketplace whose orders are meant. @default A2Q3Y263D00KWC (Brazil) */
  readonly marketplaceId: string;
  /**
   * `ATENDE_AMAZON_PER_MINUTE`. Requests a minute we allow ourselves per group of endpoints, for all shops together; the platform allows
   * one a second for messages and one in two seconds for orders, for each seller.
   * @default 30
   */
  readonly perMinute: number;
};

/** Of the marketplaces whose sellers have the relay; only the first has been seen in a report. */
const RELAY_DOMAINS: readonly string[] = [
  ...['com.br', 'com', 'ca', 'com.mx', 'co.uk', 'de', 'fr', 'it', 'es', 'nl', 'se', 'pl', 'com.be', 'ie', 'com.tr'],
  ...['ae', 'sa', 'eg', 'co.za', 'in', 'co.jp', 'sg', 'com.au'],
].map((end) => `marketplace.amazon.${end}`);

const id = z.string().regex(/^[\w.-]{1,128}$/);

export const AMAZON = {
  variables: {
    ATENDE_AMAZON_RELAY_DOMAINS: { schema: list(isHost), remedy: 'list domains, separated by commas' },
    ATENDE_AMAZON_RESPOND_HOURS: { schema: z.coerce.number().int().min(1).max(168), remedy: 'use hours from 1 to 168' },
    ATENDE_AMAZON_FILES_MAX_BYTES: {
      schema: z.coerce.number().int().min(1_024).max(18_000_000),
      remedy: 'use bytes from 1024 to 18000000',
    },
    ATENDE_AMAZON_APPLICATION_ID: { schema: id, remedy: 'use the id of the application, amzn1.sp.solution.…' },
    ATENDE_AMAZON_CLIENT_ID: { schema: id, remedy: 'use its client id, amzn1.application-oa2-client.…' },
    ATENDE_AMAZON_CLIENT_SECRET: { schema: z.string().max(512), remedy: 'use its client secret' },
    ATENDE_AMAZON_DRAFT: { schema: boolean, remedy: 'use true or false' },
    ATENDE_AMAZON_API_URL: { schema: origin, remedy: 'use an origin such as https://sellingpartnerapi-na.amazon.com' },
    ATENDE_AMAZON_TOKEN_URL: { schema: origin, remedy: 'use an origin such as https://api.amazon.com' },
    ATENDE_AMAZON_CONSENT_URL: { schema: origin, remedy: 'use an origin such as https://sellercentral.amazon.com.br' },
    ATENDE_AMAZON_MARKETPLACE_ID: { schema: id, remedy: 'use the id of a marketplace, such as A2Q3Y263D00KWC' },
    ATENDE_AMAZON_PER_MINUTE: { schema: perMinute, remedy: 'use requests per minute, 1 or more' },
  },
  fromFile: ['ATENDE_AMAZON_CLIENT_SECRET'],
  together: ['ATENDE_AMAZON_APPLICATION_ID', 'ATENDE_AMAZON_CLIENT_ID', 'ATENDE_AMAZON_CLIENT_SECRET'],
} as const satisfies ChannelSettings;

type Values = ValuesOf<typeof AMAZON.variables>;

/** Nothing has to be set: a mailbox is enough. */
export function amazonOf(values: Values): AmazonConfig {
  return {
    relayDomains: (values.ATENDE_AMAZON_RELAY_DOMAINS ?? RELAY_DOMAINS).map((domain) => domain.toLowerCase()),
    respondHours: values.ATENDE_AMAZON_RESPOND_HOURS ?? 24,
    filesMaxBytes: values.ATENDE_AMAZON_FILES_MAX_BYTES ?? 7_000_000,
    app: appOf(values),
  };
}

function appOf(values: Values): AmazonAppConfig | undefined {
  const {
    ATENDE_AMAZON_APPLICATION_ID: applicationId,
    ATENDE_AMAZON_CLIENT_ID: clientId,
    ATENDE_AMAZON_CLIENT_SECRET: clientSecret,
  } = values;
  if (applicationId === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return {
    ...{ applicationId, clientId, clientSecret, isDraft: values.ATENDE_AMAZON_DRAFT ?? false },
    apiUrl: values.ATENDE_AMAZON_API_URL ?? 'https://sellingpartnerapi-na.amazon.com',
    tokenUrl: values.ATENDE_AMAZON_TOKEN_URL ?? 'https://api.amazon.com',
    consentUrl: values.ATENDE_AMAZON_CONSENT_URL ?? 'https://sellercentral.amazon.com.br',
    marketplaceId: values.ATENDE_AMAZON_MARKETPLACE_ID ?? 'A2Q3Y263D00KWC',
    perMinute: values.ATENDE_AMAZON_PER_MINUTE ?? 30,
  };
}
