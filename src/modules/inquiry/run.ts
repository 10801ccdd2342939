import type { Plan } from '../../domain/definition/plan.js';
import { decide } from '../../domain/inquiry/decide.js';
import type { Decision, DecideInput } from '../../domain/inquiry/decide.js';
import { isSameDue, nextDue, nextSweep, nextWake, refOf } from '../../domain/inquiry/due.js';
import type { DueRef } from '../../domain/inquiry/due.js';
import type { InquiryEvent } from '../../domain/inquiry/events.js';
import type { Aside } from '../../domain/inquiry/retake.js';
import { setAside } from '../../domain/inquiry/set-aside.js';
import { emptyState } from '../../domain/inquiry/state.js';
import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Tx } from '../../platform/database/index.js';
import type { AppliedEvent, CommandState, Summary } from '../../workflows/messages.js';
import type { EventRow } from '../history/index.js';
import { UnwritableText } from './automated-text.js';
import { DecisionDefect } from './defects.js';
import { EffectWriter } from './effect-writer.js';
import type { Collected } from './effect-writer.js';
import { FactSource, slimFacts } from './fact-source.js';
import { markFailed } from './inbox.js';
import type { InboxRow } from './inbox.js';
import { taskIdOf } from './keys.js';
import type { Locked } from './locked.js';
import { stateHash } from './state-hash.js';
import type { InquiryStores } from './stores.js';

/** Things due by time that one drain applies at most; the rest follows in the next. */
const MAX_DUE = 100;

/** A decision asks for one missing fact at a time; no plan needs more than this. */
const MAX_FACTS = 500;

/** One decision with what it was taken on. */
export type Taken = {
  readonly event: InquiryEvent;
  readonly at: number;
  readonly decision: Decision;
  readonly row: InboxRow | null;
  /** Set when the event could not be decided and was put aside. */
  readonly aside: Aside | null;
};

/** What an event comes to, or would: the state it meets, the instant (epoch ms), the decision. */
export type Trial = {
  readonly event: InquiryEvent;
  readonly before: InquiryState;
  readonly now: number;
  readonly decision: Decision;
};

/** The state of one drain while it runs. */
export class Run {
  readonly before: InquiryState;
  state: InquiryState;
  /** The plan it follows by now. */
  plan: Plan;
  readonly taken: Taken[] = [];
  readonly collected: Collected;
  readonly #facts: FactSource;
  readonly #effects: EffectWriter;
  /** What time brings and is being applied. */
  #due: DueRef | null = null;

  constructor(
    readonly tx: Tx,
    readonly stores: InquiryStores,
    readonly locked: Locked,
    plan: Plan,
    readonly now: number,
  ) {
    this.plan = plan;
    this.before = locked.state ?? emptyState(locked.openedAt);
    this.state = this.before;
    this.collected = {
      position: locked.position,
      onceMarks: null,
      humanAnswered: false,
      lastAgentId: null,
      stream: [],
    };
    this.#facts = new FactSource(tx, locked, stores);
    this.expect([], 0);
    this.#effects = new EffectWriter(tx, locked, this.collected, stores);
  }

  get changed(): boolean {
    return this.taken.length > 0;
  }

  get lastSeq(): number {
    return this.taken.reduce((seq, { decision }) => seq + decision.entries.length, this.locked.lastSeq);
  }

  /** Tells decisions about buyer messages beside the row at `index`: closing yields to one that nobody can have seen. */
  expect(rows: readonly InboxRow[], index: number): void {
    const message = (list: readonly InboxRow[]): string | null =>
      list.map(({ payload }) => payload).find((payload) => payload.kind === 'message.received')?.messageId ?? null;
    this.#facts.set('unseen', message(rows.slice(0, index)));
    this.#facts.set('pending', message(rows.slice(index + 1)));
  }

  /** Applies one event. */
  async apply(event: InquiryEvent, row: InboxRow | null): Promise<void> {
    await this.#accept({ event, at: this.now, decision: await this.#firmly(event, row), row, aside: null });
  }

  /** A decision that offers work is taken again once nobody else can offer any to the same people. */
  async #firmly(event: InquiryEvent, row: InboxRow | null): Promise<Decision> {
    let decision = await this.decide(event, row);
    while (await this.#facts.reserve(choiceQueues(decision))) decision = await this.decide(event, row);
    return decision;
  }

  /** The decision on an event as things stand; nothing of it is written. */
  async decide(event: InquiryEvent, row: InboxRow | null): Promise<Decision> {
    if ('messageId' in event && event.messageId !== null) await this.#facts.messages([event.messageId]);
    const input = (): DecideInput => ({
      plan: this.plan,
      state: this.state,
      event,
      facts: this.#facts.facts,
      texts: this.#facts.texts,
      now: this.now,
    });
    return this.#withFacts(() => this.#take(input(), row), row);
  }

