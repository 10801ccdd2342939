import { MONDAY, World } from '../../../test/support/world.js';
import { nextWake } from './due.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a reply in time', () => {
  const world = new World().open();

  it('is acknowledged once, offered to a person, and waits for an answer', () => {
    expect(world.sends.map((send) => send.author)).toEqual(['automated']);
    expect(world.state.tasks).toMatchObject([{ kind: 'reply', queue: 'sales-br' }]);
    expect(world.of('assignment.chosen')[0]?.data).toMatchObject({ memberId: 'ana', by: 'least_loaded' });
    expect(nextWake(world.state, world.now)).toBe(MONDAY + 45 * MINUTE);
  });

  it('meets the acknowledgement when the acknowledgement is available, and nothing else', () => {
    world.receipt('available');
    expect(world.obligation('acknowledge').status).toBe('met');
    expect(world.obligation('first_response').status).toBe('running');
  });

  it('counts the answer when it is available, not when it was sent', () => {
    world.advance(20 * MINUTE);
    expect(world.reply()).toMatchObject({ state: 'applied' });
    expect(world.obligation('first_response').status).toBe('running');
    expect(world.state.step).toBe('buyer');
    world.receipt('available');
    expect(world.obligation('first_response')).toMatchObject({ status: 'met', metAt: MONDAY + 20 * MINUTE });
    expect(world.obligation('first_response').levels.every((level) => level.state === 'cancelled')).toBe(true);
  });

  it('closes by itself when the buyer stays silent', () => {
    world.advance(48 * HOUR);
    expect(world.state.closedAt).toBe(MONDAY + 20 * MINUTE + 48 * HOUR);
    expect(world.of('inquiry.closed')[0]?.data).toMatchObject({ reason: 'resolved', retention: 'order' });
    expect(world.replays()).toBe(true);
  });
});

describe('nobody answers', () => {
  it('reminds after 45 minutes, escalates at the deadline and moves the task half an hour later', () => {
    const world = new World().open();
    const task = world.claim('ana', 24 * HOUR);
    world.receipt('available').advance(2 * HOUR);
    const fired = world.of('level.fired').map(({ data }) => [data['level'], data['fired'], data['lateMs']]);
    expect(fired).toEqual([
      [1, MONDAY + 45 * MINUTE, 0],
      [2, MONDAY + 60 * MINUTE, 0],
      [3, MONDAY + 90 * MINUTE, 0],
    ]);
    expect(world.obligation('first_response')).toMatchObject({
      status: 'breached_open',
      breachedAt: MONDAY + 60 * MINUTE,
    });
    expect(world.effects('notify').map(({ to, members }) => [to, members])).toEqual([
      ['holder', ['ana']],
      ['supervisor', ['the-supervisor']],
    ]);
    expect(world.state.urgency).toBe('high');
    expect(world.state.tasks).toMatchObject([{ key: task.key, queue: 'supervisors' }]);
    expect(world.tasks.get(task.key)).toMatchObject({ holderId: null, token: task.token + 1 });
    expect(world.of('obligation.warned')).toHaveLength(1);
    expect(world.replays()).toBe(true);
  });

  it('fires everything once, in order, with its lateness, after an outage', () => {
    const world = new World().open().sleep(5 * HOUR);
    expect(world.of('level.fired').map(({ data }) => [data['level'], data['lateMs']])).toEqual([
      [1, 5 * HOUR - 45 * MINUTE],
      [2, 4 * HOUR],
      [3, 5 * HOUR - 90 * MINUTE],
    ]);
    expect(world.obligation('first_response').breachedAt).toBe(MONDAY + HOUR);
    expect(world.drainTime().of('level.fired')).toHaveLength(3);
  });

  it('falls to whoever is on duty when nobody holds the task', () => {
    const world = new World().open().advance(45 * MINUTE);
    expect(world.of('notification.sent')[0]?.data).toMatchObject({
      to: 'holder',
      reached: 'on_duty',
      members: ['ana', 'bruno'],
    });
  });
});

