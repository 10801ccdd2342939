import { z } from 'zod';
import { parseDuration } from '../../domain/definition/durations.js';
import type { ShopFacts } from '../../domain/inquiry/facts.js';

const duration = z.string().refine((text) => parseDuration(text) !== null, 'A duration such as 10s, 5m or PT10S');

/**
 * What can be set per shop. Durations are strings; `replyUrl: null` sends to the demo buyer, `calendar: null` leaves the
 * definition's calendar in force.
 */
export const shopSettingsSchema = z.strictObject({
  replyUrl: z.url({ protocol: /^https?$/ }).nullable().default(null),
  /** Undo time before a message is handed to the channel. */
  holdSeconds: z.number().int().min(0).max(300).default(0),
  /** How long one call to the channel may take. */
  requestTimeout: duration.default('10s'),
  /** How long the channel may need until a message it took can be read back. */
  settleTime: duration.default('5s'),
  /** How long an answer of the channel about a message's fate is waited for. */
  verdictTimeout: duration.default('15m'),
  calendar: z.string().nullable().default(null),
  automatedSends: z.boolean().default(true),
  /** Whether `GET {replyUrl}?intentId=` can be asked what became of a message. */
  readBack: z.boolean().default(true),
});
export type ShopSettings = z.infer<typeof shopSettingsSchema>;

/** Settings as stored, with defaults filled in. What was stored has been validated, so a failure is a defect. */
export function readSettings(stored: unknown): ShopSettings {
  return shopSettingsSchema.parse(stored);
}

/** A duration setting in ms. */
export function settingMs(text: string): number {
  return parseDuration(text) ?? 0;
}

/** Channels whose messages are letters; everything else is chat. */
const LETTER_CHANNELS = new Set(['email', 'amazon']);

type ShopRow = {
  readonly id: string;
  readonly key: string;
  readonly channel: string;
  readonly country: string;
  readonly language: string;
  readonly settings: unknown;
};

/** What decisions may know about a shop. */
export function shopFacts(shop: ShopRow): ShopFacts {
  const settings = readSettings(shop.settings);
  return {
    id: shop.id,
    key: shop.key,
    channel: shop.channel,
    country: shop.country,
    language: shop.language,
    calendar: settings.calendar,
    holdMs: settings.holdSeconds * 1000,
    verdictTimeoutMs: settingMs(settings.verdictTimeout),
    form: LETTER_CHANNELS.has(shop.channel) ? 'letter' : 'chat',
    automatedSends: settings.automatedSends,
  };
}