  /** Puts an event aside whose decision failed, by a decision of its own. */
  async putAside(defect: DecisionDefect): Promise<void> {
    const { row, due, code } = defect;
    if (row !== null) await markFailed(this.tx, row.id, code, this.now);
    const event: InquiryEvent = row?.payload ?? { kind: 'time' };
    const aside = { eventKind: event.kind, inboxId: row?.id ?? null, code, due };
    const { plan, state, now } = this;
    const decision = await this.#withFacts(
      () => setAside({ plan, state, now, facts: this.#facts.facts, ...aside }),
      row,
    );
    await this.#accept({ event, at: now, decision, row: null, aside });
  }

  async #accept(taken: Taken): Promise<void> {
    const { decision } = taken;
    this.state = decision.state;
    this.plan = decision.plan;
    this.taken.push(taken);
    await this.#write(taken);
    if (decision.effects.length > 0) {
      this.#facts.forgetVolatile();
      if (this.collected.onceMarks !== null) {
        this.#facts.set('conversation', { ...this.locked.conversation, onceMarks: this.collected.onceMarks });
      }
    }
  }

  async #write({ decision, row }: Taken): Promise<void> {
    try {
      await this.#effects.write(decision.effects, decision.plan, this.now);
    } catch (error) {
      throw error instanceof UnwritableText ? this.#defect(error.code, row, error) : error;
    }
  }

  /** Applies everything due by now, earliest first. */
  async applyDue(defects: readonly DecisionDefect[]): Promise<void> {
    for (let count = 0; count < MAX_DUE; count += 1) {
      const next = nextDue(this.state, this.now);
      if (next === null) return;
      const due = refOf(next);
      this.#due = due;
      const defect = defects.find((known) => known.due !== null && isSameDue(known.due, due));
      await (defect === undefined ? this.apply({ kind: 'time' }, null) : this.putAside(defect));
    }
  }

  /** Takes a decision again until it has all the facts it asks for. */
  async #withFacts(take: () => ReturnType<typeof decide>, row: InboxRow | null): Promise<Decision> {
    for (let asked = 0; asked < MAX_FACTS; asked += 1) {
      const decision = take();
      if (!('missing' in decision)) return decision;
      await this.#facts.load(decision.missing, this.now);
    }
    throw this.#defect('facts_without_end', row, undefined);
  }

  /** A decision that throws is a defect of ours, not a fault that goes away: it is told apart from database errors. */
  #take(input: DecideInput, row: InboxRow | null): ReturnType<typeof decide> {
    try {
      return (this.stores.decide ?? decide)(input);
    } catch (error) {
      throw this.#defect('decision_failed', row, error);
    }
  }

  #defect(code: string, row: InboxRow | null, cause: unknown): DecisionDefect {
    return new DecisionDefect(code, { row, due: row === null ? this.#due : null }, cause);
  }

  /** What was decided, each on the state the one before it led to. */
  trials(): Trial[] {
    return this.taken.map(({ event, at: now, decision }, index) => {
      return { event, before: this.taken[index - 1]?.decision.state ?? this.before, now, decision };
    });
  }

  /** When this inquiry must be looked at again, by the workflow and by the database alone. */
  wakes(): { readonly wake: number | null; readonly sweep: number | null } {
    return { wake: nextWake(this.state, this.now), sweep: nextSweep(this.state, this.now) };
  }

  summary(): Summary {
    const task = this.state.tasks[0];
    return {
      version: this.lastSeq,
      step: this.state.step,
      nextWake: this.wakes().wake,
      openTask: task === undefined ? null : { id: taskIdOf(this.locked.id, task.key), kind: task.kind },
      done: this.state.closedAt !== null,
    };
  }

  /** History rows of the decisions taken. */
  events(): EventRow[] {
    return this.taken.map(({ event, at, decision, row, aside }) => ({
      at,
      kind: aside === null ? event.kind : 'event.failed',
      entries: decision.entries,
      decision: {
        event,
        ...(aside === null ? {} : { aside }),
        inboxId: row?.id ?? null,
        facts: slimFacts(decision.facts),
        answers: decision.answers,
        effects: decision.effects,
        after: stateHash(decision.state),
      },
    }));
  }

  /** What the decisions of this drain answered commands with. */
  answers(): ReadonlyMap<string, CommandState> {
    const effects = this.taken.flatMap(({ decision }) => decision.effects);
    return new Map(
      effects.flatMap((effect) => (effect.do === 'answer_command' ? [[effect.commandId, effect.outcome.state]] : [])),
    );
  }

  applied(): AppliedEvent[] {
    let seq = this.locked.lastSeq;
    return this.taken.map(({ event, decision }) => {
      const first = seq + 1;
      seq += decision.entries.length;
      const brought = [...new Set(decision.entries.map((entry) => entry.kind))];
      return { kind: event.kind, seq: [first, seq], step: decision.state.step, brought };
    });
  }
}

/** Queues among whose members a decision chose. */
function choiceQueues({ entries }: Decision): string[] {
  return entries.filter(({ kind }) => kind === 'assignment.chosen').map(({ data }) => String(data['queue']));
}
