import { v5, v7, validate } from 'uuid';

/** A new time-ordered id (UUIDv7). */
export function newId(): string {
  return v7();
}

/** The id that always belongs to the same parts (UUIDv5); `namespace` is itself a UUID. */
export function derivedId(namespace: string, ...parts: readonly string[]): string {
  // Lengths keep ("ab", "c") and ("a", "bc") apart.
  return v5(parts.map((part) => `${part.length}:${part}`).join(''), namespace);
}

/** True for any RFC 9562 UUID. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && validate(value);
}
