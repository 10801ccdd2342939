import canonicalize from 'canonicalize';
import { World } from '../../../test/support/world.js';
import { retake } from './retake.js';
import type { RecordedDecision, RetakeInput } from './retake.js';

const canonical = (value: unknown): string => canonicalize(value) ?? '';
const MINUTE = 60_000;

/** What the database gives back of a world's decisions. */
function recorded(world: World): RecordedDecision[] {
  return world.steps.map(({ at, event, decision }, index) => {
    const { facts, answers, entries, effects, state } = decision;
    const row = { seq: index + 1, at, event, aside: null, facts, answers, entries, effects, after: canonical(state) };
    return JSON.parse(JSON.stringify(row)) as RecordedDecision;
  });
}

function again(
  world: World,
  change: (row: RecordedDecision) => Partial<RecordedDecision> = () => ({}),
): ReturnType<typeof retake> {
  const input: RetakeInput = {
    plan: world.plan,
    openedAt: world.steps[0]?.before.openedAt ?? 0,
    texts: {},
    decisions: recorded(world).map((row) => ({ ...row, ...change(row) })),
    canonical,
    fingerprint: canonical,
  };
  return retake(input);
}

const answered = (): World => {
  const world = new World()
    .open('O Procon vai saber disto')
    .receipt('available')
    .advance(50 * MINUTE)
    .message();
  world.claim();
  world.reply();
  return world.receipt('available').advance(48 * 60 * MINUTE);
};

describe('retake', () => {
  it('comes to the same for every decision of a whole inquiry, although its texts are gone', () => {
    const world = answered();
    expect(world.state.closedAt).not.toBeNull();
    expect(again(world)).toEqual([]);
  });

  it('names the entry that was changed afterwards, and nothing else', () => {
    const differences = again(answered(), ({ seq, entries }) =>
      seq === 1
        ? {
            entries: entries.map((entry, index) =>
              index === 2 ? { ...(entry as object), kind: 'forged.entry' } : entry,
            ),
          }
        : {},
    );
    expect(differences).toMatchObject([{ seq: 1, what: 'entries', expected: { kind: 'forged.entry' } }]);
    expect(differences[0]?.actual).toMatchObject({ kind: 'obligation.activated' });
  });

  it('notices a fact that was changed afterwards', () => {
    const differences = again(answered(), ({ seq, facts }) =>
      seq === 1 ? { facts: { ...facts, buyer: { ...(facts['buyer'] as object), value: 5_000 } } } : {},
    );
    expect(differences.map(({ what }) => what)).toContain('state');
    expect(differences[0]?.seq).toBe(1);
  });

  it('notices an effect that is missing from the record', () => {
    const differences = again(answered(), ({ seq, effects }) => (seq === 1 ? { effects: effects.slice(0, -1) } : {}));
    expect(differences).toMatchObject([{ seq: 1, what: 'effects', expected: null, actual: { do: 'open_task' } }]);
  });

  it('stops where a recorded fact is gone', () => {
    const differences = again(answered(), ({ seq }) => (seq === 2 ? { facts: {} } : {}));
    expect(differences).toMatchObject([{ seq: 2, what: 'fact' }]);
  });

  it('takes what was put aside again as what it was', () => {
    const world = new World().open();
    const [first] = recorded(world);
    if (first === undefined) throw new Error('Nothing was decided');
    const aside: RecordedDecision = {
      ...first,
      seq: 2,
      event: { kind: 'time' },
      aside: { eventKind: 'time', inboxId: null, code: 'decision_failed', due: null },
      facts: {},
    };
    const input = {
      plan: world.plan,
      openedAt: world.steps[0]?.before.openedAt ?? 0,
      texts: {},
      canonical,
      fingerprint: canonical,
    };
    expect(retake({ ...input, decisions: [first, aside] })).toMatchObject([
      { seq: 2, what: 'fact', actual: 'role:ops' },
    ]);
  });
});
