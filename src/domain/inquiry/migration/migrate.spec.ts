import { MONDAY, planOf, World } from '../../../../test/support/world.js';
import type { Plan } from '../../definition/plan.js';
import { migrationOutcome } from './outcome.js';
import type { MigrationOutcome } from './outcome.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const TEXT = `
atende: 1
key: claims
title: Claims
calendar: br-office
events: { paid: { amount: number } }
obligations:
  first_response: { within: 1h, clock: wall, escalate: late }
  resolution: { within: 8h, pauseWhile: [waiting_buyer] }
escalations:
  late:
    - { at: start+30m, do: [ { notify: { to: holder } } ] }
    - { at: deadline, do: [ { notify: { to: supervisor } } ] }
steps:
  - { id: reply, task: { kind: reply, expires: 20h, draft: ack }, on: { sent: buyer, not_needed: close, expired: close } }
  - { id: buyer, wait: { until: 48h }, on: { message: form, timeout: close } }
  - id: form
    task:
      kind: form
      fields: { amount: number, pixKey: { type: string, personal: true } }
      outcomes: [grant]
      approve: { when: 'data.form.amount > 100.0', by: supervisor }
    on: { grant: refund }
  - { id: refund, call: { connection: erp, operation: refund, body: { amount: 'data.form.amount' }, check: find-refund }, on: { ok: settle, refused: settle, unknown: look } }
  - { id: look, task: { kind: triage }, on: { done: refund } }
  - { id: settle, wait: { for: [event:paid], until: 9d, as: waiting_other }, on: { paid: close, timeout: close } }
  - { id: close, close: {} }
