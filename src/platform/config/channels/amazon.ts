import { z } from 'zod';
import { isHost, list } from '../schemas.js';
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
};

/** Of the marketplaces whose sellers have the relay; only the first has been seen in a report. */
const RELAY_DOMAINS: readonly string[] = [
  ...['com.br', 'com', 'ca', 'com.mx', 'co.uk', 'de', 'fr', 'it', 'es', 'nl', 'se', 'pl', 'com.be', 'ie', 'com.tr'],
  ...['ae', 'sa', 'eg', 'co.za', 'in', 'co.jp', 'sg', 'com.au'],
].map((end) => `marketplace.amazon.${end}`);

export const AMAZON = {
  variables: {
    ATENDE_AMAZON_RELAY_DOMAINS: { schema: list(isHost), remedy: 'list domains, separated by commas' },
    ATENDE_AMAZON_RESPOND_HOURS: { schema: z.coerce.number().int().min(1).max(168), remedy: 'use hours from 1 to 168' },
  },
  fromFile: [],
  together: [],
} as const satisfies ChannelSettings;

/** Nothing has to be set: a mailbox is enough. */
export function amazonOf(values: ValuesOf<typeof AMAZON.variables>): AmazonConfig {
  return {
    relayDomains: (values.ATENDE_AMAZON_RELAY_DOMAINS ?? RELAY_DOMAINS).map((domain) => domain.toLowerCase()),
    respondHours: values.ATENDE_AMAZON_RESPOND_HOURS ?? 24,
  };
}
