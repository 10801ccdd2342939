import { reasonOf } from '../wording.js';

/** What an error of the platform comes down to. */
export type Meaning =
  /** The access token is not taken: a refresh tells whether the consent is. */
  | 'token'
  | 'busy'
  /** No more today; the platform's day begins at midnight, UTC+8. */
  | 'daily'
  /** Something about our application, the shop or our clock that people have to put right; nothing was done. */
  | 'setup'
  | 'absent'
  /** The platform's own fault: whether it did anything is not known. */
  | 'system'
  | 'refused';

const WORDS: Readonly<Record<string, Meaning>> = {
  invalid_acceess_token: 'token',
  invalid_access_token: 'token',
  shop_access_expired: 'token',
  shop_no_linked: 'token',
  partner_shop_no_link: 'token',
  error_rate_limit: 'busy',
  error_limit: 'daily',
  error_sign: 'setup',
  error_partner_key_expired: 'setup',
  source_ip_undeclared: 'setup',
  error_api_permission: 'setup',
  error_ashop_api_permission: 'setup',
  error_api_call_restricted: 'setup',
  error_kyc_auth: 'setup',
  api_suspended: 'setup',
  invalid_partner_id: 'setup',
  shop_banned: 'setup',
  error_not_found: 'absent',
};

/** One word stands for many things: then the sentence beside it tells them apart. */
const SENTENCES: Readonly<Record<string, readonly (readonly [RegExp, Meaning])[]>> = {
  error_auth: [
    [/system error/i, 'system'],
    [/access.?token|shop.?id/i, 'token'],
    [/./, 'setup'],
  ],
  error_param: [
    [/timestamp/i, 'setup'],
    [/not found/i, 'absent'],
  ],
  error_data: [[/not exist/i, 'absent']],
};

/** What an error means; a word nobody here knows is taken for a refusal unless it sounds like a fault. */
export function meaningOf(word: string, sentence: string): Meaning {
  if (Object.hasOwn(WORDS, word)) return WORDS[word] ?? 'refused';
  const told = Object.hasOwn(SENTENCES, word)
    ? SENTENCES[word]?.find(([pattern]) => pattern.test(sentence))
    : undefined;
  if (told !== undefined) return told[1];
  return /server|inner|internal|system|network|timeout|unknown|busy/.test(word) ? 'system' : 'refused';
}

/** What is kept of an error: the platform's word as a code that is safe to keep, or ours where one word stands for many things. */
export function codeOf(word: string, sentence: string): string {
  if (word === 'error_param' && /timestamp/i.test(sentence)) return 'clock_off';
  // The same word says that a refresh token is used up: then the consent is over, which it is not because of our own settings.
  if (word === 'error_auth' && /partner.?id/i.test(sentence) && !/shop.?id/i.test(sentence))
    return 'invalid_partner_id';
  return reasonOf(word);
}

const DAY_MS = 86_400_000;
const PLATFORM_OFFSET_MS = 8 * 3_600_000;

/** How long it is until the platform counts anew, in ms, from `now` (epoch ms). */
export function untilNextDay(now: number): number {
  return DAY_MS - ((now + PLATFORM_OFFSET_MS) % DAY_MS);
}