`;

/** Version 2, as version 1 with some of its text replaced. */
function changed(...changes: readonly (readonly [string, string])[]): Plan {
  for (const [old] of changes) expect(TEXT).toContain(old);
  return { ...planOf(changes.reduce((text, [old, next]) => text.replaceAll(old, next), TEXT)), version: 2 };
}

const worldOf = (next: Plan): World => new World({ plan: planOf(TEXT), versions: [next], shopCalendar: null }).open();

/** The courses at whose end an inquiry may be migrated. */
const COURSES = {
  replying: () => undefined,
  waiting: (world: World) => void world.reply(),
  filling: (world: World) => {
    world.reply();
    world.receipt('available').message();
  },
  approving: (world: World) => {
    COURSES.filling(world);
    fill(world, 500);
  },
  calling: (world: World) => {
    COURSES.filling(world);
    fill(world, 50);
  },
  doubting: (world: World) => {
    COURSES.calling(world);
    world.answer('unknown', { data: { code: 'timeout' }, code: 'timeout' });
  },
} as const;
type Course = keyof typeof COURSES;

function fill(world: World, amount: number): void {
  const { key: taskKey, token } = world.claim();
  world.command({ kind: 'form', taskKey, token, outcome: 'grant', data: { amount, pixKey: 'joana@example.com' } });
}

function at(course: Course, next: Plan): World {
  const world = worldOf(next);
  COURSES[course](world);
  return world;
}

function outcomeOf(world: World, steps: Readonly<Record<string, string>> = {}): MigrationOutcome {
  const { state } = world;
  world.migrate(2, steps);
  const { decision } = world.steps.at(-1) ?? {};
  if (decision === undefined) throw new Error('Nothing was decided');
  return migrationOutcome(state, decision, world.now);
}

describe('what keeps an inquiry on its version', () => {
  it.each<[string, Course, readonly (readonly [string, string])[], Record<string, string>, string, string | null]>([
    [
      'a step that is gone',
      'waiting',
      [
        ['id: buyer', 'id: patience'],
        ['sent: buyer', 'sent: patience'],
      ],
      {},
      'step_missing',
      'steps.buyer',
    ],
    ['a step of another kind', 'replying', [], { reply: 'close' }, 'step_differs', 'steps.reply'],
    ['a task for something else', 'replying', [], { reply: 'look' }, 'step_differs', 'steps.reply'],
    [
      'a form that asks for something else',
      'filling',
      [
        ['outcomes: [grant]', 'outcomes: [grant, deny]'],
        ['grant: refund', 'grant: refund, deny: look'],
      ],
      {},
      'form_differs',
      'steps.form',
    ],
    [
      'other approvers',
      'approving',
      [['by: supervisor', 'by: queue:supervisors']],
      {},
      'approval_differs',
      'steps.form',
    ],
    [
      'another call under way',
      'calling',
      [
        ['operation: refund', 'operation: ship'],
        ["body: { amount: 'data.form.amount' }", 'body: { order: \'"1"\' }'],
      ],
      {},
      'call_differs',
      'steps.refund',
    ],
    [
      'another call in doubt',
      'doubting',
      [
        ['operation: refund', 'operation: ship'],
        ["body: { amount: 'data.form.amount' }", 'body: { order: \'"1"\' }'],
      ],
      {},
      'call_differs',
      'steps.refund',
    ],
    [
      'data of another type',
      'doubting',
      [
        ['amount: number, pixKey', 'amount: string, pixKey'],
        ["'data.form.amount > 100.0'", '\'data.form.amount != ""\''],
      ],
      {},
      'data_differs',
      'data.form',
    ],
    [
      'data that would not be personal any more',
      'doubting',
      [['{ type: string, personal: true }', 'string']],
      {},
      'data_differs',
      'data.form',
    ],
    [
      'a channel that is not listed',
      'replying',
      [['title: Claims', 'title: Claims\nchannels: [email]']],
      {},
      'channel_unlisted',
      null,
    ],
  ])('%s', (_case, course, changes, steps, code, place) => {
    const world = at(course, changed(...changes));
    const { state } = world;
    expect(outcomeOf(world, steps).block).toEqual({ code, place });
    expect([world.state, world.plan.version]).toEqual([state, 1]);
    expect(world.of('definition.migration_refused')).toMatchObject([
      { actor: { kind: 'member', id: 'the-ops' }, data: { toVersion: 2, code, place } },
    ]);
    expect(world.replays()).toBe(true);
  });

  it('that it is closed, or there already', () => {
    const world = at('replying', changed());
    expect(outcomeOf(world).block).toBeNull();
    expect(outcomeOf(world).block).toEqual({ code: 'already_there', place: null });
    world.command({ kind: 'close', reasonCode: 'other' });
    expect(outcomeOf(world).block).toEqual({ code: 'inquiry_closed', place: null });
  });
});

describe('what an inquiry takes along', () => {
  it('its task with whoever holds it, and the end of that', () => {
    const world = at('replying', changed(['id: reply', 'id: answer'], ['expires: 20h', 'expires: 1h']));
    world.claim();
    world.advance(10 * MINUTE);
    expect(outcomeOf(world, { reply: 'answer' }).block).toBeNull();
    expect(world.steps.at(-1)?.decision.effects).toEqual([{ do: 'rename_step', task: 'task:1', step: 'answer' }]);
    expect(world.state).toMatchObject({
      step: 'answer',
      tasks: [{ key: 'task:1', step: 'answer', expiresAt: MONDAY + 20 * HOUR }],
    });
    world.reply({ taskKey: 'task:1', token: 1 });
    expect(world.state.step).toBe('buyer');
    expect(world.replays()).toBe(true);
  });

  it('the end of its wait, and a call that is not to be made twice', () => {
    const waiting = at('waiting', changed(['until: 48h', 'until: 2h']));
    const { wait } = waiting.state;
    expect(outcomeOf(waiting).block).toBeNull();
    expect(waiting.state.wait).toEqual(wait);
    const doubting = at(
      'doubting',
      changed(
        [' refund, call', ' payback, call'],
        ['grant: refund', 'grant: payback'],
        ['done: refund', 'done: payback'],
      ),
    );
    expect(outcomeOf(doubting, { refund: 'payback' }).block).toBeNull();
    expect(doubting.state).toMatchObject({ inDoubt: { payback: 'call:1' }, data: { payback: { code: 'timeout' } } });
    const { key: taskKey, token } = doubting.claim();
    doubting.command({ kind: 'triage', taskKey, token, intent: 'refund', urgency: 'high', queue: 'sales-br' });
    expect(doubting.calls.at(-1)).toMatchObject({ step: 'payback', keyOf: 'call:1' });
  });

  it('an event that came before anything waited for it', () => {
    const world = at(
      'waiting',
      changed(
        ['wait: { until: 48h }', 'wait: { for: [buyer_message, event:paid], until: 48h }'],
        ['message: form', 'message: form, paid: close'],
      ),
    );
    world.apply({ kind: 'platform.event', name: 'paid', at: world.now, by: 'channel', data: { amount: 3 } });
    expect(world.state.step).toBe('buyer');
    world.receipt('available');
    expect(outcomeOf(world).block).toBeNull();
    expect(world.of('step.wait_over')).toMatchObject([{ data: { outcome: 'paid' } }]);
    expect(world.state.closedAt).toBe(world.now);
  });
});

describe('the clocks of an inquiry that is migrated', () => {
  it('go on where the new version has them as they were', () => {
    const world = at('replying', changed(['until: 48h', 'until: 2h']));
    world.advance(40 * MINUTE);
    const { obligations } = world.state;
    expect(outcomeOf(world)).toEqual({ block: null, deadlines: [], levelsDue: 0 });
    expect(world.state.obligations).toEqual(obligations);
  });

  it('get another target from their own start, and levels that have fired stay so', () => {
    const world = at(
      'replying',
      changed(
        ['within: 1h, clock', 'within: 2h, clock'],
        ['    - { at: deadline,', '    - { at: start+35m, do: [ { set: { urgency: high } } ] }\n    - { at: deadline,'],
      ),
    );
    world.advance(40 * MINUTE);
    expect(outcomeOf(world)).toMatchObject({
      deadlines: [{ obligation: 'first_response', from: MONDAY + HOUR, to: MONDAY + 2 * HOUR }],
      levelsDue: 1,
    });
    expect(world.obligation('first_response').levels).toMatchObject([
      { level: 1, state: 'fired', firedAt: MONDAY + 30 * MINUTE },
      { level: 2, state: 'pending', plannedAt: MONDAY + 35 * MINUTE },
      { level: 3, state: 'pending', plannedAt: MONDAY + 2 * HOUR },
    ]);
    world.drainTime();
    expect(world.state.urgency).toBe('high');
    expect(world.of('level.fired').at(-1)).toMatchObject({
      data: { level: 2, lateMs: 5 * MINUTE },
      because: { definition: { version: 2 } },
    });
  });

  it('are breached now, not before, where the new target has passed', () => {
    const world = at('replying', changed(['within: 1h, clock', 'within: 20m, clock']));
    world.advance(40 * MINUTE);
    outcomeOf(world);
    expect(world.obligation('first_response')).toMatchObject({
      status: 'breached_open',
      breachedAt: MONDAY + 40 * MINUTE,
      deadline: MONDAY + 20 * MINUTE,
    });
    expect(world.of('obligation.breached')).toMatchObject([{ data: { byPolicy: true } }]);
  });

  it('begin anew on another clock, with the start and the pauses they had', () => {
    const world = at('replying', changed(['resolution: { within: 8h,', 'resolution: { within: 9h, calendar: always,']));
    world.advance(HOUR);
    world.reply();
    world.advance(2 * HOUR);
    outcomeOf(world);
    expect(world.state.obligations.filter(({ name }) => name === 'resolution')).toMatchObject([
      { instance: 1, status: 'cancelled', cause: 'migrated' },
      { instance: 2, status: 'paused', startedAt: MONDAY, calendar: { key: 'always' }, remaining: 8 * HOUR },
    ]);
  });

  it('end and begin with what the new version leaves out and adds', () => {
    const own = 'handled: { within: 30m, clock: wall, startOn: reply }\n  acknowledge: { within: 5m }';
    const world = at('replying', changed(['resolution: { within: 8h, pauseWhile: [waiting_buyer] }', own]));
    world.advance(10 * MINUTE);
    expect(outcomeOf(world).deadlines).toEqual([
      { obligation: 'resolution', instance: 1, from: expect.any(Number), to: null },
      { obligation: 'handled', instance: 1, from: null, to: MONDAY + 30 * MINUTE },
      { obligation: 'acknowledge', instance: 1, from: null, to: MONDAY + 5 * MINUTE },
    ]);
    expect(world.obligation('acknowledge')).toMatchObject({
      status: 'breached_open',
      breachedAt: MONDAY + 10 * MINUTE,
    });
    world.reply();
    expect(world.obligation('handled')).toMatchObject({ status: 'met' });
  });

  it('run by the old version up to the moment of the migration', () => {
    const world = at('replying', changed(['within: 1h, clock', 'within: 3h, clock']));
    world.now += 90 * MINUTE;
    outcomeOf(world);
    expect(world.of('obligation.breached')).toMatchObject([
      { data: { breachedAt: MONDAY + HOUR }, because: { definition: { version: 1 } } },
    ]);
    expect(world.obligation('first_response')).toMatchObject({ status: 'breached_open', deadline: MONDAY + HOUR });
  });
});
