import { definitionEnvironment } from '../../../../test/support/definition-environment.js';
import type { Expression, Plan, StepPlan } from '../../../domain/definition/plan.js';
import { checkDefinition } from './check.js';
import { parseDefinition } from './parse.js';
import { expressionsOf } from './walk.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const TENANT = definitionEnvironment();
const HEAD = 'atende: 1\nkey: example\ntitle: Example\n';

function compiled(body: string): Plan {
  const { plan, problems } = checkDefinition(HEAD + body, 'application/yaml', TENANT);
  if (!plan) throw new Error(JSON.stringify(problems));
  return plan;
}

const SMALLEST = `
steps:
  - { id: person, assign: { queue: sales-br } }
  - { id: reply, task: { kind: reply }, goto: buyer }
  - { id: buyer, wait: { until: 1d }, on: { message: reply, timeout: close } }
  - { id: close, close: {} }
`;

const FULL = `
calendar: br-office
channels: [webhook]
data: { amount: number, note: string, urgent: bool, due: timestamp }
obligations:
  first_response: { within: 1h, clock: wall, calendar: always, when: 'buyer.returning', escalate: late }
  acknowledge: { within: PT5M, clock: house, pauseWhile: [waiting_other] }
escalations:
  late:
    - at: window-2h
      do:
        - { when: 'inquiry.sensitive', notify: { to: ops, urgent: true, by: [in_app] } }
        - { notify: { to: 'member:ana@example.com' } }
        - { goto: look, interrupt: true }
        - { send: { template: away, with: { back: 'now' }, once: false }, when: 'false' }
rules:
  - id: big
    when: |
      buyer.value > 10.0
    stop: true
    do:
      - set:
          { urgency: high, intent: refund, language: es, tags: [a], untag: [b], data: { amount: 5, note: '"x"', urgent: true, due: 'now' } }
      - { reassign: { queue: night-sz } }
steps:
  - { id: hours, choose: [ { when: '!calendar.open', goto: look } ], goto: person }
  - { id: look, task: { kind: triage, lease: 5m }, on: { done: person } }
  - { id: person, assign: { queue: [sales-br, night-sz], strategy: manual, preferLastAgent: true, acceptWithin: 3m } }
  - { id: tell, notify: { to: queue } }
  - { id: mark, set: { urgency: low } }
  - { id: ack, send: { template: ack, once: closed_period }, on: { refused: reply } }
  - { id: reply, task: { kind: reply, lease: 1h, draft: ack }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { until: 'calendar.nextOpening', clock: house, as: waiting_platform }, goto: close }
  - { id: close, close: { reason: done, reopenWithin: 0s, retention: dispute } }
`;

function expressionsIn(value: unknown): readonly Expression[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('id' in value && 'source' in value) return [value as Expression];
  return Object.values(value).flatMap(expressionsIn);
}

