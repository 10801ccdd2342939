import fc from 'fast-check';
import type { Calendar } from '../../src/domain/calendar/types.js';
import type { Actor, Command } from '../../src/domain/inquiry/events.js';
import { nextDue, nextSweep, nextWake } from '../../src/domain/inquiry/due.js';
import { isOpenObligation } from '../../src/domain/inquiry/state.js';
import type { InquiryState, ObligationState } from '../../src/domain/inquiry/state.js';
import { deadlineOf, elapsed, shift } from '../../src/domain/obligation/clock.js';
import { ledgerOf } from '../../src/domain/obligation/ledger.js';
import { definitionEnvironment } from './definition-environment.js';
import type { World } from './world.js';

/** Any course of events an inquiry can take, and what holds of it whatever happens. */

const MINUTE = 60_000;

/** One thing that may happen next, whether or not it makes sense at that moment. */
export type Move =
  | { readonly do: 'message'; readonly text: string }
  | {
      readonly do: 'receipt';
      readonly send: number;
      readonly status:
        'accepted' | 'available' | 'rejected' | 'bounced' | 'failed' | 'uncertain' | 'cancelled' | 'answered_elsewhere';
    }
  | { readonly do: 'external'; readonly author: 'human' | 'automated' | 'unknown' }
  | { readonly do: 'advance' | 'sleep'; readonly minutes: number }
  | { readonly do: 'claim'; readonly member: string }
  | { readonly do: 'reply'; readonly member: string; readonly close: boolean; readonly seen: number | null }
  | {
      readonly do: 'complete';
      readonly what: 'not_needed' | 'triage' | 'confirm' | 'form' | 'approve' | 'return';
      readonly token: number;
      readonly task: number;
    }
  | {
      readonly do: 'command';
      readonly kind: 'close' | 'snooze' | 'note' | 'correct' | 'assign' | 'cancel' | 'event';
      readonly minutes: number;
    };

const member = fc.constantFrom('ana', 'bruno');
const text = fc.constantFrom('Quando chega?', 'Quero meu dinheiro de volta', 'Vou ao Procon', 'obrigado', 'pare', '');

