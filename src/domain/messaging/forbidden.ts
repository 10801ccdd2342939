import { matchPhrase, parsePhrase } from '../classification/phrase.js';
import type { Phrase } from '../classification/phrase.js';
import { tokenise } from '../classification/tokens.js';

/** A phrase that people of the tenant should not write to buyers, such as asking them to cancel. */
export type ForbiddenPhrase = {
  /** Stable name, as it is recorded. */
  readonly id: string;
  /** In the small language of `domain/classification/phrase.ts`. */
  readonly phrase: string;
  /** Channels it is forbidden on; left out = on all of them. */
  readonly channels?: readonly string[] | undefined;
  /** Why, for whoever writes; by language or one for all. */
  readonly why: string | Readonly<Record<string, string>>;
};

/** A forbidden phrase that stands in a text, with where (UTF-16 offsets, `end` exclusive). */
export type PolicyWarning = Pick<ForbiddenPhrase, 'id' | 'why'> & { readonly start: number; readonly end: number };

/** How many words `~` may stand for. */
const GAP = 4;

/** Why a phrase cannot be read, or null when it can. */
export function phraseFault(phrase: string): string | null {
  try {
    parsePhrase(phrase, GAP);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'The phrase cannot be read';
  }
}

/**
 * The forbidden phrases that stand in a text for a channel, each once, where it stands first. Case, accents and stretched
 * letters make no difference; the first 10,000 characters are read.
 */
export function policyWarnings(text: string, channel: string, forbidden: readonly ForbiddenPhrase[]): PolicyWarning[] {
  const tokens = tokenise(text);
  return forbidden.flatMap(({ id, phrase, channels, why }) => {
    if (channels !== undefined && !channels.includes(channel)) return [];
    const found = firstMatch(parsePhrase(phrase, GAP), tokens);
    return found === null ? [] : [{ id, why, ...found }];
  });
}

function firstMatch(
  phrase: Phrase,
  tokens: ReturnType<typeof tokenise>,
): { readonly start: number; readonly end: number } | null {
  for (const [from, first] of tokens.entries()) {
    const match = matchPhrase(phrase, tokens, from);
    if (match !== null) return { start: first.start, end: tokens[match.end - 1]?.end ?? first.end };
  }
  return null;
}
