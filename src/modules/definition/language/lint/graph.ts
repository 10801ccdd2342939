import type { DefinitionDocument } from '../schema/schema.js';
import type { StepDocument, StepKind } from '../schema/steps.js';
import { STEP_KINDS } from '../schema/steps.js';
import { actionsOf } from '../walk.js';

/** A way out of a step; `to` = null at the end of the list or when the target does not exist. */
export type Edge = { readonly outcome: string | null; readonly to: string | null };

/** What a step does. */
export function kindOf(step: StepDocument): StepKind {
  return STEP_KINDS.find((kind) => step[kind] !== undefined) ?? 'classify';
}

const WAITED = 'event:';

/** The outcomes a step can have (docs/definitions.md); none = it just goes on. */
export function outcomesOf(step: StepDocument): readonly string[] {
  const { task, wait } = step;
  if (task) {
    const own = { reply: ['sent', 'not_needed'], triage: ['done'], form: task.outcomes ?? [] }[task.kind];
    return task.expires === undefined ? own : [...own, 'expired'];
  }
  if (wait) {
    const awaited = wait.for ?? ['buyer_message'];
    const ends = awaited.map((what) => (what.startsWith(WAITED) ? what.slice(WAITED.length) : 'message'));
    return wait.until === undefined ? ends : [...ends, 'timeout'];
  }
  if (step.send) return ['sent', 'refused'];
  if (step.assign) return ['assigned', 'nobody'];
  if (step.call) return ['ok', 'refused', 'unknown'];
  return step.faq ? ['answered', 'no_match', 'refused'] : [];
}

/** The ways the token can take through the steps of a definition. */
export class Graph {
  readonly start: string;
  readonly steps: ReadonlyMap<string, StepDocument>;
  readonly #edges: ReadonlyMap<string, readonly Edge[]>;
  readonly #jumps: readonly string[];

  constructor(document: DefinitionDocument) {
    const { steps } = document;
    this.steps = new Map(steps.toReversed().map((step) => [step.id, step]));
    this.start = steps[0]?.id ?? '';
    this.#edges = new Map(steps.map((step, index) => [step.id, this.#edgesOf(step, steps[index + 1]?.id ?? null)]));
    this.#jumps = actionsOf(document).flatMap(({ action }) => (action.goto === undefined ? [] : [action.goto]));
  }

  edges(id: string): readonly Edge[] {
    return this.#edges.get(id) ?? [];
  }

  /** Steps that follow a step. */
  targets(id: string): readonly string[] {
    return this.edges(id).flatMap(({ to }) => (to === null ? [] : [to]));
  }

  /** Steps the token can come to from `from`, those included; `follow` says which ways out of a step count. */
  reach(from: Iterable<string>, follow: (step: StepDocument) => readonly Edge[]): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const step = this.steps.get(id);
      if (!step || found.has(id)) continue;
      found.add(id);
      for (const { to } of follow(step)) if (to !== null) open.push(to);
    }
    return found;
  }

  /** Everything the token can come to, through gotos of rules and levels too. */
  reachable(): ReadonlySet<string> {
    return this.reach([this.start, ...this.#jumps], (step) => this.edges(step.id));
  }

  #edgesOf(step: StepDocument, next: string | null): readonly Edge[] {
    if (step.close) return [];
    const target = (id: string | null): string | null => (id !== null && this.steps.has(id) ? id : null);
    const onward = target(step.goto ?? next);
    const outcomes = outcomesOf(step);
    const choices = (step.choose ?? []).map(({ goto }) => ({ outcome: null, to: target(goto) }));
    if (outcomes.length === 0) return [...choices, { outcome: null, to: onward }];
    const on = new Map(Object.entries(step.on ?? {}));
    return outcomes.map((outcome) => ({ outcome, to: on.has(outcome) ? target(on.get(outcome) ?? null) : onward }));
  }
}

/** True for steps at which the token rests until something happens. */
export function rests(step: StepDocument): boolean {
  return step.task !== undefined || step.wait !== undefined;
}

/** The ways out of a step that the buyer's messages alone can take: none out of a task, one out of a wait. */
export function messageEdges(graph: Graph, step: StepDocument): readonly Edge[] {
  if (step.task) return [];
  return step.wait ? graph.edges(step.id).filter(({ outcome }) => outcome === 'message') : graph.edges(step.id);
}