/** Whatever may happen next. */
export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('message' as const), text }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('receipt' as const),
      send: fc.integer({ min: 1, max: 6 }),
      status: fc.constantFrom(
        'accepted',
        'available',
        'available',
        'rejected',
        'bounced',
        'failed',
        'uncertain',
        'cancelled',
        'answered_elsewhere',
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('external' as const),
      author: fc.constantFrom('human', 'automated', 'unknown'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('advance' as const, 'sleep' as const),
      minutes: fc.constantFrom(0, 1, 14, 16, 44, 46, 61, 91, 600, 3000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('claim' as const), member }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('reply' as const),
      member,
      close: fc.boolean(),
      seen: fc.option(fc.integer({ min: 0, max: 9 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('complete' as const),
      what: fc.constantFrom('not_needed', 'triage', 'confirm', 'form', 'approve', 'approve', 'return'),
      token: fc.integer({ min: 0, max: 3 }),
      task: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      kind: fc.constantFrom('close', 'snooze', 'note', 'correct', 'assign', 'cancel', 'event'),
      minutes: fc.constantFrom(-1, 5, 90),
    }),
  },
);

/** Lets it happen. */
export function play(world: World, step: Move): void {
  switch (step.do) {
    case 'message':
      // The accept transaction gives a closed inquiry's buyer a new one.
      if (world.state.closedAt === null) world.message(step.text);
      return;
    case 'receipt':
      return void world.receipt(step.status, { send: `send:${step.send}` });
    case 'external':
      return void world.external(step.author);
    case 'advance':
      return void world.advance(step.minutes * MINUTE);
    case 'sleep':
      return void world.sleep(step.minutes * MINUTE);
    case 'claim':
      if (world.state.tasks.length > 0) world.claim(step.member);
      return;
    case 'reply':
      return void world.reply({ close: step.close, seenPosition: step.seen }, step.member);
    case 'complete':
      return complete(world, step);
    case 'command':
      return command(world, step);
  }
}

function complete(world: World, step: Extract<Move, { do: 'complete' }>): void {
  const taskKey = `task:${step.task}`;
  const { token } = step;
  const textHash = world.state.approval?.contentHash ?? '';
  if (step.what === 'approve')
    world.command({ kind: 'approve', taskKey, token, textHash, edited: token === 2 }, step.task > 2 ? 'ana' : 'bruno');
  else if (step.what === 'return')
    world.command({ kind: 'return', taskKey, token, reasonCode: 'other' }, step.task > 2 ? 'ana' : 'bruno');
  else if (step.what === 'not_needed') world.command({ kind: 'not_needed', taskKey, token, reasonCode: 'other' });
  else if (step.what === 'form')
    world.command({ kind: 'form', taskKey, token, outcome: 'grant', data: token > 2 ? {} : { amount: token } });
  else if (step.what === 'confirm')
    world.command({ kind: 'confirm_delivery', taskKey, token, delivered: token % 2 === 0 });
  else world.command({ kind: 'triage', taskKey, token, intent: 'refund', urgency: 'high', queue: 'night-sz' });
}

function command(world: World, step: Extract<Move, { do: 'command' }>): void {
  const until = world.now + step.minutes * MINUTE;
  if (step.kind === 'close') world.command({ kind: 'close', reasonCode: 'other' });
  else if (step.kind === 'snooze') world.command({ kind: 'snooze', until });
  else if (step.kind === 'note') world.command({ kind: 'note' });
  else if (step.kind === 'correct')
    world.command({ kind: 'correct', expectedVersion: null, urgency: 'low', tags: ['seen'] });
  else if (step.kind === 'assign')
    world.command(
      { kind: 'assign', taskKey: null, queue: 'supervisors', memberId: null },
      'the-supervisor',
      'supervisor',
    );
  else if (step.kind === 'cancel')
    world.command({ kind: 'cancel_message', send: `send:${Math.abs(step.minutes) % 4}` });
  else world.command({ kind: 'event', name: 'claim_closed', at: world.now });
}

/** A plan with loops, jumps, forms, approvals and every kind of end. */
export const LOOPING = `
atende: 1
key: looping
title: Looping
obligations:
  acknowledge: { within: 1m }
  first_response: { within: 30m, clock: wall, escalate: chase }
  next_response: { within: 30m, clock: house, calendar: br-office, escalate: chase }
  resolution: { within: 2bd, pauseWhile: [waiting_buyer] , calendar: br-office }
escalations:
  chase:
    - { at: start+10m, do: [ { notify: { to: queue } }, { set: { tags: [chased] } } ] }
    - { at: deadline-5m, do: [ { send: { template: ack } } ] }
    - { at: deadline, do: [ { goto: rescue, interrupt: true } ] }
    - { at: deadline+10m, do: [ { reassign: { queue: supervisors } }, { notify: { to: supervisor } } ] }
rules:
  - { id: stop, when: 'message.text == "pare"', do: [ { goto: end, interrupt: true } ] }
  - { id: money, when: 'message.intent == "refund" && inquiry.messageCount > 1', do: [ { set: { urgency: critical } } ] }
steps:
  - { id: classify, classify: {} }
  - { id: sort, choose: [ { when: 'inquiry.intent == "refund"', goto: sensitive } ] }
  - { id: ordinary, assign: { queue: [sales-br], strategy: round_robin }, goto: answer }
  - { id: sensitive, assign: { queue: [supervisors], strategy: manual }, goto: look }
  - { id: look, task: { kind: triage, expires: 20h }, on: { done: ask, expired: ask } }
  - id: ask
    task: { kind: form, fields: { amount: number }, outcomes: [grant], expires: 40h, approve: { by: queue:supervisors, within: 9h, onExpiry: send } }
    on: { grant: worth, expired: answer }
  - { id: worth, choose: [ { when: 'data.ask.amount > 1.0', goto: rescue } ], goto: answer }
  - id: answer
    task:
      kind: reply
      expires: 60h
      approve: { when: '"chased" in inquiry.tags || inquiry.messageCount > 1', by: agent, within: 90m, onExpiry: return, edit: true }
    on: { sent: patience, not_needed: end, expired: end }
  - { id: patience, wait: { for: [buyer_message], until: 24h, as: waiting_other }, on: { message: ordinary, timeout: end } }
  - { id: rescue, assign: { queue: [supervisors], strategy: least_loaded }, goto: answer }
  - { id: end, close: { reason: done, reopenWithin: 1d, retention: presale } }
`;

/** What must hold of the state after every event. */
export function checkState(world: World): void {
  const { state, plan } = world;
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  if (state.step !== null) expect(plan.steps.map(({ id }) => id)).toContain(state.step);
  if (state.closedAt !== null) {
    expect(state.tasks).toHaveLength(0);
    expect(nextWake(state, world.now)).toBeNull();
    expect(nextSweep(state, world.now)).toBeNull();
  }
  for (const obligation of state.obligations) checkObligation(obligation, state.closedAt !== null);
  checkApproval(state);
  const running = state.obligations.filter(isOpenObligation).map(({ name }) => name);
  expect(new Set(running).size).toBe(running.length);
  expect(nextDue(state, world.now)?.kind ?? 'timeout').toBe('timeout');
}

/** What awaits approval is asked for by one task and has not happened. */
function checkApproval({ approval, tasks, sends, pendingForm, closedAt }: InquiryState): void {
  const asking = tasks.filter(({ kind }) => kind === 'approve').map(({ key }) => key);
  expect(asking).toEqual(approval === null ? [] : [approval.task]);
  expect(pendingForm === null).toBe(approval?.what.kind !== 'form');
  if (approval === null) return;
  expect(closedAt).toBeNull();
  if (approval.of !== null) expect(tasks.map(({ key }) => key)).toContain(approval.of);
  if (approval.what.kind === 'reply') expect(sends.map(({ key }) => key)).not.toContain(approval.what.send);
}

function checkObligation(obligation: ObligationState, closed: boolean): void {
  const { status, deadline, metAt, breachedAt, levels } = obligation;
  if (closed) expect(isOpenObligation(obligation)).toBe(false);
  if (status === 'paused') expect([deadline, obligation.remaining === null]).toEqual([null, false]);
  if (status === 'running') expect(deadline).not.toBeNull();
  if (status === 'met' || status === 'breached_met') expect(metAt).not.toBeNull();
  if (status === 'met' && deadline !== null && metAt !== null) expect(metAt).toBeLessThanOrEqual(deadline);
  if (status === 'breached_met' || status === 'breached_open') expect(breachedAt).not.toBeNull();
  if (!isOpenObligation(obligation)) expect(levels.every(({ state }) => state !== 'pending')).toBe(true);
  for (const level of levels) expect(level.state === 'fired').toBe(level.firedAt !== null);
}

/** Commands of a kind that were applied. */
function applied<K extends Command['kind']>(
  world: World,
  kind: K,
): { readonly command: Extract<Command, { kind: K }>; readonly actor: Actor }[] {
  return world.steps.flatMap(({ event }) => {
    if (event.kind !== 'command' || event.command.kind !== kind) return [];
    if (world.outcomes.get(event.commandId)?.state !== 'applied') return [];
    return [{ command: event.command as Extract<Command, { kind: K }>, actor: event.actor }];
  });
}

/** What must hold of the whole history. */
export function checkHistory(world: World): void {
  const fired = world.of('level.fired').map(({ data, because: { definition } }) =>
    // A chain of another version counts its levels anew.
    [data['name'], data['instance'], data['level'], definition.version].map(String).join('/'),
  );
  expect(new Set(fired).size).toBe(fired.length);
  for (const { data } of world.of('level.fired')) expect(data['lateMs']).toBeGreaterThanOrEqual(0);
  const keys = world.effects('open_task').map(({ task }) => task);
  expect(new Set(keys).size).toBe(keys.length);
  const ended = world.effects('end_task').map(({ task }) => task);
  expect(new Set(ended).size).toBe(ended.length);
  const sends = world.sends.map(({ send }) => send);
  expect(new Set(sends).size).toBe(sends.length);
  // Whoever wrote it never approved it, and what was kept went out or was given up, once.
  const settled = [...world.effects('release_send'), ...world.effects('withdraw_send')].map(({ send }) => send);
  expect(new Set(settled).size).toBe(settled.length);
  for (const { command, actor } of applied(world, 'approve')) {
    const asked = world.of('approval.requested').find(({ data }) => data['task'] === command.taskKey);
    expect(asked?.actor.kind).toBe('member');
    expect(asked?.actor).not.toEqual({ kind: 'member', id: actor.memberId });
  }
  expect(world.of('inquiry.closed').length).toBeLessThanOrEqual(1);
  expect(world.entries.every(({ kind }) => /^[a-z_]+\.[a-z_]+$/.test(kind))).toBe(true);
  expect(world.replays()).toBe(true);
}

const CALENDARS = new Map(
  definitionEnvironment().calendars.map(({ key, spec }): [string, Calendar] => [key, { key, version: 1, spec }]),
);

/** The deadline comes from the start alone, with every pause as the working time it was, and the ledger adds up to it. */
export function checkClock(obligation: ObligationState): void {
  const { clock, startedAt, within, pauses, deadline, status } = obligation;
  if ('platform' in within || deadline === null || status === 'paused') return;
  const calendar = CALENDARS.get(obligation.calendar?.key ?? '') ?? null;
  const whole = deadlineOf(clock, calendar, startedAt, within);
  const paused = pauses
    .filter(({ from }) => from < deadline)
    .reduce((sum, { from, to }) => sum + elapsed(clock, calendar, from, Math.min(to ?? from, deadline)), 0);
  expect(deadline).toBe(paused === 0 ? whole : shift(clock, calendar, whole, paused));
  const segments = ledgerOf({
    from: startedAt,
    to: deadline,
    clock,
    calendar,
    pauses: pauses.map(({ from, to, reason }) => ({ from, to: to ?? deadline, reason, by: null })),
    phases: [],
  });
  const counted = segments.filter(({ kind }) => kind === 'counting').reduce((sum, { from, to }) => sum + to - from, 0);
  expect(counted).toBe('ms' in within ? within.ms : elapsed(clock, calendar, startedAt, whole));
  expect(segments.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(deadline - startedAt);
}
