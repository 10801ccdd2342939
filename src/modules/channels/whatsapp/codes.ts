/**
 * The platform's codes for what went wrong; they count, not the status of the answer. Source: Meta's pages on errors of the Cloud
 * API; docs/channels/whatsapp.md.
 */

/** Too much at once, or not now: certainly not taken. */
const LATER: ReadonlySet<number> = new Set([2, 4, 80_007, 130_429, 131_016, 131_056, 131_057, 133_016]);

/** The platform itself does not know what happened; a message it says this about may arrive. */
const UNSURE: ReadonlySet<number> = new Set([1, 131_000]);

/** Too much of an application, a business account or a number: whoever asks next is told the same. */
const TOO_MUCH: ReadonlySet<number> = new Set([4, 80_007, 130_429]);

/** What HTTP says of a limit. */
const TOO_MANY = 429;

/** To one and the same buyer about one message in six seconds. */
const PAIR_LIMIT = { code: 131_056, ms: 6_000 };

const WORDS: readonly (readonly [from: number, to: number, word: string])[] = [
  [100, 100, 'parameter_invalid'],
  [368, 368, 'account_restricted'],
  [130_403, 130_403, 'blocked_by_buyer'],
  [130_497, 130_497, 'account_restricted'],
  [131_008, 131_009, 'parameter_invalid'],
  [131_021, 131_021, 'same_number'],
  [131_026, 131_026, 'undeliverable'],
  [131_031, 131_031, 'account_restricted'],
  [131_042, 131_042, 'payment_missing'],
  [131_047, 131_047, 'window_closed'],
  [131_048, 131_048, 'spam_limit'],
  [131_049, 131_049, 'limited_by_platform'],
  [131_050, 131_050, 'opted_out'],
  [131_051, 131_051, 'type_unsupported'],
  [131_052, 131_053, 'media_failed'],
  [132_000, 132_016, 'template_refused'],
];

export type Verdict =
  | { readonly kind: 'later'; readonly retryAfterMs: number | null }
  | { readonly kind: 'unsure' }
  /** Token or permission: nothing moves until an administrator has given another. */
  | { readonly kind: 'unauthorised' }
  | { readonly kind: 'refused' };

/** What a code means for whatever was asked; the status counts only where we have never heard of the code. */
export function verdictOf(code: number, status: number): Verdict {
  if (code === PAIR_LIMIT.code) return { kind: 'later', retryAfterMs: PAIR_LIMIT.ms };
  if (LATER.has(code)) return { kind: 'later', retryAfterMs: null };
  if (UNSURE.has(code)) return { kind: 'unsure' };
  if ([0, 3, 10, 190].includes(code) || (code >= 200 && code < 300)) return { kind: 'unauthorised' };
  if (status === TOO_MANY && knownWordOf(code) === undefined) return { kind: 'later', retryAfterMs: null };
  return { kind: 'refused' };
}

/** Whether nobody should ask for a while; one buyer's limit is nothing to the others. `code` null = the platform says none. */
export function isTooMuch(status: number, code: number | null): boolean {
  if (code === PAIR_LIMIT.code) return false;
  return status === TOO_MANY || (code !== null && TOO_MUCH.has(code));
}

/** A word of ours for a code; one that nobody has met before stays recognisable. */
export function wordOf(code: number): string {
  return knownWordOf(code) ?? `whatsapp_${code}`;
}

function knownWordOf(code: number): string | undefined {
  return WORDS.find(([from, to]) => code >= from && code <= to)?.[2];
}
