import type { EntityManager } from '@mikro-orm/postgresql';
import { Tx } from '../../platform/database/index.js';
import { processNudges } from './nudges.js';
import { requestWork, withdrawWork } from './work-requests.js';
import type { WorkItem } from './work-queue.js';
import type { WorkRequest } from './work-requests.js';

const HERE = {};

describe('requestWork', () => {
  const ref = '018f0000-0000-7000-8000-000000000001';
  const later = Date.now() + 60_000;

  /** Nudges per kind that asking for work causes, and how many came before the commit. */
  async function nudgesOf(
    requests: readonly WorkRequest[],
  ): Promise<{ ring: number; dispatch: number; early: number }> {
    const nudged = { ring: 0, dispatch: 0, early: 0 };
    const unregister = (['ring', 'dispatch'] as const).map((kind) =>
      processNudges.register(kind, {
        nudge: () => void (nudged[kind] += 1),
        database: HERE,
        hasRoom: () => false,
        hand: () => undefined,
      }),
    );
    const wire = { send: () => Promise.resolve({ rows: [], rowCount: 0, command: '' }), post: () => undefined };
    const tx = new Tx('t', wire, () => ({}) as EntityManager, HERE);
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
    const send = (_sql: string, params: readonly unknown[]) => {
      const [, kinds = [], , , dues = [], exacts = []] = params as [string, ...unknown[][]];
      rows.push(...kinds.map((kind, index) => [kind, dues[index], exacts[index]] as [unknown, unknown, unknown]));
      return Promise.resolve({ rows: [], rowCount: 0, command: '' });
    };
    const tx = new Tx('t', { send, post: () => undefined }, () => ({}) as EntityManager, HERE);
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

  /** What a loop with room gets of two requests after the commit, when the database answers with these attempts. */
  async function handed(
    attempts: readonly [number, number],
    database: object = HERE,
  ): Promise<{ readonly asked: unknown; readonly got: unknown[] }> {
    const got: unknown[] = [];
    let asked: unknown;
    const loop = {
      database,
      nudge: () => void got.push('nudge'),
      hasRoom: () => true,
      hand: ({ kind }: WorkItem) => void got.push(kind),
    };
    const end = processNudges.register('ring', loop);
    const rows = [
      { kind: 'ring', ref, attempts: attempts[0] },
      { kind: 'sweep', ref, attempts: attempts[1] },
    ];
    const send = (_sql: string, params: readonly unknown[]) => {
      asked = params[7];
      return Promise.resolve({ rows, rowCount: 2, command: '' });
    };
    const tx = new Tx('t', { send, post: () => undefined }, () => ({}) as EntityManager, HERE);
    await requestWork(tx, [at(later), { kind: 'ring', ref, dueAt: 0 }]);
    await tx.committing();
    expect(got).toEqual([]);
    tx.committed();
    await Promise.resolve().then(() => undefined);
    end();
    return { asked, got };
  }

  it('hands what is due to a loop with room, taken as it is written', async () => {
    expect(await handed([1, 0])).toEqual({ asked: [true, false], got: ['ring'] });
  });

  it('leaves what somebody has in hand to them', async () => {
    expect(await handed([0, 0])).toEqual({ asked: [true, false], got: [] });
  });

  it('hands nothing to a loop that works on another database: it would wait for its lease to end', async () => {
    expect(await handed([0, 0], {})).toEqual({ asked: [false, false], got: ['nudge'] });
  });
});
