import type { LevelPlan, ObligationPlan, Plan, StepPlan } from './plan.js';
import { actionWords, anchorText, inWords, withinText } from './plan-words.js';
import type { Json } from './plan-words.js';
import { templateUses } from './template-uses.js';
import { waysOut } from './ways-out.js';

/** What a definition is made of, as far as a reader of changes tells it apart. */
export const DEFINITION_PARTS = [
  'definition',
  'data',
  'event',
  'obligation',
  'chain',
  'rule',
  'step',
  'template',
] as const;
export type DefinitionPart = (typeof DEFINITION_PARTS)[number];

/** A value that is another one now, at a dotted place within its part; null = absent. */
export type FieldChange = { readonly name: string; readonly before: Json; readonly after: Json };

/** One part that came, went or means something else. */
export type PlanChange = {
  readonly part: DefinitionPart;
  /** Its id, name or key; of the definition itself its key. */
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** In words of the language; none for what came or went. */
  readonly fields: readonly FieldChange[];
};

type Words = { readonly [name: string]: Json };
type Parts = ReadonlyMap<string, Words>;

/**
 * What an operator has to look at between two versions of a definition, by meaning: comments, spelling, defaults that are
 * written out and jumps to where the token went anyway are no change. In the order of the parts; within one, as the newer
 * version has them, what is gone at the end.
 */
export function planChanges(from: Plan, to: Plan): readonly PlanChange[] {
  return DEFINITION_PARTS.flatMap((part) => partChanges(part, DESCRIBED[part](from, to), DESCRIBED[part](to, from)));
}

function partChanges(part: DefinitionPart, before: Parts, after: Parts): readonly PlanChange[] {
  const kept = [...after].flatMap(([id, words]): readonly PlanChange[] => {
    const earlier = before.get(id);
    if (earlier === undefined) return [{ part, id, change: 'added', fields: [] }];
    const fields = differences('', earlier, words);
    return fields.length === 0 ? [] : [{ part, id, change: 'changed', fields }];
  });
  const gone = [...before.keys()].filter((id) => !after.has(id));
  return [...kept, ...gone.map((id): PlanChange => ({ part, id, change: 'removed', fields: [] }))];
}

function differences(place: string, before: Json, after: Json): readonly FieldChange[] {
  if (!isRecord(before) || !isRecord(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ name: place, before, after }];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differences(place === '' ? name : `${place}.${name}`, before[name] ?? null, after[name] ?? null),
  );
}

const isRecord = (value: Json): value is Words => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of a plan; `other` is what it is compared with. */
const DESCRIBED: Readonly<Record<DefinitionPart, (plan: Plan, other: Plan) => Parts>> = {
  definition: (plan, other) => new Map([[plan.key, wholeWords(plan, other)]]),
  data: (plan) =>
    new Map(Object.entries(plan.data).flatMap(([name, type]) => (typeof type === 'string' ? [[name, { type }]] : []))),
  event: (plan) => new Map(Object.entries(plan.events)),
  obligation: (plan) => new Map(plan.obligations.map((obligation) => [obligation.name, obligationWords(obligation)])),
  chain: (plan) => new Map(Object.entries(plan.escalations).map(([key, levels]) => [key, chainWords(levels)])),
  rule: (plan) =>
    new Map(
      plan.rules.map(({ id, when, do: actions, stop }) => [
        id,
        { when: when.source, do: actions.map(actionWords), stop },
      ]),
    ),
  step: (plan) => new Map(plan.steps.map((step) => [step.id, stepWords(plan, step)])),
  template: (plan) => new Map(templateUses(plan).map(({ template }) => [template, {}])),
};

function wholeWords(plan: Plan, other: Plan): Words {
  const { title, calendar, channels, steps } = plan;
  const shared = new Set(other.rules.map(({ id }) => id));
  return {
    ...{ title, calendar, channels },
    start: steps[0]?.id ?? null,
    // Rules are tried in their order; those that only one of the two has are told of as added or removed.
    ruleOrder: plan.rules.flatMap(({ id }) => (shared.has(id) ? [id] : [])),
  };
}

function obligationWords({ name: _name, targets, ...obligation }: ObligationPlan): Words {
  const within = targets.map(({ when, within }) => {
    return when === null ? { is: withinText(within) } : { when: when.source, is: withinText(within) };
  });
  const [only] = targets;
  const isOne = targets.length === 1 && only?.when === null;
  return { within: isOne ? withinText(only.within) : within, ...(inWords(obligation) as Words) };
}

/** What a chain does by moment; two levels of one moment are one. */
function chainWords(levels: readonly LevelPlan[]): Words {
  const moments = Map.groupBy(levels, anchorText);
  return Object.fromEntries(
    [...moments].map(([moment, those]) => [moment, those.flatMap((level) => level.do.map(actionWords))]),
  );
}

function stepWords(plan: Plan, step: StepPlan): Words {
  const { id: _id, on: _on, goto: _goto, ...own } = step;
  const ways = waysOut(plan, step).filter(({ when }) => when === null);
  const leads = Object.fromEntries(ways.map(({ outcome, to }) => [outcome ?? 'next', to]));
  return { ...(inWords(own) as Words), leads };
}
