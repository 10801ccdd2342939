import { MONDAY, planOf, World } from '../../../test/support/world.js';
import { nextWake } from './due.js';

const HOUR = 3_600_000;

const REFUND = planOf(`
atende: 1
key: refund
title: Refund
steps:
  - { id: classify, classify: {} }
  - id: refund
    task:
      kind: form
      fields: { amount: number, pixKey: { type: string, personal: true }, until: { type: timestamp, optional: true } }
      outcomes: [grant, deny]
      expires: 2d
    on: { grant: which, deny: reply, expired: late }
  - { id: which, choose: [ { when: 'data.refund.amount > 100.0 && data.refund.pixKey != ""', goto: big } ], goto: reply }
  - { id: big, set: { tags: [big] } }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: late, set: { tags: [late] }, goto: reply }
  - { id: close, close: {} }
`);

const PIX = 'joana@example.com';

const asked = (): { world: World; fill: (data: Record<string, number | string>, outcome?: string) => unknown } => {
  const world = new World({ plan: REFUND }).open('Quero meu dinheiro de volta');
  const { key: taskKey, token } = world.claim();
  return { world, fill: (data, outcome = 'grant') => world.command({ kind: 'form', taskKey, token, outcome, data }) };
};

describe('a form', () => {
  it('writes what was filled in under its step, and conditions read it', () => {
    const { world, fill } = asked();
    expect(world.state.tasks).toMatchObject([{ kind: 'form', step: 'refund', expiresAt: MONDAY + 48 * HOUR }]);
    expect(fill({ amount: 120, pixKey: PIX })).toEqual({ state: 'applied', result: { outcome: 'grant' } });
    expect(world.state).toMatchObject({ data: { refund: { amount: 120, pixKey: PIX } }, tags: ['big'], step: 'reply' });
    expect(world.replays()).toBe(true);
  });

  it('keeps personal values out of entries and reasons', () => {
    const { world, fill } = asked();
    fill({ amount: 120, pixKey: PIX });
    expect(JSON.stringify(world.entries)).not.toContain(PIX);
    expect(world.of('form.filled')[0]?.data).toMatchObject({
      fields: ['amount', 'pixKey'],
      changed: { data: { refund: { amount: 120, pixKey: '[personal]' } } },
    });
    expect(world.of('step.chosen')[0]?.because.values).toEqual({
      'data.refund.amount': 120,
      'data.refund.pixKey': '[personal]',
    });
  });

  it.each([
    [{ pixKey: PIX }, 'grant', 'amount'],
    [{ amount: 1, pixKey: PIX, more: 1 }, 'grant', 'more'],
    [{ amount: 1, pixKey: PIX }, 'sent', 'outcome'],
  ])('that does not fit is refused: %j, %s', (data, outcome, field) => {
    const { world, fill } = asked();
    expect(fill(data, outcome)).toMatchObject({ refusal: { code: 'form_invalid', details: { field } } });
    expect(world.state).toMatchObject({ step: 'refund', data: {} });
  });

  it('is nobody else’s to fill in', () => {
    const { world } = asked();
    const command = { kind: 'form', taskKey: 'task:1', token: 1, outcome: 'deny', data: { amount: 1, pixKey: PIX } };
    expect(world.command(command as never, 'bruno')).toMatchObject({ refusal: { code: 'token_stale' } });
  });

  it('cannot be written to by a correction', () => {
    const { world } = asked();
    const outcome = world.command({ kind: 'correct', expectedVersion: null, data: { refund: 5 } });
    expect(outcome).toMatchObject({ refusal: { code: 'field_unknown' } });
  });
});

describe('a task that expires', () => {
  it('ends at its instant, whoever holds it, and the walk goes on', () => {
    const { world, fill } = asked();
    expect(nextWake(world.state, world.now)).toBe(MONDAY + 48 * HOUR);
    world.advance(48 * HOUR);
    expect(world.tasks.get('task:1')?.ended).toBe('expired');
    expect(world.state).toMatchObject({ tags: ['late'], step: 'reply', tasks: [{ kind: 'reply', expiresAt: null }] });
    expect(world.of('task.expired')[0]?.data).toMatchObject({ planned: MONDAY + 48 * HOUR, lateMs: 0 });
    expect(fill({ amount: 1, pixKey: PIX })).toMatchObject({ refusal: { code: 'task_ended' } });
    expect(world.replays()).toBe(true);
  });

  it('that is completed a moment before does not expire', () => {
    const { world, fill } = asked();
    world.advance(48 * HOUR - 1);
    expect(fill({ amount: 1, pixKey: PIX }, 'deny')).toMatchObject({ state: 'applied' });
    world.advance(HOUR);
    expect(world.of('task.expired')).toHaveLength(0);
    expect(world.state).toMatchObject({ tags: [], step: 'reply' });
  });

  it('that was taken away by a goto does not expire', () => {
    const plan = planOf(`
atende: 1
key: jump
title: Jump
rules:
  - { id: stop, when: 'message.text == "pare"', do: [ { goto: close, interrupt: true } ] }
steps:
  - { id: look, task: { kind: triage, expires: 1h }, on: { done: close, expired: close } }
  - { id: close, close: {} }
`);
    const world = new World({ plan }).open().message('pare');
    world.advance(2 * HOUR);
    expect(world.of('task.expired')).toHaveLength(0);
    expect(world.state.closedAt).toBe(MONDAY);
  });
});
