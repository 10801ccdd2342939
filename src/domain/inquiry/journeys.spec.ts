import { MONDAY, planOf, World } from '../../../test/support/world.js';
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

describe('commands', () => {
  it('refuse whoever does not hold the task', () => {
    const world = new World().open();
    world.claim('bruno');
    expect(world.reply({}, 'ana')).toMatchObject({ refusal: { code: 'task_held', details: { holder: 'bruno' } } });
    expect(world.reply({}, 'bruno').state).toBe('applied');
  });

  it('refuse a reply while the task is offered to somebody else', () => {
    const world = new World().open();
    expect(world.reply({}, 'bruno')).toMatchObject({ refusal: { code: 'task_offered', details: { assignee: 'ana' } } });
    world.advance(11 * MINUTE);
    expect(world.reply({}, 'bruno').state).toBe('applied');
  });

  it('refuse a stale token and take a current one whose lease has lapsed', () => {
    const world = new World().open();
    const task = world.claim('ana', MINUTE);
    world.now += 5 * MINUTE;
    expect(world.reply({ taskKey: task.key, token: task.token - 1 })).toMatchObject({
      refusal: { code: 'token_stale' },
    });
    expect(world.reply({ taskKey: task.key, token: task.token }).state).toBe('applied');
  });

  it('close: cancels an open response as unanswered, meets resolution', () => {
    const world = new World().open();
    expect(world.command({ kind: 'close', reasonCode: 'spam' })).toMatchObject({ result: { state: 'closed' } });
    expect(world.obligation('first_response')).toMatchObject({ status: 'cancelled', cause: 'closed_unanswered' });
    expect(world.obligation('resolution').status).toBe('met');
    expect(world.command({ kind: 'snooze', until: world.now + HOUR })).toMatchObject({
      refusal: { code: 'inquiry_closed' },
    });
  });

  it('not needed: ends the responses counted apart, and the plan goes on', () => {
    const world = new World().open();
    const task = world.claim();
    world.command({ kind: 'not_needed', taskKey: task.key, token: task.token, reasonCode: 'thanks_only' });
    expect(world.obligation('first_response')).toMatchObject({ status: 'cancelled', cause: 'not_needed' });
    expect(world.state.closedAt).not.toBeNull();
  });

  it('snooze: hides until the instant or the next message; clocks run on', () => {
    const world = new World().open();
    world.command({ kind: 'snooze', until: world.now + 10 * MINUTE });
    expect(nextWake(world.state, world.now)).toBe(MONDAY + 10 * MINUTE);
    world.advance(10 * MINUTE);
    expect(world.of('inquiry.unsnoozed')[0]?.data).toMatchObject({ cause: 'time' });
    world.command({ kind: 'snooze', until: world.now + HOUR });
    world.message();
    expect(world.state.snoozedUntil).toBeNull();
    world.advance(HOUR);
    expect(world.of('level.fired').length).toBeGreaterThan(0);
  });

  it('correct: old and new are both kept', () => {
    const world = new World().open();
    world.command({ kind: 'correct', expectedVersion: 1, tags: ['vip', 'vip'], urgency: 'critical' });
    expect(world.of('inquiry.corrected')[0]?.data).toMatchObject({
      before: { tags: [], urgency: 'normal' },
      after: { tags: ['vip'], urgency: 'critical' },
    });
  });

  it('cancel: takes a message back only before the channel has it', () => {
    const world = new World({ holdMs: 30_000 }).open();
    world.reply();
    expect(world.command({ kind: 'cancel_message', send: 'send:2' }).state).toBe('applied');
    expect(world.state.tasks).toMatchObject([{ kind: 'rewrite' }]);
    world.reply();
    world.receipt('accepted');
    expect(world.command({ kind: 'cancel_message', send: 'send:3' })).toMatchObject({
      refusal: { code: 'already_sent' },
    });
  });

  it('hand over: passes the task on with a new token', () => {
    const world = new World().open();
    const task = world.claim();
    world.command({ kind: 'hand_over', taskKey: task.key, token: task.token, to: { memberId: 'bruno' } });
    expect(world.tasks.get(task.key)).toMatchObject({ holderId: null, offeredTo: 'bruno' });
    expect(world.reply({ taskKey: task.key, token: task.token })).toMatchObject({ refusal: { code: 'token_stale' } });
  });
});

