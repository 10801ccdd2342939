import { MONDAY, planOf, World } from '../../../test/support/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const PARCEL = planOf(`
atende: 1
key: parcel
title: Parcel
calendar: always
events: { paid: {}, shipped: {} }
obligations:
  parcel: { within: 2h, clock: wall, startOn: event:paid, metBy: event:shipped, escalate: chase }
  look: { within: 30m, startOn: look }
  word: { within: 1h, startOn: opening, metBy: human_reply }
  whole: { within: 8h, startOn: reply, metBy: close }
escalations:
  chase: [ { at: deadline-30m, do: [ { set: { tags: [chased] } }, { notify: { to: ops } } ] } ]
rules:
  - { id: again, when: 'message.text == "errado"', do: [ { goto: look, interrupt: true } ] }
steps:
  - { id: look, task: { kind: triage }, on: { done: reply } }
  - { id: reply, task: { kind: reply }, on: { sent: wait, not_needed: close } }
  - { id: wait, wait: { for: [event:shipped], until: 3d, as: waiting_platform }, on: { shipped: close, timeout: close } }
  - { id: close, close: {} }
`);

const opened = (): World => new World({ plan: PARCEL }).open();

const looked = (): World => {
  const world = opened();
  const { key: taskKey, token } = world.claim();
  world.command({ kind: 'triage', taskKey, token, intent: 'other', urgency: 'normal', queue: 'sales-br' });
  return world;
};

const report = (world: World, name: string, at = world.now): World =>
  world.apply({ kind: 'platform.event', name, at, by: 'channel' });

describe('an obligation of a step', () => {
  it('starts as the token comes to it and is met as it leaves', () => {
    const world = opened();
    expect(world.obligation('look')).toMatchObject({ startedAt: MONDAY, deadline: MONDAY + 30 * MINUTE });
    world.advance(10 * MINUTE);
    const { key: taskKey, token } = world.claim();
    world.command({ kind: 'triage', taskKey, token, intent: 'other', urgency: 'normal', queue: 'sales-br' });
    expect(world.obligation('look')).toMatchObject({ status: 'met', metAt: MONDAY + 10 * MINUTE, metBy: 'step:look' });
    expect(world.replays()).toBe(true);
  });

  it('has another instance each time, and one that runs is not started again', () => {
    const world = looked();
    world.advance(MINUTE).message('errado');
    expect(world.obligation('look')).toMatchObject({ instance: 2, status: 'running', startedAt: MONDAY + MINUTE });
    expect(world.state.obligations.filter(({ name }) => name === 'whole')).toMatchObject([{ startedAt: MONDAY }]);
  });

  it('is breached at its deadline like any other, and met late', () => {
    const world = opened().advance(40 * MINUTE);
    expect(world.obligation('look')).toMatchObject({ status: 'breached_open', breachedAt: MONDAY + 30 * MINUTE });
    world.message('errado');
    expect(world.state.obligations.filter(({ name }) => name === 'look').map(({ status }) => status)).toEqual([
      'breached_met',
      'running',
    ]);
  });
});

describe('an obligation of an event', () => {
  it('counts from the event’s own instant to that of the other', () => {
    const world = report(looked(), 'paid', MONDAY - HOUR);
    expect(world.obligation('parcel')).toMatchObject({
      startedAt: MONDAY - HOUR,
      deadline: MONDAY + HOUR,
      cause: 'event:paid',
    });
    world.advance(45 * MINUTE);
    expect(world.state.tags).toEqual(['chased']);
    world.advance(30 * MINUTE);
    expect(world.obligation('parcel').status).toBe('breached_open');
    report(world, 'shipped', MONDAY + 50 * MINUTE);
    expect(world.obligation('parcel')).toMatchObject({ status: 'met', breachedAt: null, metAt: MONDAY + 50 * MINUTE });
    expect(world.of('obligation.breach_withdrawn')).toHaveLength(1);
    expect(world.replays()).toBe(true);
  });

  it('is met no earlier than it started and no later than it was heard of', () => {
    const world = report(looked(), 'paid');
    report(world, 'shipped', MONDAY - HOUR);
    expect(world.obligation('parcel').metAt).toBe(MONDAY);
    report(world, 'paid', MONDAY + 9 * HOUR);
    expect(world.obligation('parcel')).toMatchObject({ instance: 2, startedAt: MONDAY });
    report(world, 'shipped', MONDAY + 9 * HOUR);
    expect(world.obligation('parcel')).toMatchObject({ status: 'met', metAt: MONDAY });
  });

  it('what was reported before it started does not count', () => {
    const world = report(report(looked(), 'shipped'), 'paid');
    expect(world.obligation('parcel').status).toBe('running');
  });
});

describe('an obligation that a person’s answer meets', () => {
  it('is met when the answer is available, and open again when it is rejected', () => {
    const world = looked();
    world.reply();
    expect(world.obligation('word').status).toBe('running');
    world.receipt('available');
    expect(world.obligation('word')).toMatchObject({ status: 'met', metBy: 'send:1' });
    world.advance(MINUTE).receipt('rejected');
    expect(world.obligation('word')).toMatchObject({ status: 'running', startedAt: MONDAY });
  });

  it('ends with a reason when no answer is needed', () => {
    const world = looked();
    world.command({ kind: 'not_needed', taskKey: null, token: null, reasonCode: 'spam' });
    expect(world.obligation('word')).toMatchObject({ status: 'cancelled', cause: 'not_needed' });
    expect(world.obligation('whole')).toMatchObject({ status: 'met', metBy: 'close' });
  });
});

it('closing meets what the close meets and cancels the rest', () => {
  const world = report(opened(), 'paid');
  world.command({ kind: 'close', reasonCode: 'other' });
  expect(world.obligation('word')).toMatchObject({ status: 'cancelled', cause: 'closed_unanswered' });
  expect(world.obligation('parcel')).toMatchObject({ status: 'cancelled', cause: 'closed' });
  expect(world.obligation('look')).toMatchObject({ status: 'cancelled', cause: 'closed' });
});

it('a reopened instance takes the place of the one that had started since', () => {
  const world = new World().open();
  world.reply();
  world.receipt('available').advance(MINUTE).message();
  world.reply();
  world.receipt('available').advance(MINUTE).message();
  expect(world.obligation('next_response')).toMatchObject({ instance: 2, status: 'running' });
  world.receipt('rejected', { send: 'send:3' });
  const next = world.state.obligations.filter(({ name }) => name === 'next_response');
  expect(next).toMatchObject([
    { instance: 1, status: 'running' },
    { instance: 2, status: 'cancelled', cause: 'earlier_reopened' },
  ]);
});
