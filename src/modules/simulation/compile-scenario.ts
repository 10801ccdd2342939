import { respondWithin } from '../../domain/channel/respond-rules.js';
import type { Classification } from '../../domain/classification/classification.js';
import { parseDuration } from '../../domain/definition/durations.js';
import type { Plan } from '../../domain/definition/plan.js';
import type { Actor, Command } from '../../domain/inquiry/events.js';
import type { BuyerFacts, ShopFacts } from '../../domain/inquiry/facts.js';
import type { Expectation } from '../../domain/simulation/expectations.js';
import type { Assumptions, Happening, SimulatedInquiry } from '../../domain/simulation/happening.js';
import type { Surroundings } from '../../domain/simulation/surroundings.js';
import { classifyMessage } from '../classification/index.js';
import { ACT, decisionOf, readAssumptions, REPLY } from './compile-assumptions.js';
import type { Fault } from './compile-assumptions.js';
import type { Scenario, ScriptEvent } from './scenario-schema.js';

/** What scenarios are read against. */
export type Reading = {
  readonly plan: Plan;
  readonly surroundings: Surroundings;
  /** Active shops, the first is the one meant where none is named. */
  readonly shops: readonly ShopFacts[];
  /** Languages the tenant answers in. */
  readonly languages: readonly string[];
};

/** A scenario ready to be simulated. */
export type ReadScenario = {
  readonly inquiry: SimulatedInquiry;
  readonly assume: Assumptions;
  readonly expect: readonly Expectation[];
  /** Epoch ms of the last thing that is named. */
  readonly lastAt: number;
};

/** Reads a scenario; faults where it names what the definition or the tenant does not have. */
export async function readScenario(
  reading: Reading,
  id: string,
  scenario: Scenario,
): Promise<{ readonly read: ReadScenario } | { readonly faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  const first = scenario.script[0];
  const base = first === undefined ? 0 : Date.parse(first.at);
  const opening = first?.type === 'message.received' ? first.data : undefined;
  const shop = reading.shops.find(({ key }) => opening?.shop === undefined || key === opening.shop);
  if (shop === undefined)
    return { faults: [{ pointer: '/script/0/data/shop', detail: 'There is no such active shop' }] };
  const buyer: BuyerFacts = {
    ...{ id: `${id}-buyer`, returning: false, blocked: false, tags: [], value: 0, language: null },
    ...Object.fromEntries(Object.entries(opening?.buyer ?? {}).filter(([, value]) => value !== undefined)),
  };
  const classified = (text: string): Promise<Classification> =>
    classifyMessage({ text, tenantLanguages: reading.languages, prior: buyer.language ?? shop.language });
  const happenings: Happening[] = [];
  for (const [index, event] of scenario.script.entries()) {
    const happening = await happeningOf(
      reading,
      event,
      momentOf(event.at, base),
      { id: `${id}-message-${index + 1}`, channel: shop.channel },
      classified,
    );
    if ('detail' in happening)
      faults.push({ pointer: `/script/${index}/data${happening.pointer}`, detail: happening.detail });
    else happenings.push(happening);
  }
  const assume = await readAssumptions(reading, scenario.assume, classified);
  if ('faults' in assume) faults.push(...assume.faults);
  if (faults.length > 0 || 'faults' in assume) return { faults };
  const expect = scenario.expect.map(({ at, kind, step, data, never }) => {
    return { at: at === undefined ? null : momentOf(at, base), kind, step: step ?? null, data, never };
  });
  const lastAt = Math.max(...happenings.map(({ at }) => at), ...expect.map(({ at }) => at ?? 0));
  const oneAnswer = opening?.thread?.answers === 'one';
  const conversation = { windowUntil: null, oneAnswer, humanAnswered: false, lastAgentId: null, onceMarks: {} };
  happenings.sort((a, b) => a.at - b.at);
  const inquiry = {
    id,
    shop,
    buyer,
    conversation,
    backfill: false,
    linked: null,
    happenings,
    automatedFates: [],
    answers: [],
  };
  return { read: { inquiry, assume: assume.read, expect, lastAt } };
}

