import canonicalize from 'canonicalize';
import { audit } from '../audit/index.js';
import type { AuditActor } from '../audit/index.js';
import type { Tx } from '../../platform/database/index.js';

/** Who changes something, when (epoch ms), and in which request. */
export type Author = {
  readonly actor: AuditActor;
  readonly at: number;
  readonly requestId: string | null;
};

/** The author's member id, or null when the system itself acts. */
export function memberOf(author: Author): string | null {
  return author.actor.kind === 'member' ? author.actor.id : null;
}

/** A word of which at most one change per tenant is made at a time. */
export type ConfiguredWord =
  | 'tenant'
  | 'shop'
  | 'phrase_policy'
  | 'publishing_policy'
  | 'member'
  | 'queue'
  | 'calendar'
  | 'roster'
  | 'connection'
  | 'webhook'
  | 'definition'
  | 'retention_class';

/**
 * Makes changes of one word and tenant take turns until the transaction ends. Changes are rare, and this makes next
 * versions distinct, taken keys visible and rules over several rows (the last admin) sound. A transaction takes the turn of
 * one word only, so turns cannot lock each other out; creating a whole tenant takes all, when nobody else can see it.
 */
export async function takeTurn(tx: Tx, word: ConfiguredWord): Promise<void> {
  await tx.run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${tx.tenantId}|${word}`]);
}

/** Settings as the audit log shows them: ids, keys and values, neither secrets nor names of people. */
export type AuditedValues = Readonly<Record<string, unknown>>;

export type Change = {
  /** `<word>.<verb>`, for example `shop.change`. */
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string };
  readonly before: AuditedValues | null;
  readonly after: AuditedValues | null;
};

/**
 * Writes the audit event of a change into its transaction. Where there is a before and an after, only what differs is
 * written.
 */
export async function recordChange(tx: Tx, author: Author, { action, object, before, after }: Change): Promise<void> {
  const names = Object.keys({ ...before, ...after }).filter((name) => !isSame(before?.[name], after?.[name]));
  const differing = (values: AuditedValues | null): AuditedValues | null =>
    values === null ? null : Object.fromEntries(names.map((name) => [name, values[name]]));
  await audit(tx, [
    {
      at: author.at,
      actor: author.actor,
      action,
      object,
      result: 'ok',
      before: differing(before),
      after: differing(after),
      requestId: author.requestId,
    },
  ]);
}

/** True for values that are the same as JSON, whatever the order of their keys. */
export function isSame(left: unknown, right: unknown): boolean {
  return canonicalize(left ?? null) === canonicalize(right ?? null);
}

/** The members of a patch that are given. */
export function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
