import { MONDAY, World } from '../../../test/support/world.js';
import { nextWake } from './due.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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
