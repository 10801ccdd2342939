import type { Database, Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { WorkItem } from '../work/index.js';
import { pruneStream } from './prune.js';

/** Records placed in one transaction, far below what its time allows. */
const BATCH = 2_000;

/**
 * Pause before a run, in ms: what is committed meanwhile is placed by the same run, and nobody who watches can tell.
 */
const GATHER_MS = 50;

const HOUR_MS = 3_600_000;

const LOCK = 'select 1 from stream_cursor where tenant_id = $1 for update';

/**
 * Runs under the cursor's lock, in a statement of its own, so that it sees everything committed before the lock was got.
 * The requests it can see belong to transactions whose records it can see too: they are answered by this run. Ids are
 * given late in a transaction, under the lock of what it changed, so their order is that of causes and effects.
 */
const PLACE = `
  with cursor as (select position, audit_seq from stream_cursor where tenant_id = $1),
       s as (select id, row_number() over (order by id) as place from stream_event
              where tenant_id = $1 and position is null order by id limit $2),
       a as (select event_id, row_number() over (order by event_id) as place from audit_pending
              where tenant_id = $1 order by event_id limit $2),
       asked as (select ref from work_queue where kind = 'sequence' and tenant_id = $1 for update skip locked),
       answered as (delete from work_queue w using asked
                     where w.kind = 'sequence' and w.ref = asked.ref
                       and (select count(*) from s) < $2 and (select count(*) from a) < $2),
       streamed as (update stream_event e set position = cursor.position + s.place from s, cursor
                     where e.tenant_id = $1 and e.id = s.id returning e.id),
       audited as (insert into audit_position (tenant_id, seq, event_id)
                   select $1, cursor.audit_seq + a.place, a.event_id from a, cursor returning event_id),
       settled as (delete from audit_pending p using audited a where p.tenant_id = $1 and p.event_id = a.event_id)
  update stream_cursor c
     set position = c.position + (select count(*) from streamed),
         audit_seq = c.audit_seq + (select count(*) from audited)
   where c.tenant_id = $1
  returning (select count(*) from streamed) as streamed, (select count(*) from audited) as audited`;

type Placed = { readonly streamed: number; readonly audited: number };

/**
 * Gives committed records their place: stream events their position, audit events their number. One writer per tenant at a
 * time, after the commit, so that whoever has read up to a position can never be shown an earlier one later.
 */
export class Sequencer {
  readonly #waiting = new Map<string, Promise<void>>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #pruned = new Map<string, number>();

  /** @param onPlaced told of a tenant with new positions, after the commit */
  constructor(
    private readonly database: Database,
    private readonly onPlaced: (tenantId: string) => void,
  ) {}

  /** Handles one `sequence` item; items of one tenant that come together share a run. */
  async handle(item: WorkItem): Promise<null> {
    const { tenantId } = item;
    // A run that has begun may have looked before this item's records were committed: only the next one is sure to see them.
    const shared = this.#waiting.get(tenantId) ?? this.#next(tenantId);
    await shared;
    return null;
  }

  /** Places everything of a tenant that has no place yet. */
  async run(tenantId: string): Promise<void> {
    for (;;) {
      const placed = await this.database.tenant(tenantId, place, { byKeys: true });
      if (placed.streamed > 0) this.onPlaced(tenantId);
      if (placed.streamed < BATCH && placed.audited < BATCH) break;
    }
    await this.#prune(tenantId);
  }

  #next(tenantId: string): Promise<void> {
    const run = (async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      await this.#running.get(tenantId)?.catch(() => undefined);
      this.#waiting.delete(tenantId);
      const running = this.run(tenantId);
      this.#running.set(tenantId, running);
      try {
        await running;
      } finally {
        if (this.#running.get(tenantId) === running) this.#running.delete(tenantId);
      }
    })();
    this.#waiting.set(tenantId, run);
    return run;
  }

  async #prune(tenantId: string): Promise<void> {
    const now = Date.now();
    if (now - (this.#pruned.get(tenantId) ?? 0) < HOUR_MS) return;
    this.#pruned.set(tenantId, now);
    await this.database.tenant(tenantId, (tx) => pruneStream(tx, now));
  }
}

async function place(tx: Tx): Promise<Placed> {
  let placed = await placeUnderLock(tx);
  if (placed === undefined) {
    await tx.post('insert into stream_cursor (tenant_id) values ($1) on conflict (tenant_id) do nothing', [
      tx.tenantId,
    ]);
    placed = await placeUnderLock(tx);
  }
  if (placed === undefined) throw new Error('A tenant without a cursor');
  reachCommit(tx, 'sequence');
  return placed;
}

/** Undefined when the tenant has no cursor yet; nothing is placed then. */
async function placeUnderLock(tx: Tx): Promise<Placed | undefined> {
  await tx.post(LOCK, [tx.tenantId]);
  return tx.first<Placed>(PLACE, [tx.tenantId, BATCH]);
}
