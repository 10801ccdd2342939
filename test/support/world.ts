import { classify } from '../../src/domain/classification/classify.js';
import { SHIPPED_RULES } from '../../src/domain/classification/rules/shipped.js';
import type { Calendar, CalendarSpec } from '../../src/domain/calendar/types.js';
import type { Plan } from '../../src/domain/definition/plan.js';
import { decide } from '../../src/domain/inquiry/decide.js';
import type { Decision } from '../../src/domain/inquiry/decide.js';
import { nextDue, nextSweep, nextWake } from '../../src/domain/inquiry/due.js';
import type { CallEffect, CommandOutcome, Effect, Entry, SendEffect } from '../../src/domain/inquiry/effects.js';
import type {
  CallAnsweredEvent,
  Command,
  InquiryEvent,
  LinkedOpening,
  ReceiptStatus,
} from '../../src/domain/inquiry/events.js';
import type { MemberFacts, TaskFacts } from '../../src/domain/inquiry/facts.js';
import type { MemberReach } from '../../src/domain/notice/means.js';
import type { Roster } from '../../src/domain/roster/types.js';
import { emptyState } from '../../src/domain/inquiry/state.js';
import type { InquiryState, ObligationState } from '../../src/domain/inquiry/state.js';
import { checkDefinition } from '../../src/modules/definition/language/index.js';
import { definitionEnvironment, shippedDefinition } from './definition-environment.js';

const MINUTE = 60_000;

/** A Monday, 10:00 in São Paulo, with every office open. */
export const MONDAY = Date.UTC(2026, 10, 23, 13);

/** By text: a plan is never changed, and most tests of a file ask for the same one. */
const plans = new Map<string, Plan>();

/** The plan of a definition's text in the demo tenant's surroundings. */
export function planOf(text: string): Plan {
  const known = plans.get(text);
  if (known !== undefined) return known;
  const check = checkDefinition(text, 'application/yaml', definitionEnvironment());
  if (!check.plan) throw new Error(JSON.stringify(check.problems, null, 1));
  const plan = { ...check.plan, version: 1 };
  plans.set(text, plan);
  return plan;
}

/** The shipped standard definition. */
export function standardPlan(): Plan {
  return planOf(shippedDefinition('standard-br.yaml'));
}

export type WorldOptions = {
  readonly plan?: Plan;
  /** Other versions of its definition. */
  readonly versions?: readonly Plan[];
  readonly now?: number;
  /** Calendar key of the shop; `null` leaves the definition's. */
  readonly shopCalendar?: string | null;
  readonly members?: readonly MemberFacts[];
  /** Who works when, in every queue. */
  readonly roster?: Roster;
  /** By which means members can be told, by id; those not named by none but inside Atende. */
  readonly reach?: Readonly<Record<string, MemberReach>>;
  readonly oneAnswer?: boolean;
  readonly buyerValue?: number;
  readonly holdMs?: number;
  readonly windowUntil?: number;
  /** Versions beside the shipped ones, which are version 1, by `key@version`. */
  readonly calendars?: ReadonlyMap<string, Calendar>;
};

/** One event applied, with the decision it led to. */
export type Step = {
  readonly at: number;
  readonly event: InquiryEvent;
  readonly before: InquiryState;
  readonly decision: Decision;
};

/**
 * The world around one inquiry, without database or engine: it keeps what a drain would keep, supplies the facts decisions
 * ask for, and carries out their effects on itself. Time moves only when told to.
 */
