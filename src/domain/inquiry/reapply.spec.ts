import fc from 'fast-check';
import type { Calendar, CalendarException } from '../calendar/types.js';
import { deadlineOf, elapsed, shift } from '../obligation/clock.js';
import type { Decision } from './decide.js';
import { isMovable, movedDeadline } from './reapply.js';
import type { InquiryState, ObligationState } from './state.js';
import { definitionEnvironment } from '../../../test/support/definition-environment.js';
import { MONDAY, standardPlan, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const HOURS = [{ from: '09:00', to: '18:00' }];
const calendar = (version: number, exceptions: CalendarException[] = []): Calendar => ({
  key: 'br-office',
  version,
  spec: { zone: 'UTC', week: { mon: HOURS, tue: HOURS, wed: HOURS, thu: HOURS, fri: HOURS }, exceptions },
});
const at = (time: string, date = '2026-03-02'): number => Date.parse(`${date}T${time}:00Z`);
const holiday: CalendarException = { date: '2026-03-03', name: 'Feriado', intervals: [] };
const [old, next] = [calendar(1), calendar(2, [holiday])];

const running = (more: Partial<ObligationState> = {}): ObligationState => ({
  name: 'first_response',
  instance: 1,
  status: 'running',
  clock: 'house',
  calendar: { key: 'br-office', version: 1 },
  startedAt: at('17:00'),
  needs: 'human_reply',
  within: { ms: 2 * HOUR },
  used: 0,
  deadline: at('10:00', '2026-03-03'),
  remaining: null,
  breachedAt: null,
  metAt: null,
  metBy: null,
  cause: 'opening',
  chain: null,
  levels: [],
  pauses: [],
  ...more,
});

describe('a deadline on another version of its calendar', () => {
  it('skips the day that has become a holiday', () => {
    expect(movedDeadline(running(), next)).toBe(at('10:00', '2026-03-04'));
    expect(movedDeadline(running(), calendar(2))).toBe(running().deadline);
  });

  it('keeps business days as days', () => {
    const obligation = running({ within: { businessDays: 1 }, deadline: at('17:00', '2026-03-03') });
    expect(movedDeadline(obligation, next)).toBe(at('17:00', '2026-03-04'));
  });

  it('keeps the pauses it has had', () => {
    const pauses = [{ from: at('17:00'), to: at('17:30'), reason: 'waiting_buyer' }];
    const obligation = running({ pauses, deadline: at('10:30', '2026-03-03') });
    expect(movedDeadline(obligation, next)).toBe(at('10:30', '2026-03-04'));
  });

  it('counts a pause by the hours of the new calendar: half of it fell on what is now a holiday', () => {
    const pauses = [{ from: at('17:30'), to: at('09:30', '2026-03-03'), reason: 'waiting_buyer' }];
    const obligation = running({ pauses, deadline: at('11:00', '2026-03-03') });
    expect(movedDeadline(obligation, next)).toBe(at('10:30', '2026-03-04'));
  });

  it('gives an instance that took over used time what was left of it', () => {
    const used = 25.5 * HOUR;
    const obligation = running({ within: { businessDays: 3 }, used, deadline: at('09:30', '2026-03-03') });
    expect(movedDeadline(obligation, next)).toBe(at('09:30', '2026-03-04'));
  });

  it('is where it was when it is moved there and back, whatever the pauses', () => {
    const days = fc.uniqueArray(fc.integer({ min: 2, max: 27 }), { maxLength: 6 });
    const spans = fc.array(fc.integer({ min: 1, max: 20 * HOUR }), { maxLength: 4 });
    fc.assert(
      fc.property(days, spans, fc.integer({ min: 1, max: 60 * HOUR }), (closed, steps, ms) => {
        const changed = calendar(
          2,
          closed.map((day) => ({ date: `2026-03-${String(day).padStart(2, '0')}`, name: 'x', intervals: [] })),
        );
        const startedAt = at('08:00');
        let cursor = startedAt;
        const pauses = steps.map((step) => {
          const from = cursor;
          cursor += step;
          return { from, to: cursor, reason: 'waiting_buyer' };
        });
        const paused = pauses.reduce((sum, { from, to }) => sum + elapsed('house', old, from, to), 0);
        const whole = deadlineOf('house', old, startedAt, { ms });
        const deadline = paused === 0 ? whole : shift('house', old, whole, paused);
        const obligation = running({ startedAt, within: { ms }, deadline, pauses });
        const moved = movedDeadline(obligation, changed);
        const back = { ...obligation, calendar: { key: 'br-office', version: 2 }, deadline: moved };
        expect(movedDeadline(back, { ...old, version: 3 })).toBe(deadline);
      }),
    );
  });

  it.each<[string, Partial<ObligationState>, number]>([
    ['on the wall clock', { clock: 'wall' }, at('17:00')],
    ['on another calendar', { calendar: { key: 'other', version: 1 } }, at('17:00')],
    ['on this very version', { calendar: { key: 'br-office', version: 2 } }, at('17:00')],
    ['that is paused', { status: 'paused', deadline: null, remaining: HOUR }, at('17:00')],
    [
      'that was breached',
      { status: 'breached_open', breachedAt: at('10:00', '2026-03-03') },
      at('11:00', '2026-03-03'),
    ],
    ['that is due', {}, at('10:00', '2026-03-03')],
  ])('is not given to one %s', (_case, more, now) => {
    expect(isMovable(running(more), next, now)).toBe(false);
    expect(isMovable(running(), next, at('17:00'))).toBe(true);
  });
});

describe('a changed calendar that is applied to an open inquiry', () => {
  const shipped = definitionEnvironment().calendars.find(({ key }) => key === 'br-office');
  const office: Calendar = { key: 'br-office', version: 1, spec: shipped?.spec ?? old.spec };
  const changed = (date: string, ...intervals: CalendarException['intervals'][number][]): Calendar => ({
    ...office,
    version: 2,
    spec: { ...office.spec, exceptions: [{ date, name: 'Casa', intervals }] },
  });
  /** An inquiry of the shipped definition on the office calendar: a Monday, 10:00 in São Paulo. */
  const opened = (newer: Calendar, now = MONDAY): World =>
    new World({
      ...{ plan: standardPlan(), shopCalendar: 'br-office', now },
      calendars: new Map([[`br-office@${newer.version}`, newer]]),
    }).open();
  const first = (state: InquiryState): ObligationState => {
    const found = state.obligations.find(({ name }) => name === 'first_response');
    if (found === undefined) throw new Error('It has no first_response');
    return found;
  };
  const apply = (world: World, now: number): Decision | undefined => {
    world.now = now;
    world.apply({
      kind: 'calendar.changed',
      key: 'br-office',
      version: 2,
      obligations: [{ name: 'first_response', instance: 1 }],
      actor: { memberId: 'otavio', role: 'ops' },
    });
    expect(world.replays()).toBe(true);
    return world.steps.at(-1)?.decision;
  };

  it('moves the obligations that are named, with the levels that have not fired, and says why', () => {
    const world = opened(changed('2026-11-23', { from: '09:00', to: '10:30' }));
    const before = world.state;
    const decision = apply(world, MONDAY + MINUTE);
    const after = first(world.state);
    expect(first(before).deadline).toBe(MONDAY + HOUR);
    expect(after.deadline).toBe(Date.parse('2026-11-24T12:30:00Z'));
    expect(after.calendar).toEqual({ key: 'br-office', version: 2 });
    expect(after.levels.map(({ plannedAt }) => new Date(plannedAt).toISOString())).toEqual([
      '2026-11-24T12:15:00.000Z',
      '2026-11-24T12:30:00.000Z',
      '2026-11-24T13:00:00.000Z',
    ]);
    expect(decision?.entries).toEqual([
      expect.objectContaining({
        kind: 'obligation.policy_applied',
        data: { name: 'first_response', instance: 1, from: MONDAY + HOUR, deadline: after.deadline },
        because: expect.objectContaining({ calendar: { key: 'br-office', version: 2 } }),
      }),
    ]);
    const others = (state: InquiryState): unknown => state.obligations.filter(({ name }) => name !== 'first_response');
    expect(others(world.state)).toEqual(others(before));
  });

  it('breaches now, not in the past, what the new hours would have had answered already', () => {
    const world = opened(changed('2026-11-23', { from: '09:00', to: '24:00' }), Date.parse('2026-11-23T22:00:00Z'));
    const now = world.now + 2 * HOUR;
    const decision = apply(world, now);
    expect(first(world.state)).toMatchObject({ status: 'breached_open', breachedAt: now, deadline: now - HOUR });
    expect(decision?.entries.map(({ kind }) => kind)).toEqual(['obligation.policy_applied', 'obligation.breached']);
  });

  it('does nothing twice, and nothing to a closed inquiry', () => {
    const world = opened(changed('2026-11-23', { from: '09:00', to: '10:30' }));
    expect(apply(world, MONDAY + MINUTE)?.entries).toHaveLength(1);
    expect(apply(world, MONDAY + 2 * MINUTE)?.entries).toEqual([]);
    const closed = opened(changed('2026-11-23', { from: '09:00', to: '10:30' }));
    closed.command({ kind: 'close', reasonCode: 'resolved' });
    expect(closed.state.closedAt).not.toBeNull();
    expect(apply(closed, MONDAY + MINUTE)?.entries).toEqual([]);
  });
});
