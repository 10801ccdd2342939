import fc from 'fast-check';
import { definitionEnvironment } from '../../../test/support/definition-environment.js';
import { planOf, World } from '../../../test/support/world.js';
import type { Calendar } from '../calendar/types.js';
import { deadlineOf, elapsed, shift } from '../obligation/clock.js';
import { ledgerOf } from '../obligation/ledger.js';
import type { Within } from '../definition/plan.js';
import type { ObligationState } from './state.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Targets that depend on what people set, on a clock that pauses, met by answers that may come back. */
const plan = planOf(`
atende: 1
key: promise
title: Promise
calendar: br-office
obligations:
  first_response: { within: [ { when: 'inquiry.urgency == "critical"', is: 30m }, { when: 'inquiry.urgency == "low"', is: 2bd }, { is: 5h } ], escalate: chase, pauseWhile: [waiting_buyer] }
  next_response: { within: [ { when: 'inquiry.urgency == "critical"', is: 30m }, { when: 'inquiry.urgency == "low"', is: 2bd }, { is: 5h } ], escalate: chase, pauseWhile: [waiting_buyer] }
  resolution: { within: [ { when: 'inquiry.urgency == "critical"', is: 4h }, { when: 'inquiry.urgency == "low"', is: 5bd }, { is: 30h } ], escalate: chase, pauseWhile: [waiting_buyer] }
escalations:
  chase:
    - { at: start+3h, do: [ { notify: { to: queue } } ] }
    - { at: deadline-20m, do: [ { notify: { to: queue } } ] }
    - { at: deadline+1h, do: [ { notify: { to: supervisor } } ] }
rules:
  - { id: hold, when: 'message.text == "espera"', do: [ { goto: buyer, interrupt: true } ] }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { for: [buyer_message], until: 300h }, on: { message: reply, timeout: close } }
  - { id: close, close: {} }
`);

const TARGETS: Readonly<Record<string, readonly [critical: Within, low: Within, other: Within]>> = {
  first_response: [{ ms: 30 * MINUTE }, { businessDays: 2 }, { ms: 5 * HOUR }],
  next_response: [{ ms: 30 * MINUTE }, { businessDays: 2 }, { ms: 5 * HOUR }],
  resolution: [{ ms: 4 * HOUR }, { businessDays: 5 }, { ms: 30 * HOUR }],
};

const office = definitionEnvironment().calendars.find(({ key }) => key === 'br-office');
const calendar: Calendar | null = office === undefined ? null : { key: 'br-office', version: 1, spec: office.spec };

type Act =
  | { readonly do: 'message'; readonly text: string }
  | { readonly do: 'urgency'; readonly urgency: 'critical' | 'low' | 'normal' }
  | { readonly do: 'available' | 'bounced' | 'reply' }
  | { readonly do: 'advance'; readonly minutes: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('message' as const), text: fc.constantFrom('oi', 'espera') }),
  fc.record({
    do: fc.constant('urgency' as const),
    urgency: fc.constantFrom('critical' as const, 'low' as const, 'normal' as const),
  }),
  fc.record({ do: fc.constantFrom('reply' as const, 'available' as const, 'bounced' as const) }),
  fc.record({ do: fc.constant('advance' as const), minutes: fc.constantFrom(1, 7, 29, 61, 240, 1_000, 3_001) }),
);

function play(world: World, one: Act): void {
  if (one.do === 'advance') return void world.advance(one.minutes * MINUTE);
  if (one.do === 'available' || one.do === 'bounced') return void world.receipt(one.do);
  if (world.state.closedAt !== null) return;
  if (one.do === 'message') world.message(one.text);
  else if (one.do === 'reply') world.reply();
  else if (one.do === 'urgency') world.command({ kind: 'correct', expectedVersion: null, urgency: one.urgency });
}

type Pause = { readonly from: number; readonly to: number; readonly reason: string; readonly by: null };

