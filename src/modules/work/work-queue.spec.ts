import type { EntityManager } from '@mikro-orm/postgresql';
import { Tx } from '../../platform/database/index.js';
import { processNudges } from './nudges.js';
import { requestWork } from './work-queue.js';
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
});
