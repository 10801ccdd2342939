import { labels } from '../calendar/days.js';
import type { Calendar } from '../calendar/types.js';
import { isOpen, nextOpening } from '../calendar/working-time.js';
import type { Expression, Plan } from '../definition/plan.js';
import { withoutPersonal } from '../task/form.js';
import { checkExpression, evaluateExpression, referencedPaths } from '../expression/expression.js';
import type { JsonValue } from '../expression/expression.js';
import type { Because, Effect, Entry, EntryActor } from './effects.js';
import type { FactBook } from './facts.js';
import { ApprovalScope, defined, Scope } from './scope.js';
import type { About } from './scope.js';
import type { InquiryState } from './state.js';

/** Text of messages by id, for expressions only; never recorded. */
export type Texts = Readonly<Record<string, string>>;

/** What an expression came to when a decision was first taken, in the order asked. */
export type ExpressionAnswer = { readonly id: string; readonly value: JsonValue; readonly error?: string };

type CourseInput = {
  readonly plan: Plan;
  readonly state: InquiryState;
  readonly facts: FactBook;
  readonly texts: Texts;
  readonly answers: readonly ExpressionAnswer[];
  readonly now: number;
  readonly actor: EntryActor;
};

/** Paths whose values are somebody's words and must not be written down. */
const TEXT_PATHS = new Set(['message.text', 'reply.text']);

/**
 * One decision being taken: the state so far, the entries and effects it has produced, and access to facts. Everything
 * a step or command does goes through it.
 */
export class Course {
  readonly facts: FactBook;
  readonly now: number;
  readonly actor: EntryActor;
  state: InquiryState;
  #plan: Plan;
  readonly entries: Entry[] = [];
  readonly effects: Effect[] = [];
  readonly answers: ExpressionAnswer[] = [];
  #jump: string | null = null;
  #jumped = false;
  readonly #texts: Texts;
  readonly #given: readonly ExpressionAnswer[];
  #scope: Scope | null = null;
  readonly #parts = new Map<string, Readonly<Record<string, unknown>>>();

  constructor(input: CourseInput) {
    this.#plan = input.plan;
    this.state = input.state;
    this.facts = input.facts;
    this.now = input.now;
    this.actor = input.actor;
    this.#texts = input.texts;
    this.#given = input.answers;
  }

  /** The plan the inquiry follows. */
  get plan(): Plan {
    return this.#plan;
  }

  /** From here on the inquiry follows another plan, with the state it has. */
  follow(plan: Plan): void {
    this.#plan = plan;
    this.#scope = null;
    this.#parts.clear();
  }

  /** Replaces parts of the state. */
  set(part: Partial<InquiryState>): void {
    this.state = { ...this.state, ...part };
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Writes a history entry; the definition is added to the reasons of each. */
  record(
    kind: string,
    data: Readonly<Record<string, unknown>> = {},
    because: Omit<Because, 'definition'> = {},
    actor: EntryActor = { kind: 'system' },
  ): void {
    const { key, version, checksum } = this.plan;
    this.entries.push({
      kind,
      actor,
      step: this.state.step,
      because: { definition: { key, version, checksum }, ...because },
      data,
    });
  }

  /** Asks to move the token to `step`; false when an earlier `goto` of this event already won. */
  jumpTo(step: string): boolean {
    if (this.#jumped) return false;
    this.#jump = step;
    this.#jumped = true;
    return true;
  }

  /** The step a `goto` asked for, once. */
  takeJump(): string | null {
    const jump = this.#jump;
    this.#jump = null;
    return jump;
  }

  /** The house calendar: the shop's own, else the definition's, else null (always open). */
  calendar(own: string | null = null): Calendar | null {
    const key = own ?? this.facts.get('shop').calendar ?? this.plan.calendar;
    return key === null ? null : this.facts.get('calendar', key);
  }

  /** Evaluates a condition; one that fails is false and recorded as `expression.failed`. */
  test(expression: Expression, because: Omit<Because, 'definition'> = {}, about?: About): boolean {
    const answer = this.evaluate(expression, because, about);
    return answer === true;
  }

  /** The value of an expression, null when it failed. */
  evaluate(expression: Expression, because: Omit<Because, 'definition'> = {}, about?: About): JsonValue {
    const answer = this.#answer(expression, about);
    this.answers.push(answer);
    if (answer.error !== undefined) {
      this.record('expression.failed', { error: answer.error }, { ...because, expression: expression.source });
      return null;
    }
    return answer.value;
  }

  /** Whether the value of an expression is an instant (epoch ms) and not merely a number. */
  yieldsInstant(expression: Expression): boolean {
    const check = checkExpression(expression.source, { data: this.plan.data, expect: 'any' });
    return check.ok && check.type === 'timestamp';
  }

  /** Values of the paths an expression reads, as far as they may be written down. */
  valuesOf(expression: Expression): Readonly<Record<string, unknown>> {
    const context = this.#context();
    const data = withoutPersonal(this.plan, this.state.data);
    const values: Record<string, unknown> = {};
    for (const path of referencedPaths(expression.source)) {
      values[path] = TEXT_PATHS.has(path) ? '(text)' : read(path.split('.')[0] === 'data' ? { data } : context, path);
    }
    return values;
  }

  #answer(expression: Expression, about: About | undefined): ExpressionAnswer {
    const recorded = this.#given[this.answers.length];
    if (recorded?.id === expression.id && !this.#textsSuffice(expression, about)) return recorded;
    const context = about === undefined ? this.#context() : new ApprovalScope(this, this.#texts, about);
    const scope = about === undefined ? 'definition' : 'approval';
    const result = evaluateExpression(expression.source, this.plan.data, context, scope);
    return result.ok
      ? { id: expression.id, value: result.value }
      : { id: expression.id, value: null, error: result.error };
  }

  /** False when the expression reads a text that is gone, so that only the recorded answer can stand. */
  #textsSuffice(expression: Expression, about: About | undefined): boolean {
    const paths = referencedPaths(expression.source);
    const gone = (path: string, id: string | null): boolean =>
      id !== null && paths.includes(path) && !(id in this.#texts);
    return !gone('message.text', this.state.newestMessageId) && !gone('reply.text', about?.textOf ?? null);
  }

  /** A part of what expressions see that stays the same throughout a decision, made when it is first read. */
  once(name: string, make: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const part = this.#parts.get(name) ?? make();
    this.#parts.set(name, part);
    return part;
  }

  /** What expressions see of the state as it is now. */
  #context(): Scope {
    if (this.#scope?.state !== this.state) this.#scope = new Scope(this, this.#texts, this.#scope);
    return this.#scope;
  }

  /** The house calendar at the decision's instant. */
  get day(): Readonly<Record<string, unknown>> {
    return this.once('day', () => {
      const { now } = this;
      const calendar = this.calendar();
      return defined({
        open: calendar === null || isOpen(calendar, now),
        nextOpening: calendar === null ? now : nextOpening(calendar, now),
        labels: calendar === null ? [] : labels(calendar, now),
      });
    });
  }
}

function read(context: object, path: string): unknown {
  let value: unknown = context;
  for (const segment of path.split('.')) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[segment];
  }
  return value ?? null;
}
