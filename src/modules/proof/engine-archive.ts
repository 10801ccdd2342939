import { createHash } from 'node:crypto';
import type { Database, Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { WorkItem } from '../work/index.js';
import type { EngineHistories, EngineRun } from './engine-histories.js';

/** One run's history with the proof that it is as it was when it was stored. */
export type KeptRun = {
  readonly runId: string;
  readonly history: string;
  readonly sha256: string;
  /** Epoch ms; null while it is still Temporal that keeps it. */
  readonly storedAt: number | null;
  /** False when what is stored no longer has the hash it was stored with. */
  readonly intact: boolean;
};

/** `complete`: nothing will be added any more. */
export type EngineRecord = { readonly complete: boolean; readonly runs: readonly KeptRun[] };

/** An answer of Temporal that takes longer is treated as none: histories are read without it too. */
const PATIENCE_MS = 3_000;

const RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;

/** An execution Temporal still does not know this long after the close was never started there, or is gone. */
const ABSENT_MS = 3_600_000;

/** Keeps the engine's own history of closed inquiries, with its hash, beyond the time Temporal does. */
export class EngineArchive {
  constructor(
    private readonly database: Database,
    private readonly histories: EngineHistories,
  ) {}

  /** Handles one `archive` item: stores every run once all have ended; until then says when to look again. */
  async handle(item: WorkItem): Promise<number | null> {
    const inquiryId = item.inquiryId ?? item.ref;
    const runs = await this.histories.runs(item.tenantId, inquiryId);
    if (runs.length === 0 && (await this.#isLongClosed(item.tenantId, inquiryId))) return null;
    if (runs.length === 0 || runs.some((run) => !run.closed)) {
      return Date.now() + Math.min(MAX_RETRY_MS, RETRY_MS * item.attempts);
    }
    await this.database.tenant(item.tenantId, async (tx) => {
      await store(tx, inquiryId, runs);
      reachCommit(tx, 'archive');
    });
    return null;
  }

  /** The engine's history of an inquiry: what is stored, else what Temporal has now; null when it cannot be reached. */
  async read(tenantId: string, inquiryId: string): Promise<EngineRecord | null> {
    const stored = await this.database.tenant(tenantId, (tx) => storedRuns(tx, inquiryId));
    if (stored.length > 0) return { complete: true, runs: stored };
    const runs = await this.#live(tenantId, inquiryId);
    return runs === null ? null : { complete: false, runs: runs.map(liveRun) };
  }

  async #isLongClosed(tenantId: string, inquiryId: string): Promise<boolean> {
    const row = await this.database.tenant(tenantId, (tx) =>
      tx.first<{ closedAt: number | null }>(
        'select closed_at as "closedAt" from inquiry where tenant_id = $1 and id = $2',
        [tenantId, inquiryId],
      ),
    );
    return row === undefined || (row.closedAt ?? 0) < Date.now() - ABSENT_MS;
  }

  async #live(tenantId: string, inquiryId: string): Promise<EngineRun[] | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.histories.runs(tenantId, inquiryId).catch(() => null), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function liveRun({ runId, history }: EngineRun): KeptRun {
  return { runId, history, sha256: sha256(history), storedAt: null, intact: true };
}

function sha256(history: string): string {
  return createHash('sha256').update(history, 'utf8').digest('hex');
}

/** The order of the runs is kept in the order of their storing. */
async function store(tx: Tx, inquiryId: string, runs: readonly EngineRun[]): Promise<void> {
  for (const [index, { runId, history }] of runs.entries()) {
    await tx.run(
      `insert into engine_history (tenant_id, inquiry_id, run_id, place, sha256, history)
       values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, inquiry_id, run_id) do nothing`,
      [tx.tenantId, inquiryId, runId, index + 1, sha256(history), Buffer.from(history, 'utf8')],
    );
  }
}

async function storedRuns(tx: Tx, inquiryId: string): Promise<KeptRun[]> {
  const rows = await tx.query<{ runId: string; sha256: string; history: Buffer; storedAt: number }>(
    `select run_id as "runId", sha256, history, stored_at as "storedAt" from engine_history
      where tenant_id = $1 and inquiry_id = $2 order by place`,
    [tx.tenantId, inquiryId],
  );
  return rows.map((row) => {
    const history = row.history.toString('utf8');
    return { ...row, history, intact: sha256(history) === row.sha256 };
  });
}