/** When the token waited for the buyer while nothing else was owed, and the obligation had not been met as it seemed then. */
function pausesOf(world: World, { name, instance, startedAt }: ObligationState): Pause[] {
  const pauses: Pause[] = [];
  let from: number | null = null;
  for (const { at, decision } of world.steps) {
    const { wait, tasks, obligations } = decision.state;
    const then = obligations.find((one) => one.name === name && one.instance === instance);
    const owes = tasks.some(({ kind }) => kind === 'rewrite');
    const waits = wait?.as === 'waiting_buyer' && !owes && then?.metAt === null;
    if (waits) from ??= at;
    if (waits || from === null) continue;
    pauses.push({ from, to: at, reason: 'waiting_buyer', by: null });
    from = null;
  }
  return pauses
    .filter(({ to }) => to > startedAt)
    .map((pause) => ({ ...pause, from: Math.max(startedAt, pause.from) }));
}

/** What a running obligation must look like, worked out from what happened. */
function checkRunning(world: World, obligation: ObligationState): void {
  const { name, startedAt, deadline, used } = obligation;
  const [critical, low, other] = TARGETS[name] ?? [];
  const within = { critical, low }[world.state.urgency as 'critical' | 'low'] ?? other;
  expect([name, obligation.within]).toEqual([name, within]);
  if (within === undefined || 'platform' in within || deadline === null) throw new Error(`${name} has no target`);
  const pauses = pausesOf(world, obligation);
  const paused = pauses.reduce((sum, { from, to }) => sum + elapsed('house', calendar, from, to), 0);
  const whole = elapsed('house', calendar, startedAt, deadlineOf('house', calendar, startedAt, within));
  const given = Math.max(0, whole - used);
  expect(elapsed('house', calendar, startedAt, deadline) - paused).toBe(given);
  const segments = ledgerOf({ from: startedAt, to: deadline, clock: 'house', calendar, pauses, phases: [] });
  const counted = segments.filter(({ kind }) => kind === 'counting').reduce((sum, { from, to }) => sum + to - from, 0);
  expect(counted).toBe(given);
  for (const { level, state, plannedAt } of obligation.levels) {
    if (state !== 'pending' || plannedAt <= world.now) continue;
    if (level === 1) expect(elapsed('house', calendar, startedAt, plannedAt) - paused).toBe(3 * HOUR);
    else expect(plannedAt).toBe(shift('house', calendar, deadline, level === 2 ? -20 * MINUTE : HOUR));
  }
}

describe('targets that change while time passes, pauses and is taken up again', () => {
  it('are at every moment what the ledger and a computation from the start say', () => {
    const seen = { policy: 0, paused: 0, reopened: 0 };
    fc.assert(
      fc.property(
        fc.array(act, { minLength: 8, maxLength: 30 }),
        fc.integer({ min: 0, max: 40 * HOUR }),
        (acts, used) => {
          const linked = {
            ...{ inquiryId: 'earlier', cause: 'reopened' as const, humanAnswered: false, firstResponseStartedAt: null },
            ...{ resolutionElapsedMs: used, failedSend: null, queue: null, lastAgentId: null },
          };
          const world = new World({ plan, shopCalendar: null }).open('oi', used % 2 === 0 ? { linked } : {});
          for (const one of acts) {
            play(world, one);
            world.drainTime();
            const { obligations } = world.state;
            for (const obligation of obligations.filter(({ status }) => status === 'running')) {
              expect(obligation.deadline).not.toBeNull();
              // What is overdue waits for the fate of a message: no pause is counted any more.
              if ((obligation.deadline ?? 0) > world.now) checkRunning(world, obligation);
            }
          }
          seen.policy += world.of('obligation.policy_applied').length;
          seen.paused += world.of('obligation.resumed').length;
          seen.reopened += world.of('obligation.reopened').length;
          expect(world.replays()).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  }, 60_000);
});
