import { soughtWords, wordsOf } from '../../domain/search/words.js';
import type { Keys } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';

/**
 * Texts are sealed, so they are found by keyed hashes of their words: equal words of one tenant are equal numbers, and
 * without the tenant's key a number says nothing.
 */

const PURPOSE = 'search';

// No reference to the inquiry: it would be checked for every word, and the rows go with its erasure.
const INSERT = `
  insert into search_token (tenant_id, inquiry_id, token) select $1, $2, unnest($3::bigint[]) on conflict do nothing`;

/** Makes an inquiry findable by the words of a text, in the transaction that stores the text. */
export async function indexText(tx: Tx, keys: Keys, inquiryId: string, text: string): Promise<void> {
  const tokens = wordsOf(text).map((word) => tokenOf(keys, word));
  if (tokens.length > 0) await tx.run(INSERT, [tx.tenantId, inquiryId, tokens]);
}

/** The tokens an inquiry must all have to be found; empty when the query holds nothing to look for. */
export function soughtTokens(keys: Keys, query: string): readonly string[] {
  return soughtWords(query).map((word) => tokenOf(keys, word));
}

/** Forgets what an erased inquiry could be found by. */
export async function forgetTexts(tx: Tx, inquiryId: string): Promise<void> {
  await tx.run('delete from search_token where tenant_id = $1 and inquiry_id = $2', [tx.tenantId, inquiryId]);
}

/** Half of an index entry is the token: eight bytes are enough that no two words of a tenant meet. */
function tokenOf(keys: Keys, word: string): string {
  return keys.lookup(PURPOSE, word).readBigInt64BE(0).toString();
}
