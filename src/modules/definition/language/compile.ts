import type {
  ActionPlan,
  LevelPlan,
  MetBy,
  ObligationName,
  ObligationPlan,
  Plan,
  RulePlan,
  StartOn,
  Target,
  Within,
} from '../../../domain/definition/plan.js';
import { compileNotify, compileSend, compileSet, conditionAt, expressionAt, required } from './compile/parts.js';
import { compileStep } from './compile/steps.js';
import { parseAnchor, parseWithin } from '../../../domain/definition/durations.js';
import { dataTypesOf } from './lint/expressions.js';
import { clockOf, isNamed } from './lint/obligations.js';
import type { ActionDocument } from './schema/actions.js';
import type { DefinitionDocument, ObligationDocument, RuleDocument } from './schema/schema.js';

function compileAction(path: string, action: ActionDocument): ActionPlan {
  const when = conditionAt(path, action.when);
  if (action.notify) return { when, kind: 'notify', ...compileNotify(action.notify) };
  if (action.set) return { when, kind: 'set', ...compileSet(`${path}.set`, action.set) };
  if (action.send) {
    return { when, kind: 'send', id: `${path}.send`, ...compileSend(`${path}.send`, action.send) };
  }
  if (action.reassign) return { when, kind: 'reassign', queue: action.reassign.queue };
  return { when, kind: 'goto', step: required(action.goto, path), interrupt: action.interrupt ?? false };
}

const compileActions = (path: string, actions: readonly ActionDocument[]): readonly ActionPlan[] =>
  actions.map((action, index) => compileAction(`${path}.do.${index}`, action));

function compileTargets(path: string, within: ObligationDocument['within']): readonly Target[] {
  const read = (text: string): Within => required(parseWithin(text), path);
  if (typeof within === 'string') return [{ when: null, within: read(within) }];
  return within.map(({ when, is }, index) => {
    return { when: conditionAt(`${path}.within.${index}`, when), within: read(is) };
  });
}

/** What meets the obligations of the language. */
const MET_BY: Readonly<Record<ObligationName, MetBy>> = {
  acknowledge: 'message',
  first_response: 'human_reply',
  next_response: 'human_reply',
  platform_response: 'human_reply',
  resolution: 'close',
};

/** When an obligation starts and what meets it; one that starts with a step is met when the step is left. */
function momentsOf(
  path: string,
  name: string,
  { startOn: start, metBy }: ObligationDocument,
): Pick<ObligationPlan, 'startOn' | 'metBy'> {
  if (isNamed(name)) return { startOn: null, metBy: MET_BY[name] };
  const startOn = startMoment(required(start, `${path}.startOn`));
  const met = (metBy ?? (startOn.startsWith('step:') ? startOn : null)) as MetBy | null;
  return { startOn, metBy: required(met, `${path}.metBy`) };
}

const startMoment = (text: string): StartOn =>
  text === 'opening' || text.startsWith('event:') ? (text as StartOn) : `step:${text}`;

function compileObligation(name: string, obligation: ObligationDocument): ObligationPlan {
  const path = `obligations.${name}`;
  return {
    name,
    ...momentsOf(path, name, obligation),
    targets: compileTargets(path, obligation.within),
    clock: clockOf(name, obligation),
    calendar: obligation.calendar ?? null,
    when: conditionAt(path, obligation.when),
    escalate: obligation.escalate ?? null,
    pauseWhile: obligation.pauseWhile ?? [],
  };
}

function compileRule(rule: RuleDocument): RulePlan {
  const path = `rules.${rule.id}`;
  const when = expressionAt(`${path}.when`, rule.when);
  return { id: rule.id, when, do: compileActions(path, rule.do), stop: rule.stop ?? false };
}

function compileChains(document: DefinitionDocument): Plan['escalations'] {
  const chains = Object.entries(document.escalations ?? {}).map(([chain, levels]) => {
    const compiled = levels.map((level, index): LevelPlan => {
      const path = `escalations.${chain}.${index}`;
      return { ...required(parseAnchor(level.at), `${path}.at`), do: compileActions(path, level.do) };
    });
    return [chain, compiled] as const;
  });
  return Object.fromEntries(chains);
}

/**
 * The plan of a document without errors, every default filled in. Ids of expressions are their places in the document.
 * Throws on a document that the linter refuses.
 */
export function compileDefinition(
  document: DefinitionDocument,
  identity: { readonly version: number; readonly checksum: string },
): Plan {
  return {
    key: document.key,
    ...identity,
    title: document.title,
    calendar: document.calendar ?? null,
    channels: document.channels ?? null,
    obligations: Object.entries(document.obligations ?? {}).map(([name, value]) => compileObligation(name, value)),
    escalations: compileChains(document),
    rules: (document.rules ?? []).map(compileRule),
    steps: document.steps.map(compileStep),
    data: dataTypesOf(document),
    events: document.events ?? {},
  };
}
