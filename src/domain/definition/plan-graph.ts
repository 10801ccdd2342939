import { GRAPH_WORDS } from './graph-words.js';
import type { GraphWords } from './graph-words.js';
import { ownLocale, textIn } from './localized.js';
import type { ActionPlan, NotifyPlan, ObligationPlan, Plan, SetPlan, StepPlan } from './plan.js';
import { anchorText, inWords, withinText } from './plan-words.js';
import type { Json } from './plan-words.js';
import { waysOut } from './ways-out.js';

/** What a node stands for; a step by what it does. */
export type NodeKind = StepPlan['kind'] | 'obligation' | 'level' | 'rule';

/** A node; `id` is unique within the graph and says what it stands for, `lines` are its label. */
export type GraphNode = { readonly id: string; readonly kind: NodeKind; readonly lines: readonly string[] };

/** An arrow: the token's way (`flow`), what belongs together or comes later in time (`aside`), a jump (`jump`). */
export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  readonly label: string | null;
  readonly kind: 'flow' | 'aside' | 'jump';
};

/** Nodes drawn together under a heading. */
export type GraphGroup = { readonly label: string; readonly nodes: readonly GraphNode[] };

/** A definition to look at: its steps, and beside them its obligations, chains and rules in groups. */
export type PlanGraph = {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly groups: readonly GraphGroup[];
  readonly edges: readonly GraphEdge[];
};

/** Characters of a text written by operators that a label shows; the text itself is in the definition. */
const LONGEST = 48;

/**
 * The graph of a plan: steps with their outcomes, obligations with their chains, rules with their jumps.
 *
 * @param locale language of the title and of the words around the definition's own names
 */
export function graphOf(plan: Plan, locale: string): PlanGraph {
  const words = GRAPH_WORDS[ownLocale(locale)];
  const obligations = plan.obligations.map((obligation) => obligationNode(obligation, words));
  const rules = plan.rules.map(({ id, when, do: actions }): GraphNode => {
    return { id: `rule:${id}`, kind: 'rule', lines: [id, shortened(when.source), ...actionLines(actions, words)] };
  });
  const chains = Object.entries(plan.escalations).map(([key, levels]) => ({
    label: `${words.chain} ${key}`,
    nodes: levels.map((level, index): GraphNode => {
      const lines = [anchorText(level), ...actionLines(level.do, words)];
      return { id: levelId(key, index), kind: 'level', lines };
    }),
  }));
  const besides = [{ label: words.obligations, nodes: obligations }, ...chains, { label: words.rules, nodes: rules }];
  return {
    title: textIn(plan.title, locale),
    nodes: plan.steps.map((step) => stepNode(step, words)),
    groups: besides.filter(({ nodes }) => nodes.length > 0),
    edges: [...flowEdges(plan, words), ...chainEdges(plan), ...jumpEdges(plan, words)],
  };
}

const stepId = (id: string): string => `step:${id}`;
const levelId = (chain: string, index: number): string => `level:${chain}:${index}`;

function shortened(text: string): string {
  const characters = [...text.replaceAll(/\s+/g, ' ').trim()];
  return characters.length <= LONGEST ? characters.join('') : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

function stepNode(step: StepPlan, words: GraphWords): GraphNode {
  const kind = step.kind === 'task' ? words.tasks[step.task] : words.kinds[step.kind];
  const detail = detailOf(step);
  const said = detail === '' ? kind : `${kind}: ${shortened(detail)}`;
  return { id: stepId(step.id), kind: step.kind, lines: [step.id, said] };
}

/** What a step works with, as the definition names it. */
function detailOf(step: StepPlan): string {
  switch (step.kind) {
    case 'send':
      return step.send.template;
    case 'assign':
      return step.queues.join(', ');
    case 'wait': {
      const awaited = [...(step.messages ? ['buyer_message'] : []), ...step.events].join(', ');
      return step.until === null
        ? awaited
        : `${awaited}, ${textOf(inWords('at' in step.until ? step.until.at : step.until))}`;
    }
    case 'set':
      return setText(step.set);
    case 'notify':
      return targetText(step.notify);
    case 'call':
      return `${step.connection}.${step.operation}`;
    case 'close':
      return step.reason;
    case 'task':
    case 'classify':
    case 'choose':
      return '';
  }
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return isList(value) ? value.map(textOf).join(', ') : JSON.stringify(value);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const setText = (set: SetPlan): string =>
  Object.entries(set)
    .map(([name, value]) => `${name} = ${textOf(inWords(value))}`)
    .join(', ');

const targetText = ({ to, urgent }: NotifyPlan): string => (urgent ? `${to}!` : to);

function actionLines(actions: readonly ActionPlan[], words: GraphWords): readonly string[] {
  return actions.map((action) => {
    const condition = action.when === null ? '' : ` (${shortened(action.when.source)})`;
    return `${words.actions[action.kind]} ${shortened(objectOf(action))}${condition}`;
  });
}

function objectOf(action: ActionPlan): string {
  switch (action.kind) {
    case 'notify':
      return targetText(action);
    case 'set': {
      const { kind: _kind, when: _when, ...set } = action;
      return setText(set);
    }
    case 'send':
      return action.template;
    case 'reassign':
      return action.queue;
    case 'goto':
      return action.step;
  }
}

function obligationNode({ name, targets, clock }: ObligationPlan, words: GraphWords): GraphNode {
  const within = targets.map((target) => withinText(target.within)).join(' / ');
  return { id: `obligation:${name}`, kind: 'obligation', lines: [name, `${within}, ${words.clocks[clock]}`] };
}

/** One arrow per pair of steps, with everything that leads along it; all outcomes that lead to one step need no words. */
function flowEdges(plan: Plan, words: GraphWords): readonly GraphEdge[] {
  return plan.steps.flatMap((step) => {
    const ways = waysOut(plan, step).filter((way) => way.to !== null);
    const targets = Map.groupBy(ways, ({ to }) => to ?? '');
    return [...targets].map(([to, those]): GraphEdge => {
      const said = those.map(({ when, outcome }) => {
        return when === null ? (outcome ?? (step.kind === 'choose' ? words.otherwise : '')) : shortened(when);
      });
      const isOnly = targets.size === 1 && step.kind !== 'choose';
      return { from: stepId(step.id), to: stepId(to), label: isOnly ? null : said.join(', '), kind: 'flow' };
    });
  });
}

function chainEdges(plan: Plan): readonly GraphEdge[] {
  const aside = (from: string, to: string): GraphEdge => ({ from, to, label: null, kind: 'aside' });
  const begun = plan.obligations.flatMap(({ name, escalate }) =>
    escalate === null ? [] : [aside(`obligation:${name}`, levelId(escalate, 0))],
  );
  const onward = Object.entries(plan.escalations).flatMap(([key, levels]) =>
    levels.slice(1).map((_, index) => aside(levelId(key, index), levelId(key, index + 1))),
  );
  return [...begun, ...onward];
}

function jumpEdges(plan: Plan, words: GraphWords): readonly GraphEdge[] {
  const jumps = (from: string, actions: readonly ActionPlan[]): readonly GraphEdge[] =>
    actions.flatMap((action) =>
      action.kind === 'goto'
        ? [{ from, to: stepId(action.step), label: words.actions.goto, kind: 'jump' as const }]
        : [],
    );
  return [
    ...plan.rules.flatMap((rule) => jumps(`rule:${rule.id}`, rule.do)),
    ...Object.entries(plan.escalations).flatMap(([key, levels]) =>
      levels.flatMap((level, index) => jumps(levelId(key, index), level.do)),
    ),
  ];
}
