import type { RetentionFacts } from '../../domain/retention/sweep.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';

/** An inquiry that may have come to a step of its retention. */
export type Candidate = RetentionFacts & {
  readonly id: string;
  readonly retentionClass: string;
  readonly queue: string | null;
};

/** The two lists that are looked through: closed but not archived, and archived with their time over. */
export type CandidateList = 'unarchived' | 'due';

/** Keyset position in a list: the sort instant (epoch ms, 0 where ids alone decide) and the id. */
export type CandidatePosition = readonly [at: number, id: string];

const FACTS = `
  i.id, coalesce(i.retention_class, 'none') as "retentionClass", i.queue_key as queue, i.closed_at as "closedAt",
  i.archived_at as "archivedAt", i.erased_at as "erasedAt", i.reopen_until as "reopenUntil",
  i.retain_until as "retainUntil",
  exists (select from hold h where h.tenant_id = i.tenant_id and h.released_at is null
             and (h.scope_kind = 'tenant' or (h.scope_kind = 'inquiry' and h.scope_id = i.id)
                  or (h.scope_kind = 'buyer' and h.scope_id = i.buyer_id))) as "onHold"`;

const UNARCHIVED = `
  select ${FACTS} from inquiry i
   where i.tenant_id = $1 and i.closed_at is not null and i.archived_at is null and ($2::uuid is null or i.id > $2)
   order by i.id limit $3`;

const DUE = `
  select ${FACTS} from inquiry i
   where i.tenant_id = $1 and i.archived_at is not null and i.erased_at is null and i.retain_until <= $2
     and ($3::timestamptz is null or (i.retain_until, i.id) > ($3, $4::uuid))
   order by i.retain_until, i.id limit $5`;

/** The next inquiries of a list after a position; `now` is epoch ms. */
export async function nextCandidates(
  tx: Tx,
  list: CandidateList,
  after: CandidatePosition | null,
  now: number,
  limit: number,
): Promise<Candidate[]> {
  const [at, id] = after ?? [null, null];
  return list === 'unarchived'
    ? tx.query<Candidate>(UNARCHIVED, [tx.tenantId, id, limit])
    : tx.query<Candidate>(DUE, [tx.tenantId, instant(now), instant(at), id, limit]);
}

/** Where a list goes on after a candidate. */
export function positionOf({ retainUntil, id }: Candidate): CandidatePosition {
  return [retainUntil ?? 0, id];
}

/** Locks an inquiry after its conversation, as everywhere, and reads its facts again; null when it is gone. */
export async function lockCandidate(tx: Tx, id: string): Promise<Candidate | null> {
  await tx.query(
    `select 1 from conversation where tenant_id = $1
        and id = (select conversation_id from inquiry where tenant_id = $1 and id = $2) for update`,
    [tx.tenantId, id],
  );
  const row = await tx.first<Candidate>(
    `select ${FACTS} from inquiry i where i.tenant_id = $1 and i.id = $2 for update of i`,
    [tx.tenantId, id],
  );
  return row ?? null;
}
