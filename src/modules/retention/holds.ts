import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place, Vault } from '../../platform/crypto/index.js';
import { newId } from '../../platform/ids/index.js';
import { audit } from '../audit/index.js';
import { appendEvent } from '../history/index.js';

/** What a hold keeps from being erased: one inquiry, everything of one buyer, or everything of the tenant. */
export type HoldScope = { readonly inquiryId: string } | { readonly buyerId: string } | { readonly tenant: true };

type Person = { readonly id: string; readonly name: string };

export type HoldView = {
  readonly id: string;
  readonly scope: HoldScope;
  readonly reason: string;
  readonly createdBy: Person;
  readonly createdAt: string;
  /** When somebody should look whether it is still needed. */
  readonly reviewAt: string | null;
  readonly releasedBy: Person | null;
  readonly releasedAt: string | null;
  readonly releaseReason: string | null;
};

export type NewHold = { readonly scope: HoldScope; readonly reason: string; readonly reviewAt: number | null };

/** The member who acts, when (epoch ms), and in which request. */
export type HoldAuthor = {
  readonly memberId: string;
  readonly role: string;
  readonly at: number;
  readonly requestId: string;
};

export type HoldSelection = {
  /** Only those in force, or only those released; both when not given. */
  readonly active?: boolean | undefined;
  /** Instant and id of the last hold of the page before. */
  readonly after: readonly [at: number, id: string] | null;
  readonly limit: number;
};

type Row = {
  readonly id: string;
  readonly scopeKind: 'inquiry' | 'buyer' | 'tenant';
  readonly scopeId: string | null;
  readonly reason: Buffer;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: number;
  readonly reviewAt: number | null;
  readonly releasedBy: string | null;
  readonly releasedByName: string | null;
  readonly releasedAt: number | null;
  readonly releaseReason: Buffer | null;
};

const HOLDS = `
  select h.id, h.scope_kind as "scopeKind", h.scope_id as "scopeId", h.reason, h.created_by as "createdBy",
         c.name as "createdByName", h.created_at as "createdAt", h.review_at as "reviewAt",
         h.released_by as "releasedBy", r.name as "releasedByName", h.released_at as "releasedAt",
         h.release_reason as "releaseReason"
    from hold h
    join member c on c.tenant_id = h.tenant_id and c.id = h.created_by
    left join member r on r.tenant_id = h.tenant_id and r.id = h.released_by
   where h.tenant_id = $1`;

/** Waits until no erasure of the tenant runs; the next one sees what this transaction writes. */
const AGAINST_ERASURE = `select pg_advisory_xact_lock(hashtextextended($1, 0))`;

/** Keeps holds from being placed while an erasure decides; several erasures may run beside each other. */
const AGAINST_HOLDS = `select pg_advisory_xact_lock_shared(hashtextextended($1, 0))`;

const lockName = (tenantId: string): string => `${tenantId}|hold`;

/** Makes sure that a hold placed from now on waits for this transaction; taken before any row is locked. */
export async function shutOutHolds(tx: Tx): Promise<void> {
  await tx.query(AGAINST_HOLDS, [lockName(tx.tenantId)]);
}

/** Legal holds: while one is in force, nothing in its scope is erased. */
export class Holds {
  constructor(private readonly vault: Vault) {}

