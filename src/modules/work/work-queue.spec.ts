import type { EntityManager } from '@mikro-orm/postgresql';
import { Tx } from '../../platform/database/index.js';
import { processNudges } from './nudges.js';
import { requestWork, withdrawWork } from './work-queue.js';
import type { WorkRequest } from './work-queue.js';

describe('requestWork', () => {
  const ref = '018f0000-0000-7000-8000-000000000001';
  const later = Date.now() + 60_000;

  /** Nudges per kind that asking for work causes, and how many came before the commit. */
  async function nudgesOf(
    requests: readonly WorkRequest[],
  ): Promise<{ ring: number; dispatch: number; early: number }> {
    const nudged = { ring: 0, dispatch: 0, early: 0 };
    const unregister = (['ring', 'dispatch'] as const).map((kind) =>
      processNudges.register(kind, { nudge: () => void (nudged[kind] += 1) }),
    );
    const wire = { send: () => Promise.resolve({ rows: [], rowCount: 0, command: '' }), post: () => undefined };
    const tx = new Tx('t', wire, () => ({}) as EntityManager);
    await requestWork(tx, requests);
    await tx.committing();
    nudged.early = nudged.ring + nudged.dispatch;
    tx.committed();
    for (const end of unregister) end();
    return nudged;
  }

  it.each([
    ['what is due', [{ kind: 'ring', ref, dueAt: 0 }], { ring: 1, dispatch: 0 }],
    ['what is due later', [{ kind: 'ring', ref, dueAt: later }], { ring: 0, dispatch: 0 }],
    [
      'several of a kind',
      [
        { kind: 'ring', ref, dueAt: 0 },
        { kind: 'ring', ref, dueAt: 0 },
        { kind: 'dispatch', ref, dueAt: 0 },
      ],
      { ring: 1, dispatch: 1 },
    ],
    ['nothing', [], { ring: 0, dispatch: 0 }],
  ] as const)('nudges for %s, after the commit only', async (_name, requests, expected) => {
    expect(await nudgesOf(requests)).toEqual({ ...expected, early: 0 });
  });

  const soon = later - 30_000;
  const at = (dueAt: number, mode?: 'exact' | 'earliest'): WorkRequest => ({
    kind: 'sweep',
    ref,
    dueAt,
    ...(mode === undefined ? {} : { mode }),
  });

  /** What one transaction writes for requests made one after the other: kind, due time and whether it is exact. */
  async function written(
    steps: readonly (WorkRequest | 'withdraw')[],
  ): Promise<readonly (readonly [unknown, unknown, unknown])[]> {
    const rows: [unknown, unknown, unknown][] = [];
    const post = (sql: string, params: readonly unknown[] = []): void => {
      if (!sql.includes('insert')) return;
      const [, kinds = [], , , dues = [], exacts = []] = params as [string, ...unknown[][]];
      rows.push(...kinds.map((kind, index) => [kind, dues[index], exacts[index]] as [unknown, unknown, unknown]));
    };
    const send = () => Promise.resolve({ rows: [], rowCount: 0, command: '' });
    const tx = new Tx('t', { send, post }, () => ({}) as EntityManager);
    for (const step of steps) {
      await (step === 'withdraw' ? withdrawWork(tx, ['sweep'], ref) : requestWork(tx, [step]));
    }
    expect(rows).toEqual([]);
    await tx.committing();
    return rows;
  }

  const row = (dueAt: number, exact: boolean) => ['sweep', new Date(dueAt).toISOString(), exact];

  it.each([
    ['the earlier of two', [at(later), at(soon), at(later)], [row(soon, false)]],
    ['the last exact one', [at(soon), at(later, 'exact')], [row(later, true)]],
    ['an exact one brought forward', [at(later, 'exact'), at(soon)], [row(soon, true)]],
    ['an exact one that is not delayed', [at(soon, 'exact'), at(later)], [row(soon, true)]],
    ['nothing that was withdrawn', [at(soon), 'withdraw'], []],
    ['what was asked for after a withdrawal', [at(soon), 'withdraw', at(later)], [row(later, false)]],
  ] as const)('writes one row for %s', async (_name, steps, expected) => {
    expect(await written(steps)).toEqual(expected);
  });
});
