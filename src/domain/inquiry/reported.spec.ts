import { MONDAY, planOf, World } from '../../../test/support/world.js';

const HOUR = 3_600_000;

const CLAIM = planOf(`
atende: 1
key: claim
title: Claim
events: { claim_closed: { result: string, amount: number, at: timestamp }, paid: {} }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: claim, not_needed: claim } }
  - id: claim
    wait: { for: [event:claim_closed, event:paid], until: 48h, as: waiting_platform }
    on: { claim_closed: which, paid: paid, timeout: late }
  - { id: which, choose: [ { when: 'data.claim_closed.result == "refund"', goto: lost } ], goto: again }
  - { id: lost, set: { tags: [lost] }, goto: again }
  - { id: paid, set: { tags: [paid] }, goto: again }
  - { id: again, wait: { for: [buyer_message, event:claim_closed], until: 24h }, on: { message: reply, claim_closed: close, timeout: close } }
  - { id: late, set: { tags: [late] } }
  - { id: close, close: {} }
`);

type Data = Readonly<Record<string, string | number | boolean>>;

const report = (world: World, name: string, data: Data = {}): World =>
  world.apply({ kind: 'platform.event', name, at: world.now, by: 'channel', data });

const waiting = (): World => {
  const world = new World({ plan: CLAIM }).open();
  world.reply();
  return world.receipt('available');
};

describe('a declared event', () => {
  it('ends the wait for it, and what it brought can be read', () => {
    const world = waiting();
    expect(world.state).toMatchObject({ step: 'claim', wait: { as: 'waiting_platform', until: MONDAY + 48 * HOUR } });
    report(world, 'claim_closed', { result: 'refund', amount: 5, at: '2026-11-23T13:00:00Z', more: 'x' });
    expect(world.state).toMatchObject({
      step: 'again',
      tags: ['lost'],
      data: { claim_closed: { result: 'refund', amount: 5, at: MONDAY } },
      early: {},
    });
    expect(world.of('platform.event')[0]?.data).toMatchObject({ name: 'claim_closed', ignored: 1 });
    expect(world.replays()).toBe(true);
  });

  it('that came early is kept and ends the next wait for it, once', () => {
    const world = new World({ plan: CLAIM }).open();
    report(world, 'claim_closed', { result: 'refund' });
    world.advance(HOUR);
    report(world, 'claim_closed', { result: 'kept' });
    expect(world.state).toMatchObject({ step: 'reply', early: { claim_closed: MONDAY + HOUR } });
    world.reply();
    expect(world.of('step.wait_over')[0]?.data).toEqual({ outcome: 'claim_closed', early: true });
    expect(world.state).toMatchObject({
      step: 'again',
      tags: [],
      early: {},
      data: { claim_closed: { result: 'kept' } },
    });
  });

  it('that came first of several goes first, and the others wait for their turn', () => {
    const world = new World({ plan: CLAIM }).open();
    report(world, 'paid');
    world.advance(HOUR);
    report(world, 'claim_closed');
    world.reply();
    world.receipt('available').drainTime();
    expect(world.state).toMatchObject({ tags: ['paid'], closedAt: MONDAY + HOUR, step: 'close' });
  });

  it('by hand ends the wait too', () => {
    const world = waiting();
    const outcome = world.command({ kind: 'event', name: 'paid', at: world.now }, 'the-supervisor', 'supervisor');
    expect(outcome.state).toBe('applied');
    expect(world.state).toMatchObject({ step: 'again', tags: ['paid'] });
  });

  it('leaves fields that do not fit absent', () => {
    const world = waiting();
    report(world, 'claim_closed', { result: 5, amount: 'much', at: 'soon' });
    expect(world.state.data).toEqual({ claim_closed: {} });
    expect(world.of('platform.event')[0]?.data['ignored']).toBe(3);
    expect(world.of('expression.failed')).toHaveLength(1);
    expect(world.state.step).toBe('again');
  });
});

it('an event the plan does not declare changes nothing', () => {
  const world = waiting();
  const before = world.state;
  report(world, 'parcel_lost', { amount: 1 });
  expect(world.state).toEqual(before);
  expect(world.of('platform.event')).toHaveLength(1);
});

it('a wait for events alone is not ended by the buyer, and times out', () => {
  const world = waiting().message();
  expect(world.state.step).toBe('claim');
  world.advance(48 * HOUR);
  expect(world.state.tags).toEqual(['late']);
});
