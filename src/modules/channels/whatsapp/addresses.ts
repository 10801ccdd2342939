/**
 * Whom a conversation is with: a phone number as the platform writes it, or the id it has given a person for one business, where the
 * person shows no number.
 */
export type Address = { readonly kind: 'phone' | 'user'; readonly id: string };

/** An address as the text that is kept with each message. */
export function addressText({ kind, id }: Address): string {
  return `${kind}:${id}`;
}

/** The address behind a text, or null. */
export function addressOf(text: string): Address | null {
  const [, kind, id] = /^(phone|user):([\w.+-]{1,160})$/.exec(text) ?? [];
  if (id === undefined) return null;
  return { kind: kind === 'user' ? 'user' : 'phone', id };
}

/** Every id somebody is known by, the one to write to first: a number is where the platform sends when it is given both. */
export function addressesOf(ids: {
  readonly phone?: string | undefined;
  readonly user?: string | undefined;
}): readonly string[] {
  const kinds = ['phone', 'user'] as const;
  return kinds.flatMap((kind) => (ids[kind] === undefined ? [] : [addressText({ kind, id: ids[kind] })]));
}
