import type { Keys, Place } from '../../platform/crypto/index.js';

/**
 * Histories hold ids, codes and instants; a few of their members may hold somebody's words: declared data, values and answers
 * of expressions, what a template is filled with. Before a record is stored these are lifted out, sealed beside it under
 * the inquiry's key, and put back where it is read.
 */

/** A member by its path; `*` stands for any name or place. The last segment may be a pattern. */
export type WordPath = readonly (string | RegExp)[];

/** Paths in an event that waits in the inbox or is recorded with its decision. */
export const WORDS_OF_EVENTS: readonly WordPath[] = [['data'], ['command', 'data']];

/** Paths in a row of the history: entries, and the decision they came from. */
export const WORDS_OF_HISTORY: readonly WordPath[] = [
  ...WORDS_OF_EVENTS.map((path) => ['decision', 'event', ...path]),
  ['decision', 'answers', '*', /^(value|error)$/],
  ['decision', 'effects', '*', 'source', 'values'],
  ['decision', 'effects', '*', 'body'],
  ['entries', '*', 'data', /^(changed|before|after)$/, 'data'],
  ['entries', '*', 'data', 'error'],
  ['entries', '*', 'because', 'values', /^data(\.|$)/],
  ['entries', '*', 'because', 'passedOver', '*', 'values', /^data(\.|$)/],
];

/** What stands for words that are gone. */
export const ERASED = '[erased]';

/** Stands in a stored record for the words with this place in the list beside it. */
type Marker = { readonly $words: number };

export type Lifted<T> = { readonly clear: T; readonly words: readonly unknown[] };

/** Takes the words out of a record. `clear` has the shape of the record, with markers where words were. */
export function liftWords<T>(record: T, paths: readonly WordPath[]): Lifted<T> {
  const words: unknown[] = [];
  let clear: unknown = record;
  for (const path of paths) clear = lift(clear, path, words);
  return { clear: clear as T, words };
}

/** Puts words back into a record; `null` where they have been erased. */
export function putBack<T>(clear: T, words: readonly unknown[] | null): T {
  if (!JSON.stringify(clear)?.includes('"$words"')) return clear;
  return restore(clear, words) as T;
}

/**
 * Seals what was lifted out, or null when it was nothing.
 *
 * @throws {Error} when there are words and nothing to seal them with: such a record must not be stored
 */
export function sealedWords(keys: Keys | null, place: Place, words: readonly unknown[]): Buffer | null {
  if (words.length === 0) return null;
  if (keys === null) throw new Error(`Words in ${place.table} without a key to seal them`);
  return keys.sealJson(place, words);
}

/** Values before or after a change as a record that is never erased may hold them: names of what was filled in only. */
export function withoutWords(values: unknown): unknown {
  if (!isObject(values)) return values ?? null;
  if (!isObject(values['data'])) return values;
  return { ...values, data: Object.fromEntries(Object.keys(values['data']).map((name) => [name, '[sealed]'])) };
}

function lift(value: unknown, path: WordPath, words: unknown[]): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return isWord(value) ? mark(words, value) : value;
  if (Array.isArray(value)) return head === '*' ? value.map((item) => lift(item, rest, words)) : value;
  if (!isObject(value)) return value;
  const names = Object.keys(value).filter((name) => fits(head, name));
  const changed = names.map((name) => [name, lift(value[name], rest, words)] as const);
  return changed.every(([name, member]) => member === value[name])
    ? value
    : { ...value, ...Object.fromEntries(changed) };
}

/** Yes and no, nothing at all and the empty object say nothing about anybody. */
function isWord(value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false;
  return !isObject(value) || Object.keys(value).length > 0;
}

function mark(words: unknown[], value: unknown): Marker {
  words.push(value);
  return { $words: words.length - 1 };
}

function restore(value: unknown, words: readonly unknown[] | null): unknown {
  if (Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map((item) => restore(item, words));
  if (!isObject(value)) return value;
  const place = value['$words'];
  if (typeof place === 'number') return words === null ? ERASED : words[place];
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, restore(member, words)]));
}

function fits(segment: string | RegExp, name: string): boolean {
  return typeof segment === 'string' ? segment === '*' || segment === name : segment.test(name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
