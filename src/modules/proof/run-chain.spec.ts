import { followChain } from './run-chain.js';
import type { ChainedRun } from './run-chain.js';

const CHAIN: readonly ChainedRun[] = [
  { runId: 'first', startedAt: 10, continues: null },
  { runId: 'second', startedAt: 20, continues: 'first' },
  { runId: 'third', startedAt: 30, continues: 'second' },
];

const follow = async (known: readonly string[], kept = CHAIN): Promise<string[]> => {
  const runs = await followChain(known, (runId) => Promise.resolve(kept.find((run) => run.runId === runId) ?? null));
  return runs.map(({ runId }) => runId);
};

describe('followChain', () => {
  it.each([
    ['complete', ['third', 'first', 'second']],
    ['the newest only', ['third']],
    ['without one in the middle', ['third', 'first']],
  ])('finds every run when what is known is %s', async (_name, known) => {
    expect(await follow(known)).toEqual(['first', 'second', 'third']);
  });

  it('keeps runs that none continues, such as one before a termination', async () => {
    const apart = [...CHAIN, { runId: 'earlier', startedAt: 5, continues: null }];
    expect(await follow(['third', 'earlier'], apart)).toEqual(['earlier', 'first', 'second', 'third']);
  });

  it('takes what is left when the oldest is not kept any more', async () => {
    expect(await follow(['third'], CHAIN.slice(1))).toEqual(['second', 'third']);
  });

  it('is empty for a workflow nobody knows', async () => {
    expect(await follow([])).toEqual([]);
  });
});
