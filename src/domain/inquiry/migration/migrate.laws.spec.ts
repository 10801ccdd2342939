import fc from 'fast-check';
import { checkClock, checkHistory, checkState, LOOPING, move, play } from '../../../../test/support/any-course.js';
import { planOf, World } from '../../../../test/support/world.js';
import type { Plan } from '../../definition/plan.js';
import { isOpenObligation } from '../state.js';
import type { InquiryState } from '../state.js';
import { stepsNamedBy } from './blocks.js';

const version = (text: string, number: number): Plan => ({ ...planOf(text), version: number });

const SAME = version(LOOPING, 2);

/** Other targets, chains, clocks and pauses; an obligation that goes, one that comes. */
const OTHER_TIMES = version(
  LOOPING.replace(
    'acknowledge: { within: 1m }',
    'settled: { within: 3h, clock: wall, startOn: opening, metBy: close, escalate: chase }',
  )
    .replace('first_response: { within: 30m', 'first_response: { within: 20m')
    .replace('{ within: 30m, clock: house, calendar: br-office', '{ within: 2h, clock: wall')
    .replace('within: 2bd, pauseWhile: [waiting_buyer]', 'within: 1bd, pauseWhile: [waiting_other]')
    .replace('    - { at: deadline-5m, do: [ { send: { template: ack } } ] }\n', '')
    .replace(
      '    - { at: deadline, do:',
      '    - { at: start+1m, do: [ { notify: { to: queue } } ] }\n    - { at: deadline, do:',
    ),
  3,
);

/** Every step at which an inquiry can rest is called otherwise. */
const NAMES = { look: 'seeing', ask: 'asking', answer: 'answering', patience: 'waiting', end: 'over' };
const OTHER_NAMES = version(
  Object.entries(NAMES).reduce((text, [old, name]) => text.replaceAll(new RegExp(`\\b${old}\\b`, 'g'), name), LOOPING),
  4,
);

const world = (office: boolean): World =>
  new World({
    plan: planOf(LOOPING),
    versions: [SAME, OTHER_TIMES, OTHER_NAMES],
    shopCalendar: office ? 'br-office' : 'always',
  });

function course(office: boolean, moves: Parameters<typeof play>[1][]): World {
  const begun = world(office).open();
  for (const one of moves) {
    play(begun, one);
    begun.drainTime();
  }
  return begun;
}

/** What people and the outside are at, which no migration may touch. */
function inHand({ tasks, sends, wait, counters, snoozedUntil, inbound, tags, queue }: InquiryState): unknown {
  const open = tasks.map(({ step: _, ...task }) => task);
  return { open, sends, until: wait?.until, counters, snoozedUntil, inbound, tags, queue };
}

/** What only a state that the plan can lead to is like. */
function checkFits({ state, plan }: World): void {
  for (const step of stepsNamedBy(state)) expect(plan.steps.map(({ id }) => id)).toContain(step);
  for (const obligation of state.obligations.filter(isOpenObligation)) {
    const own = plan.obligations.find(({ name }) => name === obligation.name);
    expect([obligation.name, own?.escalate]).toEqual([obligation.name, obligation.chain]);
    if (obligation.status !== 'breached_open')
      expect([obligation.clock, obligation.needs]).toEqual([own?.clock, own?.metBy]);
    const chain = plan.escalations[obligation.chain ?? ''] ?? [];
    expect(obligation.levels.map(({ level }) => level)).toEqual(chain.map((_, index) => index + 1));
  }
}

const moves = fc.array(move, { maxLength: 14 });

describe('a migration at any moment of any course', () => {
  it('to a version that says the same changes nothing', () => {
    fc.assert(
      fc.property(moves, fc.boolean(), (before, office) => {
        const moved = course(office, before);
        const { state } = moved;
        moved.migrate(2);
        const [entry, ...more] = moved.steps.at(-1)?.decision.entries ?? [];
        expect(more).toEqual([]);
        expect(entry?.kind).toBe(state.closedAt === null ? 'definition.migrated' : 'definition.migration_refused');
        expect(moved.state).toEqual(state);
        expect(moved.steps.at(-1)?.decision.effects).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('leads to a state of the new plan, keeps what is in hand, and the course goes on as if it had begun there', () => {
    fc.assert(
      fc.property(moves, moves, fc.constantFrom(3, 4), fc.boolean(), (before, after, to, office) => {
        const moved = course(office, before);
        const { state } = moved;
        moved.migrate(to, to === 4 ? NAMES : {});
        if (state.closedAt === null) {
          checkFits(moved);
          expect(inHand(moved.state)).toEqual(inHand(state));
          for (const obligation of moved.state.obligations.filter(({ status }) => status === 'running'))
            checkClock(obligation);
        }
        moved.drainTime();
        checkState(moved);
        for (const one of after) {
          play(moved, one);
          moved.drainTime();
          checkState(moved);
        }
        checkHistory(moved);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('back and forth leaves every deadline where it was', () => {
    fc.assert(
      fc.property(moves, (before) => {
        const there = course(true, before);
        const back = Object.fromEntries(Object.entries(NAMES).map(([old, name]) => [name, old]));
        const { state } = there;
        there.migrate(4, NAMES);
        there.migrate(2, back);
        expect(there.state).toEqual(state);
        expect(there.replays()).toBe(true);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