describe('compiling', () => {
  it('fills in every default', () => {
    const plan = compiled(SMALLEST);
    expect(plan).toMatchObject({
      calendar: null,
      channels: null,
      obligations: [],
      escalations: {},
      rules: [],
      data: {},
    });
    const edges = { on: {}, goto: null };
    expect(plan.steps).toEqual<readonly StepPlan[]>([
      {
        id: 'person',
        ...edges,
        kind: 'assign',
        queues: ['sales-br'],
        strategy: 'least_loaded',
        preferLastAgent: false,
        acceptWithinMs: 10 * MINUTE,
      },
      {
        id: 'reply',
        on: {},
        goto: 'buyer',
        kind: 'task',
        task: 'reply',
        leaseMs: 20 * MINUTE,
        draft: null,
        expiresMs: null,
        form: null,
        approve: null,
      },
      {
        id: 'buyer',
        on: { message: 'reply', timeout: 'close' },
        goto: null,
        kind: 'wait',
        messages: true,
        events: [],
        until: { ms: 24 * HOUR },
        clock: 'wall',
        as: 'waiting_buyer',
      },
      { id: 'close', ...edges, kind: 'close', reason: 'resolved', reopenWithinMs: 7 * 24 * HOUR, retention: 'order' },
    ]);
  });

  it('keeps everything that is written', () => {
    const plan = compiled(FULL);
    expect(plan.data).toEqual({ amount: 'number', note: 'string', urgent: 'bool', due: 'timestamp' });
    expect(plan.obligations[0]).toEqual({
      name: 'first_response',
      targets: [{ when: null, within: { ms: HOUR } }],
      clock: 'wall',
      calendar: 'always',
      when: { id: 'obligations.first_response.when', source: 'buyer.returning' },
      escalate: 'late',
      pauseWhile: [],
      startOn: null,
      metBy: 'human_reply',
    });
    expect(plan.escalations['late']?.[0]).toMatchObject({
      anchor: 'window',
      offsetMs: -2 * HOUR,
      do: [
        { kind: 'notify', to: 'role:ops', urgent: true, when: { source: 'inquiry.sensitive' } },
        { kind: 'notify', to: 'member:ana@example.com', urgent: false, when: null },
        { kind: 'goto', step: 'look', interrupt: true },
        {
          kind: 'send',
          id: 'escalations.late.0.do.3.send',
          template: 'away',
          once: 'never_limited',
          when: { source: 'false' },
        },
      ],
    });
    expect(plan.rules[0]).toMatchObject({
      id: 'big',
      stop: true,
      when: { source: 'buyer.value > 10.0\n' },
      do: [
        {
          kind: 'set',
          urgency: 'high',
          intent: 'refund',
          language: 'es',
          tags: ['a'],
          untag: ['b'],
          data: {
            amount: 5,
            note: { id: 'rules.big.do.0.set.data.note', source: '"x"' },
            urgent: true,
            due: { source: 'now' },
          },
        },
        { kind: 'reassign', queue: 'night-sz', when: null },
      ],
    });
    const [hours, look, person, tell, mark, ack, reply, buyer, close] = plan.steps;
    expect(hours).toMatchObject({ kind: 'choose', goto: 'person', choices: [{ goto: 'look' }] });
    expect(look).toMatchObject({ kind: 'task', task: 'triage', leaseMs: 5 * MINUTE, on: { done: 'person' } });
    expect(person).toMatchObject({
      queues: ['sales-br', 'night-sz'],
      strategy: 'manual',
      preferLastAgent: true,
      acceptWithinMs: 3 * MINUTE,
    });
    expect(tell).toMatchObject({ kind: 'notify', notify: { to: 'queue', urgent: false } });
    expect(mark).toMatchObject({ kind: 'set', set: { urgency: 'low' } });
    expect(ack).toMatchObject({
      kind: 'send',
      send: { template: 'ack', with: {}, once: 'closed_period' },
      on: { refused: 'reply' },
    });
    expect(reply).toMatchObject({ leaseMs: HOUR, draft: 'ack' });
    expect(buyer).toMatchObject({
      until: { at: { id: 'steps.buyer.wait.until', source: 'calendar.nextOpening' } },
      clock: 'house',
      as: 'waiting_platform',
    });
    expect(close).toMatchObject({ reason: 'done', reopenWithinMs: 0, retention: 'dispute' });
  });

  it('gives each expression the id of its place, once', () => {
    const parsed = parseDefinition(HEAD + FULL, 'application/yaml');
    const { document } = checkDefinition(HEAD + FULL, 'application/yaml', TENANT);
    if (!parsed.ok || !document) throw new Error('not readable');
    const places = expressionsOf(document).map(({ path, source }) => `${parsed.source.nameOf(path)} = ${source}`);
    const ids = expressionsIn(compiled(FULL)).map(({ id, source }) => `${id} = ${source}`);
    expect(ids.toSorted()).toEqual(places.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('steps.hours.choose.0.when = !calendar.open');
  });

  it('is plain JSON', () => {
    const plan = compiled(FULL);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});
