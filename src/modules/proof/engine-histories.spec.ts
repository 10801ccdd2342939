import type { Temporal } from '../../platform/temporal/index.js';
import { EngineHistories } from './engine-histories.js';

type Run = { readonly runId: string; readonly status: string; readonly at: number; readonly continues?: string };

/** A Temporal whose list of runs lags behind what it has. */
function lagging(runs: readonly Run[], listed: readonly string[]): Temporal {
  const described = ({ runId, status }: Run) => ({ runId, status: { name: status } });
  const handle = (_workflowId: string, runId?: string) => ({
    describe: () => Promise.resolve(described(runs.at(-1) as Run)),
    fetchHistory: () => {
      const run = runs.find((candidate) => candidate.runId === runId);
      if (!run) return Promise.reject(Object.assign(new Error('gone'), { code: 5, details: '', metadata: {} }));
      return Promise.resolve({
        events: [
          {
            eventId: 1,
            eventTime: { seconds: run.at, nanos: 0 },
            eventType: 1,
            workflowExecutionStartedEventAttributes: { continuedExecutionRunId: run.continues ?? '' },
          },
        ],
      });
    },
  });
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* list() {
    for (const run of runs.filter(({ runId }) => listed.includes(runId))) yield described(run);
  }
  return { client: { workflow: { getHandle: handle, list } } } as unknown as Temporal;
}

const CHAIN: readonly Run[] = [
  { runId: 'first', status: 'CONTINUED_AS_NEW', at: 10 },
  { runId: 'second', status: 'CONTINUED_AS_NEW', at: 20, continues: 'first' },
  { runId: 'third', status: 'RUNNING', at: 30, continues: 'second' },
];

const runsOf = async (temporal: Temporal): Promise<[string, boolean][]> =>
  (await new EngineHistories(temporal).runs('tenant', 'inquiry')).map(({ runId, closed }) => [runId, closed]);

describe('EngineHistories', () => {
  it.each([
    ['complete', ['first', 'second', 'third']],
    ['without the newest', ['first', 'second']],
    ['without one in the middle', ['first', 'third']],
    ['empty', []],
  ])('finds every run of a chain when the list is %s', async (_name, listed) => {
    expect(await runsOf(lagging(CHAIN, listed))).toEqual([
      ['first', true],
      ['second', true],
      ['third', false],
    ]);
  });

  it('takes what is left when Temporal has let go of the oldest', async () => {
    expect(await runsOf(lagging(CHAIN.slice(1), ['second']))).toEqual([
      ['second', true],
      ['third', false],
    ]);
  });
});