describe('rules, calendars, threads', () => {
  it('say why they did not act, and what stood behind a stop', () => {
    const plan = planOf(`
atende: 1
key: ruled
title: Ruled
rules:
  - { id: dear, when: 'buyer.value >= 1000.0', do: [{ set: { urgency: high } }] }
  - { id: thanks, when: 'message.text.matches("(?i)obrigad")', do: [{ set: { tags: [thanks] } }], stop: true }
  - { id: late, when: 'inquiry.messageCount > 0', do: [{ set: { tags: [any] } }] }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);
    const [stopped] = new World({ plan, buyerValue: 40 }).open('Obrigada!').of('rule.passed_over');
    expect(stopped).toMatchObject({
      data: { rules: ['dear'], stoppedBy: 'thanks' },
      because: { passedOver: [{ rule: 'dear', expression: 'buyer.value >= 1000.0', values: { 'buyer.value': 40 } }] },
    });
    const [other] = new World({ plan, buyerValue: 40 }).open('Cadê?').of('rule.passed_over');
    expect(other?.data).toEqual({ rules: ['dear', 'thanks'], stoppedBy: null });
    expect(other?.because.passedOver).toContainEqual(
      expect.objectContaining({ rule: 'thanks', values: { 'message.text': '(text)' } }),
    );
  });

  it('a consumer agency makes it critical and tells the supervisor', () => {
    const world = new World().open('Vou abrir reclamação no PROCON');
    expect(world.state).toMatchObject({ urgency: 'critical', tags: ['legal'] });
    expect(world.of('rule.matched')[0]?.because).toMatchObject({
      rule: 'consumer-agency',
      values: { 'message.text': '(text)' },
    });
  });

  it('a valuable buyer has a shorter target, recorded with its value', () => {
    const world = new World({ buyerValue: 1500 }).open();
    expect(world.obligation('first_response').deadline).toBe(MONDAY + 20 * MINUTE);
    const entry = world.of('obligation.activated').find(({ data }) => data['name'] === 'first_response');
    expect(entry?.because).toMatchObject({ values: { 'buyer.value': 1500 } });
  });

  it('outside hours says when it opens again, once per closed period', () => {
    const sunday = Date.UTC(2026, 10, 22, 15);
    const world = new World({ now: sunday, shopCalendar: null }).open();
    const [away] = world.sends;
    expect(away?.source).toMatchObject({ key: 'away', values: { back: { instant: Date.UTC(2026, 10, 23, 12) } } });
    expect(world.obligation('first_response').deadline).toBe(Date.UTC(2026, 10, 23, 13));
  });

  it('says once until it opens next, although it was open when that was said: no reply to every message', () => {
    const plan = planOf(`
atende: 1
key: echo
title: Echo
calendar: br-office
rules:
  - { id: hello, when: 'message.text != ""', do: [{ send: { template: ack, once: closed_period } }] }
steps:
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);
    const world = new World({ plan, shopCalendar: null }).open();
    world.receipt('available');
    world.advance(HOUR).message();
    world.advance(10 * HOUR).message();
    expect(world.sends).toHaveLength(1);
    // Tuesday, 9:00: it has opened.
    world.advance(12 * HOUR).message();
    expect(world.sends).toHaveLength(2);
    const always = new World({ plan }).open();
    always.receipt('available');
    always.advance(3 * 24 * HOUR).message();
    expect(always.sends).toHaveLength(1);
  });

  it('a thread that takes one answer is never answered by a machine, and by a person once', () => {
    const world = new World({ oneAnswer: true }).open();
    expect(world.sends).toHaveLength(0);
    expect(world.of('message.refused')[0]?.data).toMatchObject({ code: 'thread_takes_one_answer' });
    expect(world.reply().state).toBe('applied');
    expect(world.reply()).toMatchObject({ refusal: { code: 'thread_answered' } });
  });

  it('backfill brings no automatic message and no level', () => {
    const world = new World().open('Oi', { backfill: true }).advance(5 * HOUR);
    expect(world.sends).toHaveLength(0);
    expect(world.of('level.fired')).toHaveLength(0);
    expect(world.obligation('first_response').status).toBe('breached_open');
  });

  it("the channel's own deadline runs beside the house's", () => {
    const world = new World().open('Oi', { respondBy: MONDAY + 3 * HOUR }).advance(2 * HOUR + 30 * MINUTE);
    expect(world.obligation('platform_response').deadline).toBe(MONDAY + 3 * HOUR);
    expect(world.effects('notify').at(-1)).toMatchObject({ to: 'on_duty', urgent: true });
    expect(world.state.urgency).toBe('critical');
  });

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

  it('a message that needs no response starts no response clock', () => {
    const world = new World().open('ok, obrigado', { noResponseNeeded: true });
    expect(world.state.obligations.map(({ name }) => name)).toEqual(['resolution']);
  });

  it('what no person wrote gets no automatic answer, and its clocks run all the same', () => {
    const world = new World().open('Estou de férias.', { automated: true });
    expect(world.effects('send')).toEqual([]);
    expect(world.of('message.refused')[0]).toMatchObject({ data: { code: 'message_automated' } });
    expect(world.obligation('first_response').status).toBe('running');
    expect(world.replays()).toBe(true);
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

describe('goto', () => {
  const plan = planOf(`
atende: 1
key: jumps
title: Jumps
calendar: always
rules:
  - { id: stop, when: 'message.text == "pare"', do: [{ goto: end, interrupt: true }] }
  - { id: ask, when: 'message.text == "fim"', do: [{ goto: end }] }
steps:
  - { id: classify, classify: {} }
  - { id: person, assign: { queue: [sales-br], strategy: manual } }
  - { id: answer, task: { kind: reply }, on: { sent: end, not_needed: end } }
  - { id: end, close: { reason: done } }
`);

  it('is refused while a task is open, unless it may interrupt', () => {
    const world = new World({ plan }).open('oi').message('fim');
    expect(world.of('goto.refused')[0]?.data).toMatchObject({ code: 'task_open' });
    world.message('pare');
    expect(world.of('task.cancelled')[0]?.data).toMatchObject({ cause: 'interrupted' });
    expect(world.state.closedAt).not.toBeNull();
  });
});
