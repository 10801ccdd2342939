import type { Plan, StepPlan } from './plan.js';
import { changedSteps } from './plan-diff.js';

const close: StepPlan = {
  id: 'close',
  kind: 'close',
  reason: 'resolved',
  reopenWithinMs: 0,
  retention: 'order',
  on: {},
  goto: null,
};
const wait = (id: string, ms: number): StepPlan => {
  return {
    id,
    kind: 'wait',
    messages: true,
    events: [],
    until: { ms },
    clock: 'wall',
    as: 'waiting_buyer',
    on: {},
    goto: null,
  };
};

const plan = (...steps: readonly StepPlan[]): Plan => ({
  key: 'k',
  version: 1,
  checksum: '',
  title: 'k',
  calendar: null,
  channels: null,
  obligations: [],
  escalations: {},
  rules: [],
  steps,
  data: {},
  events: {},
});

describe('changedSteps', () => {
  it.each<[string, Plan, Plan, ReturnType<typeof changedSteps>]>([
    ['nothing', plan(wait('a', 1), close), plan(wait('a', 1), close), { added: [], removed: [], changed: [] }],
    ['another value', plan(wait('a', 1), close), plan(wait('a', 2), close), { added: [], removed: [], changed: ['a'] }],
    [
      'a step put between two: the one before leads elsewhere',
      plan(wait('a', 1), close),
      plan(wait('a', 1), wait('b', 1), close),
      { added: ['b'], removed: [], changed: ['a'] },
    ],
    [
      'a step taken out',
      plan(wait('a', 1), wait('b', 1), close),
      plan(wait('b', 1), close),
      { added: [], removed: ['a'], changed: [] },
    ],
    [
      'a jump written out that led there anyway',
      plan(wait('a', 1), close),
      plan({ ...wait('a', 1), goto: 'close' }, close),
      { added: [], removed: [], changed: ['a'] },
    ],
  ])('%s', (_, from, to, expected) => {
    expect(changedSteps(from, to)).toEqual(expected);
  });

  it('does not mind the order of keys', () => {
    const { id, ...rest } = wait('a', 1);
    expect(changedSteps(plan(wait('a', 1), close), plan({ ...rest, id }, close)).changed).toEqual([]);
  });
});