describe('the instant of the deadline', () => {
  it.each([
    [0, 'met', null],
    [1, 'breached_met', MONDAY + HOUR],
  ] as const)('an answer %d ms after it is %s', (late, status, breachedAt) => {
    const world = new World().open();
    world.now = MONDAY + 59 * MINUTE;
    world.drainTime();
    world.reply();
    world.now = MONDAY + HOUR + late;
    world.receipt('available');
    expect(world.obligation('first_response')).toMatchObject({ status, breachedAt });
  });

  it('an earlier proof withdraws a breach', () => {
    const world = new World().open().advance(50 * MINUTE);
    world.reply();
    world.advance(HOUR);
    expect(world.obligation('first_response').status).toBe('breached_open');
    world.receipt('available', { at: MONDAY + 55 * MINUTE });
    expect(world.obligation('first_response')).toMatchObject({
      status: 'met',
      breachedAt: null,
      metAt: MONDAY + 55 * MINUTE,
    });
    expect(world.of('obligation.breach_withdrawn')).toHaveLength(1);
  });
});

describe('an answer on its way', () => {
  it('holds back the levels it makes pointless until the verdict time-out', () => {
    const world = new World().open().advance(40 * MINUTE);
    world.reply();
    world.advance(14 * MINUTE);
    expect(world.of('level.fired')).toHaveLength(0);
    world.advance(2 * MINUTE);
    expect(world.of('level.fired').map(({ data }) => data['lateMs'])).toEqual([10 * MINUTE]);
  });

  it('that is rejected opens the obligation again from its original start, with a task to rewrite it', () => {
    const world = new World().open().advance(10 * MINUTE);
    world.reply();
    world.receipt('available').advance(30 * MINUTE);
    world.receipt('rejected', { reason: 'contact_data' });
    expect(world.obligation('first_response')).toMatchObject({ status: 'running', startedAt: MONDAY, metAt: null });
    expect(world.state.tasks).toMatchObject([{ kind: 'rewrite', queue: 'sales-br' }]);
    expect(world.effects('open_task').at(-1)).toMatchObject({ kind: 'rewrite', reason: 'contact_data' });
    world.advance(10 * MINUTE);
    expect(world.of('level.fired').map(({ data }) => data['fired'])).toEqual([MONDAY + 45 * MINUTE]);
  });

  it('keeps time-outs and closing waiting while it has to be rewritten', () => {
    const world = new World().open();
    world.reply();
    world.receipt('available').advance(HOUR);
    world.receipt('bounced').advance(72 * HOUR);
    expect(world.state).toMatchObject({ closedAt: null, step: 'buyer' });
    world.reply();
    world.receipt('available');
    world.drainTime();
    expect(world.state.closedAt).toBe(world.now);
  });

  it('of unknown fate asks a person, who may say that it is there', () => {
    const world = new World().open();
    world.reply();
    world.receipt('uncertain');
    const task = world.claim();
    const outcome = world.command({ kind: 'confirm_delivery', taskKey: task.key, token: task.token, delivered: true });
    expect(outcome.state).toBe('applied');
    expect(world.obligation('first_response').status).toBe('met');
    expect(world.state.tasks).toHaveLength(0);
  });

  it('of unknown fate goes back to be written again when it is not there', () => {
    const world = new World().open();
    world.reply();
    world.receipt('uncertain');
    const task = world.claim();
    world.command({ kind: 'confirm_delivery', taskKey: task.key, token: task.token, delivered: false });
    expect(world.state.tasks).toMatchObject([{ kind: 'rewrite' }]);
    expect(world.obligation('first_response').status).toBe('running');
  });
});