async function happeningOf(
  { surroundings }: Reading,
  event: ScriptEvent,
  at: number,
  about: { readonly id: string; readonly channel: string },
  classified: (text: string) => Promise<Classification>,
): Promise<Happening | Fault> {
  switch (event.type) {
    case 'message.received': {
      const { text, attachments = [], respondBy, windowUntil, noResponseNeeded = false, thread } = event.data;
      const within = respondWithin(about.channel);
      const byRule = within === null ? null : at + within;
      const instants = { respondBy: instantOf(respondBy) ?? byRule, windowUntil: instantOf(windowUntil) };
      const classification = await classified(text);
      const message = {
        id: about.id,
        sentAt: at,
        attachments: attachments.map(({ mediaType, size = null }) => ({ mediaType, size })),
        text,
        classification,
        noResponseNeeded,
        ...(thread?.public === true ? { public: true } : {}),
        ...instants,
      };
      return { at, kind: 'message', message };
    }
    case 'message.status':
      return { at, kind: 'receipt', send: null, status: event.data.status, reason: event.data.reason ?? null };
    case 'reply.external':
      return { at, kind: 'external', author: event.data.author };
    case 'platform.event':
      return { at, kind: 'platform_event', happenedAt: at, ...event.data };
    default: {
      const by = actorOf(surroundings, event.data.by);
      if (by === undefined) return { pointer: '/by', detail: 'There is no such active member' };
      const command = scriptedCommand(event, surroundings);
      return 'detail' in command ? command : { at, kind: 'act', by, command, fates: [] };
    }
  }
}

type ScriptedAct = Extract<
  ScriptEvent,
  { type: 'reply' | 'not_needed' | 'approve' | 'return' | 'triage' | 'assign' | 'snooze' | 'close' }
>;

function scriptedCommand(event: ScriptedAct, { queues, people }: Surroundings): Command | Fault {
  const isQueue = (name: string): boolean => queues.some(({ key }) => key === name);
  switch (event.type) {
    case 'reply':
      return { ...REPLY, close: event.data.close };
    case 'not_needed':
      return { ...ACT, kind: 'not_needed', reasonCode: event.data.reason };
    case 'approve':
      return decisionOf('approved', {});
    case 'return':
      return decisionOf('returned', event.data);
    case 'triage': {
      const { intent, urgency, queue } = event.data;
      if (!isQueue(queue)) return { pointer: '/queue', detail: 'There is no such queue' };
      return { kind: 'triage', taskKey: '', token: 0, intent, urgency, queue };
    }
    case 'assign': {
      const { queue = null, member } = event.data;
      if (queue !== null && !isQueue(queue)) return { pointer: '/queue', detail: 'There is no such queue' };
      const known = people.find(({ id, key }) => id === member || key === member);
      if (member !== undefined && known === undefined)
        return { pointer: '/member', detail: 'There is no such active member' };
      return { kind: 'assign', taskKey: null, queue, memberId: known?.id ?? null };
    }
    case 'snooze':
      return { kind: 'snooze', until: Date.parse(event.data.until) };
    case 'close':
      return { kind: 'close', reasonCode: event.data.reason };
  }
}

/** null = whom the task is offered to; undefined = nobody of that name. */
function actorOf({ people }: Surroundings, by: string | undefined): Actor | null | undefined {
  if (by === undefined) return null;
  const person = people.find(({ id, key }) => id === by || key === by);
  return person === undefined ? undefined : { memberId: person.id, role: person.role };
}

/** A scenario in whose script and expectations `+45m` counts from an instant (epoch ms), and not from the first event. */
export function beginningAt<S extends Pick<Scenario, 'script' | 'expect'>>(scenario: S, from: number): S {
  const absolute = (at: string): string => new Date(momentOf(at, from)).toISOString();
  return {
    ...scenario,
    script: scenario.script.map((event) => ({ ...event, at: absolute(event.at) })),
    expect: scenario.expect.map((one) => (one.at === undefined ? one : { ...one, at: absolute(one.at) })),
  };
}

function momentOf(text: string, base: number): number {
  return text.startsWith('+') ? base + (parseDuration(text.slice(1)) ?? 0) : Date.parse(text);
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
