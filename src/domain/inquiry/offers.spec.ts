import { MONDAY, planOf, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('offering a task', () => {
  it('who is on duty at the moment is told by the roster, and gets the task', () => {
    const shift = (member: string, fromHour: number, toHour: number) => ({
      key: member,
      members: [member],
      zone: 'UTC',
      starts: '2026-01-01',
      rule: 'FREQ=DAILY',
      from: new Date(MONDAY + fromHour * HOUR).toISOString().slice(11, 16),
      to: new Date(MONDAY + toHour * HOUR).toISOString().slice(11, 16),
      calendar: null,
    });
    const shifts = [shift('ana', -1, 2), shift('bruno', 1, 5)];
    const roster = { key: 'r', version: 1, spec: { shifts, exceptions: [], swaps: [] }, calendars: [] };
    const world = new World({ roster }).open('Oi', { respondBy: MONDAY + 3 * HOUR }).advance(2 * HOUR + 30 * MINUTE);
    expect(world.of('assignment.chosen')[0]).toMatchObject({
      data: { memberId: 'ana' },
      because: { roster: { key: 'r', version: 1 }, passedOver: [{ memberId: 'bruno', why: 'off_duty' }] },
    });
    expect(world.effects('notify').at(-1)).toMatchObject({ to: 'on_duty', members: ['bruno'] });
    expect(world.replays()).toBe(true);
  });
});

describe('an offer that was chosen long before its task opens', () => {
  const plan = planOf(`
atende: 1
key: later
title: Later
calendar: always
events: { paid: {} }
obligations: { resolution: { within: 9h, escalate: moved } }
escalations: { moved: [{ at: start+5m, do: [{ when: 'inquiry.urgency == "high"', reassign: { queue: supervisors } }, { notify: { to: supervisor } }] }] }
steps:
  - { id: person, assign: { queue: sales-br } }
  - { id: pay, wait: { for: [event:paid], until: 8h }, goto: answer }
  - { id: answer, task: { kind: reply }, on: { sent: end, not_needed: end } }
  - { id: end, close: { reason: done } }
`);
  const paid = (world: World): unknown => {
    world.apply({ kind: 'platform.event', name: 'paid', at: world.now, by: 'channel' });
    return world.effects('open_task')[0];
  };

  it('is not made in another queue, to which the inquiry was moved meanwhile', () => {
    const world = new World({ plan }).open();
    world.command({ kind: 'correct', expectedVersion: null, urgency: 'high' });
    expect(paid(world.advance(6 * MINUTE))).toMatchObject({ queue: 'supervisors', offer: null });
  });

  it('is not made when it would have run out by then', () => {
    expect(paid(new World({ plan }).open().advance(6 * MINUTE))).toMatchObject({ offer: { memberId: 'ana' } });
    expect(paid(new World({ plan }).open().advance(HOUR))).toMatchObject({ queue: 'sales-br', offer: null });
  });
});
