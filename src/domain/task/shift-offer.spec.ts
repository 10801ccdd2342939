import fc from 'fast-check';
import { isOpen } from '../calendar/working-time.js';
import type { Calendar, CalendarSpec } from '../calendar/types.js';
import type { Plan, StepPlan } from '../definition/plan.js';
import type { MemberFacts, QueueFacts } from '../inquiry/facts.js';
import { nextShiftStart } from '../assignment/duty.js';
import { assignStepFor, shiftOffer } from './shift-offer.js';

const MINUTE = 60_000;
const at = (time: string): number => Date.parse(`2026-11-${time}Z`);

function calendar(...intervals: readonly [string, string][]): Calendar {
  const day = intervals.map(([from, to]) => ({ from, to }));
  const week = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, day]));
  const spec: CalendarSpec = { zone: 'UTC', week, exceptions: [] };
  return { key: 'c', version: 1, spec };
}

const office = calendar(['09:00', '12:00'], ['13:00', '18:00']);

const hours = (open: Calendar) => ({ calendar: open, roster: null, shiftsOf: ['ana'] });

describe('nextShiftStart', () => {
  it.each([
    ['before opening', office, '23T07:00:00', '23T09:00:00'],
    ['in the break', office, '23T12:30:00', '23T13:00:00'],
    ['within a shift: the one after it', office, '23T10:00:00', '23T13:00:00'],
    ['within the last shift of the day', office, '23T15:00:00', '24T09:00:00'],
    ['at the opening itself: the one after it', office, '23T09:00:00', '23T13:00:00'],
  ] as const)('%s', (_name, open, now, expected) => {
    expect(nextShiftStart(hours(open), at(now))).toBe(at(expected));
  });

  it('is never, where the calendar never closes or never opens', () => {
    expect(nextShiftStart(hours(calendar(['00:00', '24:00'])), at('23T10:00:00'))).toBeNull();
    expect(nextShiftStart(hours(calendar()), at('23T10:00:00'))).toBeNull();
  });

  it('is an opening after now', () => {
    fc.assert(
      fc.property(fc.nat(20 * 24 * 60), (minutes) => {
        const now = at('01T00:00:00') + minutes * MINUTE;
        const start = nextShiftStart(hours(office), now) ?? 0;
        expect(start).toBeGreaterThan(now);
        expect([isOpen(office, start), isOpen(office, start - 1)]).toEqual([true, false]);
      }),
    );
  });
});

describe('the offer', () => {
  const assign = (
    id: string,
    queues: readonly string[],
    strategy: 'least_loaded' | 'manual',
    preferLastAgent = false,
  ): StepPlan => ({
    id,
    on: {},
    goto: null,
    kind: 'assign',
    queues,
    strategy,
    preferLastAgent,
    acceptWithinMs: 10 * MINUTE,
  });
  const plan = (...steps: readonly StepPlan[]): Plan => ({
    key: 'p',
    version: 1,
    checksum: 'c',
    title: 'P',
    calendar: null,
    channels: null,
    obligations: [],
    escalations: {},
    rules: [],
    steps,
    data: {},
    events: {},
  });
  const member = (id: string, given: Partial<MemberFacts> = {}): MemberFacts => ({
    id,
    role: 'agent',
    languages: [],
    skills: [],
    away: false,
    substituteId: null,
    openTasks: 0,
    capacity: 5,
    ...given,
  });
  const queue = (...members: readonly MemberFacts[]): QueueFacts => ({
    key: 'sales',
    calendar: office,
    roster: null,
    members,
    lastChosen: null,
    cap: null,
  });

  const shop = { key: 'aurora', channel: 'webhook' };
  const about = (lastAgentId: string | null, now: number) => ({
    language: null,
    lastAgentId,
    shop,
    activity: null,
    now,
  });

  it('follows the step that hands out tasks of the queue, none where people take them by themselves', () => {
    const both = plan(
      assign('a', ['night'], 'least_loaded'),
      assign('b', ['sales'], 'manual'),
      assign('c', ['sales'], 'least_loaded'),
    );
    expect(assignStepFor(both, 'sales')?.id).toBe('c');
    expect(assignStepFor(plan(assign('b', ['sales'], 'manual')), 'sales')).toBeNull();
    expect(assignStepFor(plan(), 'sales')).toBeNull();
  });

  it.each([
    ['the least loaded', queue(member('ana', { openTasks: 2 }), member('bruno')), 'bruno'],
    ['nobody who is away', queue(member('ana', { openTasks: 2 }), member('bruno', { away: true })), 'ana'],
    ['whoever answered before', queue(member('ana', { openTasks: 2 }), member('bruno')), 'ana', 'ana'],
    ['nobody at all', queue(member('ana', { away: true })), null],
  ] as const)('goes to %s', (_name, facts, expected, lastAgentId: string | null = null) => {
    const step = assignStepFor(plan(assign('a', ['sales'], 'least_loaded', true)), 'sales');
    const now = at('23T09:00:00');
    const offer = step === null ? null : shiftOffer(step, facts, about(lastAgentId, now));
    expect(offer?.memberId ?? null).toBe(expected);
    if (offer !== null) expect(offer.until).toBe(now + 10 * MINUTE);
  });
});