export class World {
  plan: Plan;
  readonly steps: Step[] = [];
  readonly sends: SendEffect[] = [];
  readonly calls: CallEffect[] = [];
  readonly outcomes = new Map<string, CommandOutcome>();
  readonly tasks = new Map<string, TaskFacts & { readonly kind: string; readonly ended: string | null }>();
  readonly #options: WorldOptions;
  readonly #begunOn: Plan;
  readonly #messages = new Map<
    string,
    {
      id: string;
      position: number;
      sentAt: number;
      text: string;
      noResponseNeeded: boolean;
      automated: boolean;
      respondBy: number | null;
    }
  >();
  readonly #handedOver = new Set<string>();
  readonly #words: Record<string, string> = {};
  readonly #asked = new Set<string>();
  readonly #onceMarks: Record<string, number> = {};
  #windowUntil: number | null;
  now: number;
  state: InquiryState;
  #position = 0;
  #commands = 0;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.#windowUntil = options.windowUntil ?? null;
    this.plan = options.plan ?? standardPlan();
    this.#begunOn = this.plan;
    this.now = options.now ?? MONDAY;
    this.state = emptyState(this.now);
  }

  /** The history so far. */
  get entries(): readonly Entry[] {
    return this.steps.flatMap(({ decision }) => decision.entries);
  }

  /** Entries of one kind, newest last. */
  of(kind: string): readonly Entry[] {
    return this.entries.filter((entry) => entry.kind === kind);
  }

  /** The newest instance of an obligation. */
  obligation(name: string): ObligationState {
    const found = this.state.obligations.findLast((obligation) => obligation.name === name);
    if (!found) throw new Error(`No ${name}`);
    return found;
  }

  /** Effects of one kind, in order. */
  effects<K extends Effect['do']>(kind: K): Extract<Effect, { do: K }>[] {
    return this.steps.flatMap(({ decision }) => decision.effects.filter((effect) => effect.do === kind)) as never;
  }

  /** The buyer's first message opens the inquiry. */
  open(
    text = 'Oi, quando chega o meu pedido?',
    more: {
      backfill?: boolean;
      linked?: LinkedOpening;
      noResponseNeeded?: boolean;
      automated?: boolean;
      respondBy?: number;
    } = {},
  ): this {
    const messageId = this.#message(text, more);
    return this.apply({
      kind: 'inquiry.opened',
      messageId,
      backfill: more.backfill ?? false,
      linked: more.linked ?? null,
    });
  }

  /** A further buyer message. */
  message(text = 'Alguma novidade?'): this {
    return this.apply({ kind: 'message.received', messageId: this.#message(text, {}) });
  }

  /** The channel takes answers until then (epoch ms) from now on. */
  window(until: number): this {
    this.#windowUntil = until;
    return this;
  }

  /** Somebody has the inquiry go on by another version of its definition. */
  migrate(version: number, steps: Readonly<Record<string, string>> = {}): this {
    const actor = { memberId: 'the-ops', role: 'ops' };
    return this.apply({ kind: 'definition.changed', migrationId: `migration-${version}`, version, steps, actor });
  }

  /** What the channel says about a send; the last one unless named. */
  receipt(status: ReceiptStatus, options: { send?: string; at?: number; reason?: string } = {}): this {
    const send = options.send ?? `send:${this.state.counters.send}`;
    this.#handedOver.add(send);
    return this.apply({
      kind: 'delivery.receipt',
      send,
      status,
      at: options.at ?? this.now,
      reason: options.reason ?? null,
    });
  }

  /** An outside system is being asked; the last call unless named. */
  ask(call = `call:${this.state.counters.call}`): this {
    this.#asked.add(call);
    return this;
  }

  /** What became of a call; the last one unless named. */
  answer(
    outcome: CallAnsweredEvent['outcome'],
    more: Partial<Pick<CallAnsweredEvent, 'call' | 'code' | 'data'>> = {},
  ): this {
    const { call = `call:${this.state.counters.call}`, code = null, data = {} } = more;
    this.#asked.add(call);
    return this.apply({ kind: 'call.answered', call, outcome, code, attempts: 1, at: this.now, data });
  }

  external(author: 'human' | 'automated' | 'unknown' = 'human'): this {
    return this.apply({ kind: 'reply.external', messageId: `ext:${(this.#position += 1)}`, author, at: this.now });
  }

  /** Hands in a command and gives its outcome. */
  command(command: Command, memberId = 'ana', role = 'agent', text: string | null = null): CommandOutcome {
    const commandId = `c${(this.#commands += 1)}`;
    if (text !== null) this.#words[commandId] = text;
    this.apply({ kind: 'command', commandId, actor: { memberId, role }, command });
    const outcome = this.outcomes.get(commandId);
    if (!outcome) throw new Error('The command was not answered');
    return outcome;
  }

  reply(more: Partial<Extract<Command, { kind: 'reply' }>> = {}, memberId = 'ana'): CommandOutcome {
    return this.command(
      {
        kind: 'reply',
        taskKey: null,
        token: null,
        language: null,
        inReplyTo: null,
        seenPosition: null,
        close: false,
        template: null,
        ...more,
      },
      memberId,
    );
  }

  /** Somebody claims the newest open task; gives its key and token. */
  claim(memberId = 'ana', leaseMs = 20 * MINUTE): { key: string; token: number } {
    const task = this.state.tasks.at(-1);
    const known = task === undefined ? undefined : this.tasks.get(task.key);
    if (!task || !known) throw new Error('No open task');
    const token = known.token + 1;
    this.tasks.set(task.key, {
      ...known,
      holderId: memberId,
      token,
      leaseUntil: this.now + leaseMs,
      offeredTo: null,
      offerUntil: null,
    });
    return { key: task.key, token };
  }

  /** Lets time pass, doing on the way what wakes and sweeps would do, each at its instant. */
  advance(ms: number): this {
    const until = this.now + ms;
    for (let guard = 0; guard < 1_000; guard += 1) {
      const times = [nextWake(this.state, this.now), nextSweep(this.state, this.now)].filter((at) => at !== null);
      const next = Math.min(...times.map((at) => Math.max(at, this.now)));
      if (!Number.isFinite(next) || next > until) break;
      if (next === this.now && nextDue(this.state, this.now) === null) break;
      this.now = next;
      this.drainTime();
    }
    this.now = until;
    return this;
  }

  /** Lets time pass with nobody working, then does everything due at once, late. */
  sleep(ms: number): this {
    this.now += ms;
    return this.drainTime();
  }

  drainTime(): this {
    for (let guard = 0; guard < 200 && nextDue(this.state, this.now) !== null; guard += 1) this.apply({ kind: 'time' });
    return this;
  }

  /** Applies one event as a drain would. */
  apply(event: InquiryEvent): this {
    const before = this.state;
    const decision = this.#decide(event);
    this.state = decision.state;
    this.plan = decision.plan;
    this.steps.push({ at: this.now, event, before, decision });
    for (const effect of decision.effects) this.#carryOut(effect);
    return this;
  }

  /** Takes every decision again from what was recorded; true when each comes out the same. */
  replays(): boolean {
    let state = emptyState(this.steps[0]?.before.openedAt ?? this.now);
    let plan = this.#begunOn;
    return this.steps.every(({ at, event, decision }) => {
      const again = decide({
        plan,
        state,
        event,
        facts: decision.facts,
        texts: {},
        answers: decision.answers,
        now: at,
      });
      if ('missing' in again) return false;
      ({ state, plan } = again);
      const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
      return (
        same(again.state, decision.state) &&
        same(again.effects, decision.effects) &&
        same(again.entries, decision.entries)
      );
    });
  }

  #message(text: string, more: { noResponseNeeded?: boolean; automated?: boolean; respondBy?: number }): string {
    const position = (this.#position += 1);
    const id = `m${position}`;
    const { noResponseNeeded = false, automated = false, respondBy = null } = more;
    this.#messages.set(id, { id, position, sentAt: this.now, text, noResponseNeeded, automated, respondBy });
    return id;
  }

  #decide(event: InquiryEvent): Decision {
    const facts: Record<string, unknown> = {};
    for (let asked = 0; asked < 200; asked += 1) {
      const texts = {
        ...Object.fromEntries([...this.#messages.values()].map(({ id, text }) => [id, text])),
        ...this.#words,
      };
      const decision = decide({ plan: this.plan, state: this.state, event, facts, texts, now: this.now });
      if (!('missing' in decision)) return decision;
      facts[decision.missing] = this.#fact(decision.missing);
    }
    throw new Error('The decision never has enough facts');
  }

  #fact(key: string): unknown {
    const { oneAnswer = false, buyerValue = 0, holdMs = 0 } = this.#options;
    const [word, name = ''] = key.split(/:(.*)/s);
    switch (word) {
      case 'shop':
        return {
          id: 'shop',
          key: 'demo',
          channel: 'webhook',
          country: 'BR',
          language: 'pt-BR',
          calendar: this.#options.shopCalendar === undefined ? 'always' : this.#options.shopCalendar,
          holdMs,
          verdictTimeoutMs: 15 * MINUTE,
          form: 'chat',
          automatedSends: true,
        };
      case 'buyer':
        return { id: 'buyer', returning: false, blocked: false, tags: [], value: buyerValue, language: 'pt-BR' };
      case 'conversation':
        return {
          windowUntil: this.#windowUntil,
          oneAnswer,
          humanAnswered: false,
          lastAgentId: null,
          onceMarks: { ...this.#onceMarks },
        };
      case 'pending':
      case 'unseen':
        return null;
      case 'message':
        return this.#messageFacts(name);
      case 'calendar':
        return this.#options.calendars?.get(name) ?? calendarFacts(name.split('@')[0] ?? '');
      case 'plan':
        return this.#options.versions?.find(({ key: of, version }) => `${of}@${version}` === name);
      case 'queue':
        return ['sales-br', 'night-sz', 'supervisors'].includes(name)
          ? {
              key: name,
              calendar: calendarFacts('always'),
              roster: this.#options.roster ?? null,
              members: this.#members(),
              lastChosen: null,
              cap: null,
            }
          : null;
      case 'defaultQueue':
        return 'sales-br';
      case 'template':
        return ['pt-BR', 'es', 'en', 'zh-CN'].flatMap((locale) =>
          ['letter', 'chat'].map((form) => ({ locale, form, version: 1 })),
        );
      case 'task': {
        const task = this.tasks.get(name);
        return task === undefined || task.ended !== null ? null : task;
      }
      case 'role':
        return name === 'supervisor' || name === 'ops'
          ? [{ id: `the-${name}`, role: name, queues: ['sales-br'], languages: [], skills: [] }]
          : [];
      case 'member':
        return this.#members().some((member) => member.id === name)
          ? {
              id: name,
              role: 'agent',
              queues: ['sales-br'],
              languages: ['pt-BR'],
              skills: name === 'ana' ? ['new'] : [],
            }
          : null;
      case 'reach':
        return this.#options.reach?.[name] ?? { email: false, webhook: false };
      case 'content':
        return { hash: `hash of ${name}`, translated: false, attachments: [] };
      case 'send':
        return { handedOver: this.#handedOver.has(name) };
      case 'call':
        return { asked: this.#asked.has(name) };
      default:
        throw new Error(`An unknown fact: ${key}`);
    }
  }

  #members(): readonly MemberFacts[] {
    const agent = (id: string): MemberFacts => ({
      id,
      role: 'agent',
      languages: [],
      skills: [],
      away: false,
      substituteId: null,
      openTasks: 0,
      capacity: 50,
    });
    return this.#options.members ?? [agent('ana'), agent('bruno')];
  }

  #messageFacts(id: string): unknown {
    const message = this.#messages.get(id);
    if (!message) throw new Error(`No message ${id}`);
    const { position, sentAt, text, noResponseNeeded, automated, respondBy } = message;
    return {
      id,
      position,
      sentAt,
      attachments: [],
      classification: classify(text, 'pt-BR', SHIPPED_RULES),
      respondBy,
      noResponseNeeded,
      ...(automated ? { automated } : {}),
    };
  }

  #carryOut(effect: Effect): void {
    if (effect.do === 'send') {
      this.#position += 1;
      this.sends.push(effect);
    } else if (effect.do === 'call') {
      this.calls.push(effect);
    } else if (effect.do === 'open_task') {
      const offer = effect.offer;
      this.tasks.set(effect.task, {
        key: effect.task,
        kind: effect.kind,
        holderId: null,
        leaseUntil: null,
        token: 0,
        offeredTo: offer?.memberId ?? null,
        offerUntil: offer?.until ?? null,
        ended: null,
      });
    } else if (effect.do === 'end_task') {
      this.#change(effect.task, { ended: effect.as });
    } else if (effect.do === 'requeue_task') {
      const known = this.tasks.get(effect.task);
      this.#change(effect.task, {
        holderId: null,
        leaseUntil: null,
        token: (known?.token ?? 0) + 1,
        offeredTo: effect.offer?.memberId ?? null,
        offerUntil: effect.offer?.until ?? null,
      });
    } else if (effect.do === 'await_approval') {
      const known = this.tasks.get(effect.task);
      const nobody = { holderId: null, leaseUntil: null, offeredTo: null, offerUntil: null };
      this.#change(effect.task, { ...nobody, token: (known?.token ?? 0) + 1 });
    } else if (effect.do === 'mark_once') {
      this.#onceMarks[effect.id] = effect.until;
    } else if (effect.do === 'answer_command') {
      if (this.outcomes.has(effect.commandId)) throw new Error('A command was answered twice');
      this.outcomes.set(effect.commandId, effect.outcome);
    }
  }

  #change(key: string, part: Partial<TaskFacts & { ended: string | null }>): void {
    const known = this.tasks.get(key);
    if (known) this.tasks.set(key, { ...known, ...part });
  }
}

function calendarFacts(key: string): { key: string; version: number; spec: CalendarSpec } {
  const known = CALENDARS.get(key);
  if (!known) throw new Error(`No calendar ${key}`);
  return known;
}

const CALENDARS = new Map(
  definitionEnvironment().calendars.map(({ key, spec }) => [key, { key, version: 1, spec }] as const),
);
