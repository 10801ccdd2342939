import { MONDAY, planOf, World } from '../../../test/support/world.js';
import type { WorldOptions } from '../../../test/support/world.js';
import type { CommandOutcome } from './effects.js';
import { isOurs } from './state.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const planWith = (rule: string): ReturnType<typeof planOf> =>
  planOf(`
atende: 1
key: refund
title: Refund
calendar: br-office
events: { paid: {} }
obligations:
  first_response: { within: 1h, clock: wall, escalate: late }
  next_response: { within: 1h, clock: wall }
escalations:
  late: [ { at: start+45m, do: [ { notify: { to: holder } } ] } ]
rules:
  - { id: stop, when: 'message.text == "pare"', do: [ { goto: look, interrupt: true } ] }
steps:
  - { id: reply, task: { kind: reply, expires: 20h, approve: { ${rule} } }, on: { sent: buyer, not_needed: close, expired: close } }
  - { id: buyer, wait: { until: 48h }, on: { message: reply, timeout: refund } }
  - id: refund
    task:
      kind: form
      fields: { amount: number, pixKey: { type: string, personal: true } }
      outcomes: [grant, deny]
      approve: { when: 'data.refund.amount > 100.0 && author.role == "agent"', by: queue:supervisors, within: 1h, onExpiry: return }
    on: { grant: paid, deny: close }
  - { id: paid, wait: { for: [event:paid], until: 9d, as: waiting_other }, on: { paid: close, timeout: close } }
  - { id: look, task: { kind: triage }, goto: close }
  - { id: close, close: {} }
`);

const ALWAYS = planWith('by: supervisor, within: 30m, onExpiry: escalate, edit: true');

/** A world in which Ana has handed in an answer. */
const handedIn = (plan = ALWAYS, options: WorldOptions = {}): World => {
  const world = new World({ plan, ...options }).open();
  const { key: taskKey, token } = world.claim();
  const outcome = world.reply({ taskKey, token });
  expect(outcome).toEqual({ state: 'applied', result: { send: 'send:1', state: 'awaiting_approval', task: 'task:2' } });
  return world;
};

const decideOn = (
  world: World,
  kind: 'approve' | 'return',
  more: { textHash?: string; edited?: boolean } = {},
  member = 'bruno',
): CommandOutcome => {
  const { key: taskKey, token } = world.claim(member);
  if (kind === 'return') return world.command({ kind, taskKey, token, reasonCode: 'tone' }, member);
  const textHash = world.state.approval?.contentHash ?? '';
  return world.command({ kind, taskKey, token, textHash, edited: false, ...more }, member, 'supervisor');
};

