import { retentionStep } from '../../domain/retention/sweep.js';
import type { RetentionStep } from '../../domain/retention/sweep.js';
import { INSTALLATION } from '../../platform/crypto/index.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reachCommit } from '../../platform/kill-point/index.js';
import type { TenantLookup } from '../identity/index.js';
import { AGED_RECORDS, countAged, deleteAged } from './aged-records.js';
import type { AgedCounts, AgedRecord } from './aged-records.js';
import { lockCandidate, nextCandidates, positionOf } from './candidates.js';
import type { Candidate, CandidateList, CandidatePosition } from './candidates.js';
import { archiveInquiry, eraseInquiry } from './erasure.js';
import { shutOutHolds } from './holds.js';

/** Inquiries that went a step, or would have but for a hold. */
export type SweepCounts = { readonly archived: number; readonly erased: number; readonly held: number };

/** What a sweep did for one tenant, or would do. */
export type TenantSweep = {
  readonly tenantId: string;
  readonly tenant: string;
  /** Per retention class; classes without anything to do are left out. */
  readonly classes: Readonly<Record<string, SweepCounts>>;
  /** Records deleted because of their age alone. */
  readonly records: AgedCounts;
};

export type SweepOptions = {
  /** Epoch ms. */
  readonly now: number;
  /** Counts only, changes nothing. */
  readonly dryRun: boolean;
  /** Called at least every few seconds. */
  readonly onProgress: () => void;
};

/** Inquiries looked at, and records deleted, in one statement. */
const PAGE = 200;
const DELETED_AT_ONCE = 1_000;

/**
 * Moves closed inquiries along their retention: archived when reopening is over, erased at the end unless held; and deletes
 * records past their time. Each inquiry is a transaction of its own that decides again under lock, so a sweep may be broken
 * off, repeated, or run twice at once.
 */
export class RetentionSweep {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantLookup,
    private readonly vault: Vault,
  ) {}

  /** One pass over all tenants, and over what is kept for none of them. */
  async run(options: SweepOptions): Promise<TenantSweep[]> {
    const sweeps: TenantSweep[] = [];
    for (const tenantId of await this.tenants.tenants()) {
      options.onProgress();
      sweeps.push(await this.#tenant(tenantId, options));
    }
    const records = await this.#records(INSTALLATION, options);
    return [...sweeps, { tenantId: INSTALLATION, tenant: 'the installation', classes: {}, records }];
  }

  async #tenant(tenantId: string, options: SweepOptions): Promise<TenantSweep> {
    const { key } = await this.database.tenant(tenantId, (tx) =>
      tx.one<{ key: string }>('select key from tenant where tenant_id = $1', [tenantId]),
    );
    const tally = new Tally();
    for (const list of ['unarchived', 'due'] as const) await this.#list(tenantId, list, options, tally);
    return { tenantId, tenant: key, classes: tally.classes(), records: await this.#records(tenantId, options) };
  }

  async #list(tenantId: string, list: CandidateList, options: SweepOptions, tally: Tally): Promise<void> {
    let after: CandidatePosition | null = null;
    for (;;) {
      const page: Candidate[] = await this.database.tenant(tenantId, (tx) =>
        nextCandidates(tx, list, after, options.now, PAGE),
      );
      for (const candidate of page) {
        options.onProgress();
        await this.#one(tenantId, candidate, options, tally);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = positionOf(last);
    }
  }

  async #one(tenantId: string, candidate: Candidate, { now, dryRun }: SweepOptions, tally: Tally): Promise<void> {
    const planned = retentionStep(candidate, now);
    const changes = planned === 'archive' || planned === 'erase';
    const done =
      changes && !dryRun
        ? await this.database.tenant(tenantId, (tx) => step(tx, this.vault, candidate.id, now))
        : planned;
    tally.add(candidate.retentionClass, done);
    // What a real run archives now it finds again among those that are due.
    if (dryRun && done === 'archive')
      tally.add(candidate.retentionClass, retentionStep({ ...candidate, archivedAt: now }, now));
  }

  async #records(tenantId: string, options: SweepOptions): Promise<AgedCounts> {
    const counts: [AgedRecord, number][] = [];
    for (const kind of AGED_RECORDS) counts.push([kind, await this.#aged(tenantId, kind, options)]);
    return Object.fromEntries(counts) as AgedCounts;
  }

  async #aged(tenantId: string, kind: AgedRecord, { now, dryRun, onProgress }: SweepOptions): Promise<number> {
    if (dryRun) return this.database.tenant(tenantId, (tx) => countAged(tx, kind, now));
    for (let deleted = 0; ;) {
      onProgress();
      const gone = await this.database.tenant(tenantId, (tx) => deleteAged(tx, kind, now, DELETED_AT_ONCE));
      deleted += gone;
      if (gone < DELETED_AT_ONCE) return deleted;
    }
  }
}

/** Decides again under lock, and does it. */
async function step(tx: Tx, vault: Vault, id: string, now: number): Promise<RetentionStep> {
  await shutOutHolds(tx);
  const inquiry = await lockCandidate(tx, id);
  if (inquiry === null) return 'keep';
  const next = retentionStep(inquiry, now);
  if (next === 'archive') await archiveInquiry(tx, inquiry, now);
  if (next === 'erase') await eraseInquiry(tx, vault, inquiry, now);
  reachCommit(tx, 'retention');
  return next;
}

/** Steps counted by retention class. */
class Tally {
  readonly #counts = new Map<string, { archived: number; erased: number; held: number }>();

  add(retentionClass: string, done: RetentionStep): void {
    if (done === 'keep') return;
    const counts = this.#counts.get(retentionClass) ?? { archived: 0, erased: 0, held: 0 };
    if (done === 'archive') counts.archived += 1;
    if (done === 'erase') counts.erased += 1;
    if (done === 'held') counts.held += 1;
    this.#counts.set(retentionClass, counts);
  }

  classes(): Record<string, SweepCounts> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** All tenants and classes together. */
export function sweepTotals(sweeps: readonly TenantSweep[]): SweepCounts {
  const counts = sweeps.flatMap(({ classes }) => Object.values(classes));
  const sum = (of: keyof SweepCounts): number => counts.reduce((total, one) => total + one[of], 0);
  return { archived: sum('archived'), erased: sum('erased'), held: sum('held') };
}