  /** Places a hold. What is to be kept must exist, and still have content. */
  async place(
    tx: Tx,
    hold: NewHold,
    author: HoldAuthor,
  ): Promise<HoldView | { readonly refused: 'reference_unknown' | 'erased' }> {
    await tx.query(AGAINST_ERASURE, [lockName(tx.tenantId)]);
    const refused = await missing(tx, hold.scope);
    if (refused !== null) return { refused };
    const id = newId();
    const { kind, of } = columnsOf(hold.scope);
    await tx.run(
      `insert into hold (tenant_id, id, scope_kind, scope_id, reason, created_by, created_at, review_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        tx.tenantId,
        id,
        kind,
        of,
        (await this.vault.unlock(tx)).seal(place('reason', id), hold.reason),
        author.memberId,
        instant(author.at),
        instant(hold.reviewAt),
      ],
    );
    await record(tx, 'placed', id, hold.scope, author);
    return this.#one(tx, id);
  }

  /** Releases a hold, by somebody else than who placed it: two people stand behind what may be erased again. */
  async release(
    tx: Tx,
    id: string,
    reason: string,
    author: HoldAuthor,
  ): Promise<HoldView | { readonly refused: 'not_found' | 'released' | 'own_work' }> {
    const row = await tx.first<Row>(`${HOLDS} and h.id = $2 for update of h`, [tx.tenantId, id]);
    if (!row) return { refused: 'not_found' };
    if (row.releasedAt !== null) return { refused: 'released' };
    if (row.createdBy === author.memberId) return { refused: 'own_work' };
    await tx.run(
      `update hold set released_by = $3, released_at = $4, release_reason = $5, version = version + 1
        where tenant_id = $1 and id = $2`,
      [
        tx.tenantId,
        id,
        author.memberId,
        instant(author.at),
        (await this.vault.unlock(tx)).seal(place('release_reason', id), reason),
      ],
    );
    await record(tx, 'released', id, scopeOf(row), author);
    return this.#one(tx, id);
  }

  /** One hold, or null. */
  async find(tx: Tx, id: string): Promise<HoldView | null> {
    const row = await tx.first<Row>(`${HOLDS} and h.id = $2`, [tx.tenantId, id]);
    return row === undefined ? null : holdView(await this.vault.unlock(tx), row);
  }

  /** Holds, newest first. */
  async list(
    tx: Tx,
    { active, after, limit }: HoldSelection,
  ): Promise<{ readonly position: [number, string]; readonly view: HoldView }[]> {
    const [at, id] = after ?? [null, null];
    const rows = await tx.query<Row>(
      `${HOLDS} and ($2::bool is null or (h.released_at is null) = $2)
         and ($3::timestamptz is null or (h.created_at, h.id) < ($3, $4::uuid))
       order by h.created_at desc, h.id desc limit $5`,
      [tx.tenantId, active ?? null, instant(at), id, limit],
    );
    const keys = await this.vault.unlock(tx);
    return rows.map((row) => ({ position: [row.createdAt, row.id], view: holdView(keys, row) }));
  }

  async #one(tx: Tx, id: string): Promise<HoldView> {
    const row = await tx.one<Row>(`${HOLDS} and h.id = $2`, [tx.tenantId, id]);
    return holdView(await this.vault.unlock(tx), row);
  }
}

function holdView(keys: Keys, row: Row): HoldView {
  return {
    id: row.id,
    scope: scopeOf(row),
    reason: keys.open(place('reason', row.id), row.reason) ?? '',
    createdBy: { id: row.createdBy, name: row.createdByName },
    createdAt: rfc3339(row.createdAt),
    reviewAt: rfc3339(row.reviewAt),
    releasedBy: row.releasedBy === null ? null : { id: row.releasedBy, name: row.releasedByName ?? row.releasedBy },
    releasedAt: rfc3339(row.releasedAt),
    releaseReason: keys.open(place('release_reason', row.id), row.releaseReason),
  };
}

/** Why a hold was placed or released is the tenant's own: it must be readable when what it kept is gone. */
function place(column: string, row: string): Place {
  return { owner: 'tenant', table: 'hold', column, row };
}

function columnsOf(scope: HoldScope): { kind: 'inquiry' | 'buyer' | 'tenant'; of: string | null } {
  if ('inquiryId' in scope) return { kind: 'inquiry', of: scope.inquiryId };
  return 'buyerId' in scope ? { kind: 'buyer', of: scope.buyerId } : { kind: 'tenant', of: null };
}

function scopeOf({ scopeKind, scopeId }: Row): HoldScope {
  if (scopeKind === 'inquiry' && scopeId !== null) return { inquiryId: scopeId };
  return scopeKind === 'buyer' && scopeId !== null ? { buyerId: scopeId } : { tenant: true };
}

/** Why there is nothing to keep, or null. */
async function missing(tx: Tx, scope: HoldScope): Promise<'reference_unknown' | 'erased' | null> {
  const { kind, of } = columnsOf(scope);
  if (kind === 'tenant') return null;
  const row = await tx.first<{ erased: boolean }>(
    `select erased_at is not null as erased from ${kind} where tenant_id = $1 and id = $2`,
    [tx.tenantId, of],
  );
  if (!row) return 'reference_unknown';
  return row.erased ? 'erased' : null;
}

/** A hold on one inquiry stands in its history too; the reason stays sealed with the hold. */
async function record(
  tx: Tx,
  what: 'placed' | 'released',
  id: string,
  scope: HoldScope,
  author: HoldAuthor,
): Promise<void> {
  const { at, memberId, role, requestId } = author;
  const inquiryId = 'inquiryId' in scope ? scope.inquiryId : null;
  const [auditId] = await audit(tx, [
    {
      at,
      actor: { kind: 'member', id: memberId, role },
      action: what === 'placed' ? 'hold.place' : 'hold.release',
      object: { kind: 'hold', id },
      inquiryId,
      result: 'ok',
      after: { scope },
      requestId,
    },
  ]);
  if (inquiryId === null) return;
  const kind = `hold.${what}`;
  await appendEvent(tx, inquiryId, {
    at,
    kind,
    entries: [
      {
        kind,
        actor: { kind: 'member', id: memberId },
        step: null,
        because: {},
        data: { holdId: id },
        auditId: auditId ?? null,
      },
    ],
    decision: null,
  });
}

function rfc3339(ms: number): string;
function rfc3339(ms: number | null): string | null;
function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