describe('the buyer writes again', () => {
  it('before the first answer: attached, the clock keeps its start, no second task', () => {
    const world = new World()
      .open()
      .advance(5 * MINUTE)
      .message();
    expect(world.obligation('first_response').startedAt).toBe(MONDAY);
    expect(world.state.tasks).toHaveLength(1);
    expect(world.state.obligations.some(({ name }) => name === 'next_response')).toBe(false);
  });

  it('after the answer: a new task, and next_response from that message', () => {
    const world = new World().open();
    world.reply();
    world.receipt('available').advance(HOUR).message();
    expect(world.obligation('next_response')).toMatchObject({
      instance: 1,
      startedAt: MONDAY + HOUR,
      status: 'running',
    });
    expect(world.state).toMatchObject({ step: 'reply', tasks: [{ kind: 'reply' }] });
    world.advance(MINUTE).message();
    expect(world.obligation('next_response').startedAt).toBe(MONDAY + HOUR);
    world.reply();
    world.receipt('available');
    world.message();
    expect(world.obligation('next_response')).toMatchObject({ instance: 2, startedAt: MONDAY + HOUR + MINUTE });
  });

  it('while the answer is on its way: that message opens next_response once the answer is there', () => {
    const world = new World().open();
    world.reply();
    world.advance(MINUTE).message();
    expect(world.state.step).toBe('reply');
    world.advance(MINUTE).receipt('available', { send: 'send:2' });
    expect(world.obligation('first_response').status).toBe('met');
    expect(world.obligation('next_response').startedAt).toBe(MONDAY + MINUTE);
  });

  it('refuses an answer whose author has not seen it', () => {
    const world = new World().open().message();
    expect(world.reply({ seenPosition: 1 })).toMatchObject({ state: 'refused', refusal: { code: 'newer_message' } });
    expect(world.of('reply.refused')).toHaveLength(1);
    expect(world.state.tasks).toHaveLength(1);
  });

  it('before a pending close is done: the inquiry goes on where a person last worked', () => {
    const world = new World().open();
    world.reply({ close: true });
    expect(world.state.closing).not.toBeNull();
    world.message();
    expect(world.state).toMatchObject({ closing: null, closedAt: null, step: 'reply' });
    expect(world.of('inquiry.close_withdrawn')).toHaveLength(1);
  });

  it('a close that is withdrawn leaves the task of its step as it is', () => {
    const world = new World().open();
    world.reply();
    world.receipt('available').advance(MINUTE).message();
    world.reply({ taskKey: null });
    world.command({ kind: 'close', reasonCode: 'other' });
    world.message();
    expect(world.state).toMatchObject({ closing: null, step: 'reply' });
    expect(world.state.tasks).toHaveLength(1);
  });

  it('resolution pauses while the buyer is waited for and keeps its working time', () => {
    const world = new World({ shopCalendar: null }).open();
    const deadline = world.obligation('resolution').deadline ?? 0;
    world.advance(HOUR);
    world.reply();
    world.receipt('available');
    expect(world.obligation('resolution')).toMatchObject({ status: 'paused', deadline: null });
    world.advance(HOUR).message();
    expect(world.obligation('resolution')).toMatchObject({ status: 'running', deadline: deadline + HOUR });
  });
});

describe('answered elsewhere', () => {
  it('by a person: meets what an answer meets and ends the task', () => {
    const world = new World()
      .open()
      .advance(10 * MINUTE)
      .external('human');
    expect(world.obligation('first_response').status).toBe('met');
    expect(world.of('task.superseded')[0]?.data).toMatchObject({ outcome: 'answered_elsewhere' });
    expect(world.state.step).toBe('buyer');
  });

  it.each(['automated', 'unknown'] as const)('by %s: acknowledges at most', (author) => {
    const world = new World().open().external(author);
    expect(world.obligation('acknowledge').status).toBe('met');
    expect(world.obligation('first_response').status).toBe('running');
    expect(world.state.tasks).toHaveLength(1);
  });
});