describe('an answer that somebody else must approve', () => {
  it('is kept, with the task, until then; the buyer’s clock runs on', () => {
    const world = handedIn();
    expect(world.sends).toMatchObject([{ send: 'send:1', awaitsApproval: true }]);
    expect(world.state).toMatchObject({ step: 'reply', sends: [], approval: { of: 'task:1', authorId: 'ana' } });
    expect(world.state.tasks.map(({ kind, queue }) => [kind, queue])).toEqual([
      ['reply', 'sales-br'],
      ['approve', 'sales-br'],
    ]);
    expect(world.effects('notify').map(({ kind, members }) => [kind, members])).toEqual([
      ['approval_requested', ['the-supervisor']],
    ]);
    world.advance(20 * MINUTE);
    expect(world.obligation('first_response').status).toBe('running');
  });

  it('goes out when it is approved, and the token goes on as after any answer', () => {
    const world = handedIn();
    world.advance(10 * MINUTE);
    expect(decideOn(world, 'approve')).toEqual({ state: 'applied', result: { outcome: 'approved' } });
    expect(world.effects('release_send')).toEqual([{ do: 'release_send', send: 'send:1' }]);
    expect(world.state).toMatchObject({ step: 'buyer', approval: null, tasks: [] });
    expect(world.state.sends).toMatchObject([{ key: 'send:1', memberId: 'ana', queuedAt: MONDAY + 10 * MINUTE }]);
    world.receipt('available');
    expect(world.obligation('first_response')).toMatchObject({ status: 'met', metBy: 'send:1' });
    expect(world.of('task.completed').map(({ actor, data }) => [actor, data['outcome']])).toEqual([
      [{ kind: 'member', id: 'bruno' }, 'approved'],
      [{ kind: 'member', id: 'ana' }, 'sent'],
    ]);
    expect(world.replays()).toBe(true);
  });

  it('is nobody’s own to approve, return or be given', () => {
    const world = handedIn();
    expect(decideOn(world, 'approve', {}, 'ana')).toMatchObject({ refusal: { code: 'own_work' } });
    expect(decideOn(world, 'return', {}, 'ana')).toMatchObject({ refusal: { code: 'own_work' } });
    const given = world.command({ kind: 'assign', taskKey: 'task:2', queue: null, memberId: 'ana' }, 'the-supervisor');
    expect(given).toMatchObject({ refusal: { code: 'own_work' } });
    expect(world.state.approval).not.toBeNull();
  });

  it('is approved as it was shown and no otherwise', () => {
    const world = handedIn();
    expect(decideOn(world, 'approve', { textHash: 'another' })).toMatchObject({ refusal: { code: 'text_changed' } });
    const { key: taskKey } = world.claim('bruno');
    const stale = { kind: 'approve', taskKey, token: 1, textHash: 'hash of c1', edited: false } as const;
    expect(world.command(stale, 'bruno')).toMatchObject({ refusal: { code: 'token_stale' } });
  });

  it('goes out as the approver corrects it, where the rule lets them', () => {
    const world = handedIn();
    expect(decideOn(world, 'approve', { edited: true })).toMatchObject({ state: 'applied' });
    expect(world.effects('withdraw_send')).toEqual([{ do: 'withdraw_send', send: 'send:1' }]);
    expect(world.sends.at(-1)).toMatchObject({
      send: 'send:2',
      memberId: 'ana',
      source: { commandId: 'c2', attachmentsOf: 'c1' },
    });
    expect(world.of('message.queued')[0]?.data).toMatchObject({ send: 'send:2', corrects: 'send:1' });
    const strict = handedIn(planWith('by: supervisor'));
    expect(decideOn(strict, 'approve', { edited: true })).toMatchObject({ refusal: { code: 'edit_not_allowed' } });
  });

  it('comes back to its author, who is offered the task first', () => {
    const world = handedIn();
    world.advance(15 * MINUTE);
    expect(decideOn(world, 'return')).toEqual({ state: 'applied', result: { outcome: 'returned' } });
    expect(world.effects('requeue_task')).toMatchObject([
      { task: 'task:1', cause: 'returned', commandId: 'c2', offer: { memberId: 'ana' } },
    ]);
    expect(world.of('approval.returned')[0]?.data).toMatchObject({ reason: 'tone' });
    expect(world.state).toMatchObject({ step: 'reply', approval: null });
    // The time others took is not taken from the author's.
    expect(world.state.tasks).toMatchObject([{ key: 'task:1', expiresAt: MONDAY + 20 * HOUR + 15 * MINUTE }]);
    expect(world.reply({ taskKey: 'task:1' })).toMatchObject({
      result: { state: 'awaiting_approval', send: 'send:2' },
    });
    expect(world.replays()).toBe(true);
  });

  it('keeps its task from everybody meanwhile, and is one at a time', () => {
    const world = handedIn();
    const pending = { refusal: { code: 'approval_pending' } };
    expect(world.reply()).toMatchObject(pending);
    expect(world.command({ kind: 'not_needed', taskKey: 'task:1', token: null, reasonCode: 'x' })).toMatchObject(
      pending,
    );
    const assign = { kind: 'assign', taskKey: 'task:1', queue: 'night-sz', memberId: null } as const;
    expect(world.command(assign, 'the-supervisor')).toMatchObject(pending);
    world.advance(30 * HOUR);
    expect(world.of('task.expired')).toHaveLength(0);
  });
});

describe('an approval and what happens meanwhile', () => {
  it('the buyer writes: the answer still counts for what it answers, and the rest goes on', () => {
    const world = handedIn();
    world.advance(5 * MINUTE).message();
    expect(decideOn(world, 'approve')).toMatchObject({ state: 'applied' });
    expect(world.state).toMatchObject({ step: 'reply', tasks: [{ key: 'task:3', kind: 'reply' }] });
    world.receipt('available', { send: 'send:1' });
    expect(world.obligation('first_response').status).toBe('met');
    expect(world.obligation('next_response')).toMatchObject({ startedAt: MONDAY + 5 * MINUTE, status: 'running' });
  });

  it('somebody answers elsewhere: what was kept never goes out', () => {
    const world = handedIn().external('human');
    expect(world.effects('withdraw_send')).toHaveLength(1);
    expect(world.state).toMatchObject({ step: 'buyer', approval: null, tasks: [] });
    expect(world.state.sends.filter(isOurs)).toEqual([]);
    expect([...world.tasks.values()].map(({ ended }) => ended)).toEqual(['superseded', 'superseded']);
  });

  it('a rule takes the task away: what was kept never goes out, and the draft passes on', () => {
    const world = handedIn().message('pare');
    expect(world.effects('withdraw_send')).toHaveLength(1);
    expect(world.state).toMatchObject({ step: 'look', approval: null, tasks: [{ kind: 'triage' }] });
    expect(world.effects('open_task').at(-1)).toMatchObject({ inherit: 'task:1' });
    expect(new Set([...world.tasks.values()].map(({ ended }) => ended))).toEqual(
      new Set(['cancelled', 'superseded', null]),
    );
  });

  it('somebody closes: the close waits for the decision', () => {
    const world = handedIn();
    expect(world.command({ kind: 'close', reasonCode: 'other' })).toMatchObject({ result: { state: 'closing' } });
    decideOn(world, 'return');
    expect(world.state.closedAt).toBe(MONDAY);
  });

  it('the window closes: it cannot be approved any more', () => {
    const world = handedIn(ALWAYS, { windowUntil: MONDAY + HOUR });
    world.now = MONDAY + 2 * HOUR;
    expect(decideOn(world, 'approve')).toMatchObject({ refusal: { code: 'window_closed' } });
  });

  it('a follow-up comes under the rule of the last reply step and leaves the token', () => {
    const world = handedIn();
    decideOn(world, 'approve');
    world.receipt('available');
    expect(world.reply()).toMatchObject({ result: { state: 'awaiting_approval' } });
    expect(world.state).toMatchObject({ step: 'buyer', approval: { of: null, step: 'reply' } });
    // Nothing times out while a message is kept.
    world.advance(60 * HOUR);
    expect(world.state.step).toBe('buyer');
    decideOn(world, 'approve');
    expect(world.state.sends.at(-1)).toMatchObject({ key: 'send:2', status: 'in_flight' });
    expect(world.replays()).toBe(true);
  });
});

