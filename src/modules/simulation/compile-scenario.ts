import { respondWithin } from '../../domain/channel/respond-rules.js';
import type { Classification } from '../../domain/classification/classification.js';
import { parseDuration } from '../../domain/definition/durations.js';
import type { DataScalar, Plan, StepPlan } from '../../domain/definition/plan.js';
import type { Actor, Command } from '../../domain/inquiry/events.js';
import type { BuyerFacts, ShopFacts } from '../../domain/inquiry/facts.js';
import type { Expectation } from '../../domain/simulation/expectations.js';
import { SEND_OUTCOMES } from '../../domain/simulation/happening.js';
import type {
  Assumption,
  Assumptions,
  CallAnswer,
  Happening,
  SimulatedInquiry,
} from '../../domain/simulation/happening.js';
import type { Surroundings } from '../../domain/simulation/surroundings.js';
import { readFields, readForm } from '../../domain/task/form.js';
import type { FilledForm } from '../../domain/task/form.js';
import { classifyMessage } from '../classification/index.js';
import type { Scenario, ScriptEvent, WrittenAssumptions } from './scenario-schema.js';

/** What a scenario names that does not exist; the pointer is into the scenario. */
export type Fault = { readonly pointer: string; readonly detail: string };

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

const CALL_OUTCOMES = ['ok', 'refused', 'unknown'] as const;

const ACT = { taskKey: null, token: null } as const;
const REPLY = { ...ACT, kind: 'reply', language: null, inReplyTo: null, seenPosition: null, template: null } as const;

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

/** Reads what is supposed to happen at steps; faults where a step does not exist or cannot end so. */
export async function readAssumptions(
  { plan, surroundings }: Pick<Reading, 'plan' | 'surroundings'>,
  written: WrittenAssumptions,
  classified: (text: string) => Promise<Classification>,
): Promise<{ readonly read: Assumptions } | { readonly faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  const read: Record<string, Assumption> = {};
  for (const [id, { outcome, after, data }] of Object.entries(written)) {
    const asked = approvalOf(plan, id);
    const step = asked === null ? plan.steps.find((candidate) => candidate.id === id) : undefined;
    const pointer = `/assume/${id}`;
    const found =
      asked !== null
        ? oneOf(APPROVAL_OUTCOMES, outcome)
        : step === undefined
          ? 'There is no such step'
          : cannotEnd(step, outcome, data, surroundings);
    const filled = step === undefined || found !== null ? null : filledIn(step, data);
    if (found !== null) faults.push({ pointer, detail: found });
    if (filled !== null && 'problems' in filled) {
      for (const { field, detail } of filled.problems) faults.push({ pointer: `${pointer}/data/${field}`, detail });
    }
    const values = filled !== null && 'values' in filled ? filled.values : {};
    const writes = step?.kind === 'wait' && outcome === 'message';
    const text = data.text ?? '';
    read[id] = {
      outcome,
      afterMs: parseDuration(after) ?? 0,
      command:
        asked !== null
          ? decisionOf(outcome, data)
          : step?.kind === 'task'
            ? commandOf(step, outcome, data, values)
            : null,
      message: writes ? { text, classification: await classified(text) } : null,
      answer: step?.kind === 'call' ? answerOf(step, outcome, data) : null,
    };
  }
  return faults.length > 0 ? { faults } : { read };
}

type Data = WrittenAssumptions[string]['data'];

/** How an approval may be supposed to end, under `<step>.approve`. */
const APPROVAL_OUTCOMES = ['approved', 'returned'] as const;

function approvalOf(plan: Plan, id: string): StepPlan | null {
  const step = plan.steps.find((candidate) => `${candidate.id}.approve` === id);
  return step?.kind === 'task' && step.approve !== null ? step : null;
}

function decisionOf(outcome: string, { reason }: { readonly reason?: string | undefined }): Command {
  const about = { taskKey: '', token: 0 } as const;
  return outcome === 'returned'
    ? { kind: 'return', ...about, reasonCode: reason ?? 'returned' }
    : { kind: 'approve', ...about, textHash: '', edited: false };
}

function oneOf(possible: readonly string[], outcome: string): string | null {
  return possible.includes(outcome) ? null : `It can be supposed to end ${possible.join(', ')}`;
}

function cannotEnd(step: StepPlan, outcome: string, data: Data, { queues }: Surroundings): string | null {
  const possible = outcomesOf(step);
  if (!possible.includes(outcome)) {
    return possible.length === 0
      ? 'Nothing has to be supposed here'
      : `It can be supposed to end ${possible.join(', ')}`;
  }
  if (outcome !== 'done' || step.kind !== 'task' || step.task !== 'triage') return null;
  if (data.intent === undefined || data.urgency === undefined || data.queue === undefined) {
    return 'data needs intent, urgency and queue';
  }
  return queues.some(({ key }) => key === data.queue) ? null : 'There is no such queue';
}

function outcomesOf(step: StepPlan): readonly string[] {
  if (step.kind === 'send') return SEND_OUTCOMES;
  if (step.kind === 'wait') return ['message', 'timeout'];
  if (step.kind === 'call') return CALL_OUTCOMES;
  if (step.kind !== 'task') return [];
  if (step.form !== null) return step.form.outcomes;
  return step.task === 'reply' ? ['sent', 'not_needed'] : ['done'];
}

type FormStep = Extract<StepPlan, { kind: 'task' }>;
type CallStep = Extract<StepPlan, { kind: 'call' }>;

/** What is supposed to be filled in, where the step is a form. */
function filledIn(step: StepPlan, data: Data): FilledForm | null {
  return step.kind === 'task' && step.form !== null ? readForm(step.form, data) : null;
}

function answerOf({ returns }: CallStep, outcome: string, data: Data): CallAnswer | null {
  const named = CALL_OUTCOMES.find((known) => known === outcome);
  if (named === undefined) return null;
  if (named === 'ok') return { outcome: named, code: null, data: readFields(returns, data).values };
  const code = typeof data['code'] === 'string' ? data['code'] : named;
  return { outcome: named, code, data: { code } };
}

function commandOf(
  step: FormStep,
  outcome: string,
  { reason, intent, urgency, queue }: Data,
  values: Readonly<Record<string, DataScalar>>,
): Command | null {
  if (step.form !== null) return { kind: 'form', taskKey: '', token: 0, outcome, data: values };
  if (outcome === 'sent') return { ...REPLY, close: false };
  if (outcome === 'not_needed') return { ...ACT, kind: 'not_needed', reasonCode: reason ?? 'not_needed' };
  if (intent === undefined || urgency === undefined || queue === undefined) return null;
  return { kind: 'triage', taskKey: '', token: 0, intent, urgency, queue };
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
      const { text, respondBy, windowUntil, noResponseNeeded = false, thread } = event.data;
      const within = respondWithin(about.channel);
      const byRule = within === null ? null : at + within;
      const instants = { respondBy: instantOf(respondBy) ?? byRule, windowUntil: instantOf(windowUntil) };
      const classification = await classified(text);
      const message = {
        id: about.id,
        sentAt: at,
        attachments: [],
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

function momentOf(text: string, base: number): number {
  return text.startsWith('+') ? base + (parseDuration(text.slice(1)) ?? 0) : Date.parse(text);
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
