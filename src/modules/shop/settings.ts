import { z } from 'zod';
import { capabilitiesOf } from '../../domain/channel/capabilities.js';
import type { ShopFacts } from '../../domain/inquiry/facts.js';
import { durationSetting, settingMs, urlSetting } from '../configuration/index.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const fields = {
  /** Without user name and password: replies are signed. */
  replyUrl: urlSetting.nullable(),
  /** Undo time before a message is handed to the channel. */
  holdSeconds: z.number().int().min(0).max(300),
  /** How long one call to the channel may take; less than the dispatcher's hold on a message. */
  requestTimeout: durationSetting(SECOND_MS, MINUTE_MS, '10s'),
  /** How long the channel may need until a message it took can be read back. */
  settleTime: durationSetting(0, 10 * MINUTE_MS, '5s'),
  /** How long an answer of the channel about a message's fate is waited for. */
  verdictTimeout: durationSetting(SECOND_MS, 7 * DAY_MS, '15m'),
  calendar: z.string().min(1).max(100).nullable(),
  automatedSends: z.boolean(),
  /** Whether `GET {replyUrl}?intentId=` can be asked what became of a message. */
  readBack: z.boolean(),
};

/**
 * What can be set per shop. Durations are strings; `replyUrl: null` sends to the demo buyer, `calendar: null` leaves the
 * definition's calendar in force.
 */
export const shopSettingsSchema = z.strictObject({
  replyUrl: fields.replyUrl.default(null),
  holdSeconds: fields.holdSeconds.default(0),
  requestTimeout: fields.requestTimeout.default('10s'),
  settleTime: fields.settleTime.default('5s'),
  verdictTimeout: fields.verdictTimeout.default('15m'),
  calendar: fields.calendar.default(null),
  automatedSends: fields.automatedSends.default(true),
  readBack: fields.readBack.default(true),
});
export type ShopSettings = z.infer<typeof shopSettingsSchema>;

/** Settings to change; what is not named stays as it is. */
export const shopSettingsPatchSchema = z.strictObject(fields).partial();
export type ShopSettingsPatch = z.infer<typeof shopSettingsPatchSchema>;

/** Settings as stored, with defaults filled in. What was stored has been validated, so a failure is a defect. */
export function readSettings(stored: unknown): ShopSettings {
  return shopSettingsSchema.parse(stored);
}

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
    form: capabilitiesOf(shop.channel).form,
    automatedSends: settings.automatedSends,
  };
}