describe('an approval nobody decides on', () => {
  it('is brought before supervisors at its end and stays open', () => {
    const world = handedIn().advance(2 * HOUR);
    expect(world.of('approval.escalated')[0]?.data).toMatchObject({ planned: MONDAY + 30 * MINUTE, lateMs: 0 });
    const urgent = world.effects('notify').filter((notice) => notice.urgent);
    expect(urgent).toMatchObject([{ members: ['the-supervisor'] }]);
    expect(decideOn(world, 'approve')).toMatchObject({ state: 'applied' });
    expect(world.replays()).toBe(true);
  });

  it.each([
    ['send', 'buyer', 1],
    ['return', 'reply', 0],
  ])('that ends with %s leaves the token at %s', (onExpiry, step, released) => {
    const world = handedIn(planWith(`by: agent, within: 30m, onExpiry: ${onExpiry}`)).advance(HOUR);
    expect(world.of('approval.expired')[0]?.data).toMatchObject({ as: onExpiry, planned: MONDAY + 30 * MINUTE });
    expect(world.state).toMatchObject({ step, approval: null });
    expect(world.effects('release_send')).toHaveLength(released);
    const late = { kind: 'approve', taskKey: 'task:2', token: 1, textHash: 'hash of c1', edited: false } as const;
    expect(world.command(late, 'bruno')).toMatchObject({ refusal: { code: 'task_ended' } });
    expect(world.replays()).toBe(true);
  });

  it('counts working time of the definition where a role approves', () => {
    // Monday 17:50 in São Paulo; the office opens again on Tuesday at 9.
    const world = handedIn(ALWAYS, { now: MONDAY + 8 * HOUR - 10 * MINUTE });
    expect(world.of('approval.requested')[0]?.data['expiresAt']).toBe(MONDAY + 23 * HOUR + 20 * MINUTE);
  });
});

describe('a rule with a condition', () => {
  const rule = `by: supervisor, when: 'reply.text.contains("R$") && "new" in author.tags'`;

  it.each([
    ['São R$ 50', 'ana', 'awaiting_approval'],
    ['São 50 reais', 'ana', 'queued'],
    ['São R$ 50', 'bruno', 'queued'],
  ])('“%s” of %s is %s', (text, member, state) => {
    const world = new World({ plan: planWith(rule) }).open();
    const reply = {
      kind: 'reply',
      taskKey: null,
      token: null,
      language: null,
      inReplyTo: null,
      seenPosition: null,
      close: false,
      template: null,
    } as const;
    expect(world.command(reply, member, 'agent', text)).toMatchObject({ result: { state } });
    expect(JSON.stringify(world.steps.map(({ decision }) => decision))).not.toContain('São');
    expect(world.replays()).toBe(true);
  });
});

describe('a form that somebody else must approve', () => {
  const PIX = 'joana@example.com';
  const filled = (amount: number): World => {
    const world = handedIn();
    decideOn(world, 'approve');
    world.receipt('available').advance(48 * HOUR);
    const { key: taskKey, token } = world.claim();
    world.command({ kind: 'form', taskKey, token, outcome: 'grant', data: { amount, pixKey: PIX } });
    return world;
  };

  it('counts only once it is approved', () => {
    const world = filled(500);
    expect(world.state).toMatchObject({ step: 'refund', data: {}, pendingForm: { amount: 500 } });
    expect(world.state.tasks.map(({ kind, queue }) => [kind, queue])).toEqual([
      ['form', 'sales-br'],
      ['approve', 'supervisors'],
    ]);
    decideOn(world, 'approve');
    expect(world.state).toMatchObject({ step: 'paid', pendingForm: null, data: { refund: { amount: 500 } } });
    expect(JSON.stringify(world.entries)).not.toContain(PIX);
    expect(world.replays()).toBe(true);
  });

  it('is asked for again when it is returned, and nobody corrects it', () => {
    const world = filled(500);
    expect(decideOn(world, 'approve', { edited: true })).toMatchObject({ refusal: { code: 'edit_not_allowed' } });
    decideOn(world, 'return');
    expect(world.state).toMatchObject({ step: 'refund', data: {}, pendingForm: null, tasks: [{ kind: 'form' }] });
  });

  it('counts at once where the condition does not hold', () => {
    expect(filled(50).state).toMatchObject({ step: 'paid', data: { refund: { amount: 50 } }, approval: null });
  });
});
