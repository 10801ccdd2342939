import { inquiry, said, sent, surroundings } from '../../../test/support/simulation.js';
import { MONDAY, planOf, standardPlan } from '../../../test/support/world.js';
import type { Plan } from '../definition/plan.js';
import type { Command } from '../inquiry/events.js';
import { unmet } from './expectations.js';
import { differing, figuresOf, totalsOf } from './figures.js';
import type { Assumption, Assumptions, Happening, SimulatedInquiry } from './happening.js';
import type { SimulatedRun } from './run.js';
import { simulate } from './simulate.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const DAYS = 60 * 24 * HOUR;
const run = (inquiries: readonly SimulatedInquiry[], assume: Assumptions = {}, plan: Plan = standardPlan()) =>
  simulate({ plan, surroundings, inquiries, assume, until: MONDAY + DAYS });
const one = (happenings: readonly Happening[], assume: Assumptions = {}, plan?: Plan): SimulatedRun => {
  const [first] = run([inquiry('i', happenings)], assume, plan);
  if (!first) throw new Error('No run');
  return first;
};
const kinds = (of: SimulatedRun, kind: string): number[] =>
  of.timeline.filter((entry) => entry.kind === kind).map(({ at }) => at - MONDAY);

describe('a simulated inquiry', () => {
  it('answered in time goes its way to the close, each thing at its instant', () => {
    const result = one([said('m1', MONDAY)], { reply: sent(20 * MINUTE) });
    expect(result.closedAt).toBe(MONDAY + 20 * MINUTE + 48 * HOUR);
    expect(result.failed).toBeNull();
    expect(kinds(result, 'level.fired')).toEqual([]);
    expect(figuresOf(result.timeline)).toMatchObject({
      assignments: 1,
      breaches: 0,
      messages: { automated: 1, human: 1 },
      timeToAnswerMs: 20 * MINUTE,
      closed: true,
    });
  });

  it('that nobody answers escalates exactly as the plan says', () => {
    const result = one([said('m1', MONDAY)]);
    expect(kinds(result, 'level.fired')).toEqual([45 * MINUTE, HOUR, 90 * MINUTE]);
    expect(result.obligations.find(({ name }) => name === 'first_response')).toMatchObject({
      status: 'breached_open',
      breachedAt: MONDAY + HOUR,
    });
    expect(result.closedAt).toBeNull();
  });

  it('whose answer is supposed to take working time waits for the queue to open', () => {
    const office = surroundings.calendars.find(({ key }) => key === 'br-office');
    if (office === undefined) throw new Error('No calendar');
    const queues = surroundings.queues.map((queue) => ({ ...queue, calendar: office }));
    const saturday = MONDAY - 2 * 24 * HOUR;
    const [result] = simulate({
      plan: standardPlan(),
      surroundings: { ...surroundings, queues },
      inquiries: [inquiry('i', [said('m1', saturday)])],
      assume: { reply: sent(30 * MINUTE) },
      until: MONDAY + DAYS,
    });
    // The office opens at 09:00 in São Paulo, an hour before MONDAY.
    expect(result?.timeline.find(({ kind }) => kind === 'task.completed')?.at).toBe(MONDAY - 30 * MINUTE);
  });

  it('whose answer needs approval goes out when somebody else is supposed to agree', () => {
    const plan = planOf(`
atende: 1
key: eyes
title: Eyes
steps:
  - { id: reply, task: { kind: reply, approve: { by: supervisor } }, goto: close }
  - { id: close, close: {} }
`);
    const decided = (outcome: string, command: Command): Assumption => ({
      ...{ outcome, afterMs: 15 * MINUTE, message: null, answer: null },
      command,
    });
    const about = { taskKey: '', token: 0 } as const;
    const agrees = decided('approved', { kind: 'approve', ...about, textHash: '', edited: false });
    const result = one([said('m1', MONDAY)], { reply: sent(10 * MINUTE), 'reply.approve': agrees }, plan);
    expect(kinds(result, 'approval.requested')).toEqual([10 * MINUTE]);
    expect(kinds(result, 'message.queued')).toEqual([25 * MINUTE]);
    expect(kinds(result, 'message.available')).toEqual([25 * MINUTE]);
    expect(result).toMatchObject({ closedAt: MONDAY + 25 * MINUTE, failed: null, withoutTask: 0 });
    const nobody = one([said('m1', MONDAY)], { reply: sent(10 * MINUTE) }, plan);
    expect([kinds(nobody, 'message.queued'), nobody.closedAt]).toEqual([[], null]);
  });

  it('goes on by what a platform reports, as of the instant it names', () => {
    const plan = planOf(`
atende: 1
key: claims
title: Claims
events: { claim_closed: { result: string, since: timestamp } }
obligations: { claim: { within: 5d, clock: wall, startOn: opening, metBy: event:claim_closed } }
steps:
  - { id: claim, wait: { for: [event:claim_closed], until: 2d }, on: { claim_closed: which, timeout: reply } }
  - { id: which, choose: [{ when: 'data.claim_closed.result == "won" && data.claim_closed.since < now', goto: close }] }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);
    const told = (result: string): Happening => ({
      at: MONDAY + 3 * HOUR,
      kind: 'platform_event',
      name: 'claim_closed',
      happenedAt: MONDAY + HOUR,
      data: { result, since: new Date(MONDAY).toISOString() },
    });
    const won = one([said('m1', MONDAY), told('won')], {}, plan);
    expect(won.closedAt).toBe(MONDAY + 3 * HOUR);
    expect(won.obligations[0]).toMatchObject({ name: 'claim', metAt: MONDAY + HOUR });
    expect(one([said('m1', MONDAY), told('lost')], {}, plan).closedAt).toBeNull();
  });

  it('ends a wait with what the buyer is supposed to write, once', () => {
    const writes = {
      outcome: 'message',
      afterMs: HOUR,
      command: null,
      message: { text: 'E agora?', classification: null },
      answer: null,
    };
    const result = one([said('m1', MONDAY)], { reply: sent(10 * MINUTE), buyer: writes });
    expect(kinds(result, 'message.received')).toEqual([0, 70 * MINUTE]);
    expect(figuresOf(result.timeline).messages.human).toBe(2);
    expect(result.closedAt).toBe(MONDAY + 80 * MINUTE + 48 * HOUR);
  });

  it('reopens what a rejected message had met', () => {
    const rejected: Happening = {
      at: MONDAY + 30 * MINUTE,
      kind: 'receipt',
      send: null,
      status: 'rejected',
      reason: 'link',
    };
    const result = one([said('m1', MONDAY), rejected], { reply: sent(10 * MINUTE) });
    expect(kinds(result, 'obligation.reopened')).toEqual([30 * MINUTE]);
    expect(kinds(result, 'level.fired')[0]).toBe(45 * MINUTE);
  });

  it('counts what finds it closed instead of doing it', () => {
    const late = MONDAY + 10 * 24 * HOUR;
    expect(one([said('m1', MONDAY), said('m2', late)], { reply: sent(MINUTE) }).afterClose).toBe(1);
  });

  it('on which a decision fails is ended and says so, without what it failed on', () => {
    const broken: Plan = {
      ...standardPlan(),
      steps: standardPlan().steps.map((step) => ({ ...step, on: {}, goto: 'gone' })),
    };
    expect(one([said('m1', MONDAY)], {}, broken).failed).toBe('decision_failed');
  });

  it('counts acts that find no task', () => {
    const act: Happening = {
      ...{ at: MONDAY + MINUTE, kind: 'act', by: { memberId: 'ana', role: 'agent' }, fates: [] },
      command: { kind: 'triage', taskKey: '', token: 0, intent: 'price', urgency: 'low', queue: 'sales-br' },
    };
    expect(one([said('m1', MONDAY), act]).withoutTask).toBe(1);
  });
});

describe('several inquiries', () => {
  it('share their people: the next one goes to whoever has less to do', () => {
    const results = run([inquiry('a', [said('a1', MONDAY)]), inquiry('b', [said('b1', MONDAY + MINUTE)])]);
    const chosen = results.map(
      ({ timeline }) => timeline.find(({ kind }) => kind === 'assignment.chosen')?.data['memberId'],
    );
    expect(chosen).toEqual(['ana', 'bruno']);
    expect(totalsOf(results.map(({ timeline }) => figuresOf(timeline)))).toMatchObject({
      inquiries: 2,
      byMember: { ana: 1, bruno: 1 },
      escalations: 6,
      medianTimeToAnswerMs: null,
    });
  });

  it('come out the same in the same world, whatever the order in which they are given', () => {
    const two = [inquiry('a', [said('a1', MONDAY)]), inquiry('b', [said('b1', MONDAY + MINUTE)])];
    expect(run([...two].reverse()).reverse()).toEqual(run(two));
  });
});

describe('no side effect is possible', () => {
  it('because everything a simulation is given is plain data: it survives cloning and freezing, and is not changed', () => {
    const given = {
      plan: standardPlan(),
      surroundings,
      inquiries: [inquiry('i', [said('m1', MONDAY)])],
      assume: { reply: sent(20 * MINUTE) },
      until: MONDAY + DAYS,
    };
    const clone = structuredClone(given);
    const answer = simulate(frozen(given));
    expect(given).toEqual(clone);
    expect(simulate(clone)).toEqual(answer);
  });
});

describe('figures', () => {
  it('name what differs between two plans', () => {
    const quicker = planOf(`
atende: 1
key: quicker
title: Quicker
calendar: always
obligations:
  first_response: { within: 10m, escalate: late }
escalations:
  late: [{ at: deadline, do: [{ notify: { to: supervisor } }] }]
steps:
  - { id: person, assign: { queue: [sales-br] } }
  - { id: reply, task: { kind: reply }, on: { sent: close, not_needed: close } }
  - { id: close, close: {} }
`);
    const assume = { reply: sent(20 * MINUTE) };
    const [before, after] = [one([said('m1', MONDAY)], assume), one([said('m1', MONDAY)], assume, quicker)];
    expect(differing(figuresOf(before.timeline), figuresOf(after.timeline))).toEqual([
      'escalations',
      'breaches',
      'messages',
    ]);
  });
});

describe('expectations', () => {
  const { timeline } = one([said('m1', MONDAY)]);
  const expected = (more: object) => ({ at: null, kind: 'level.fired', step: null, data: {}, never: false, ...more });

  it.each([
    ['kind and instant', { at: MONDAY + 45 * MINUTE }],
    ['data, with more beside it', { data: { level: 2 } }],
    ['an instant in data', { data: { level: 1, planned: new Date(MONDAY + 45 * MINUTE).toISOString() } }],
    ['something that never comes', { kind: 'inquiry.closed', never: true }],
  ])('are met by %s', (_name, more) => {
    expect(unmet([expected(more)], timeline)).toEqual([]);
  });

  it.each([
    ['another instant', [expected({ at: MONDAY })]],
    ['other data', [expected({ data: { level: 4 } })]],
    ['another step', [expected({ step: 'nowhere' })]],
    ['the wrong order', [expected({ data: { level: 2 } }), expected({ data: { level: 1 } })]],
    ['what must never come', [expected({ never: true })]],
  ])('are not met by %s, and tell what came instead', (_name, list) => {
    const [failure] = unmet(list, timeline);
    expect(failure?.instead.map(({ at }) => at - MONDAY)).toEqual([45 * MINUTE, HOUR, 90 * MINUTE]);
  });
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
