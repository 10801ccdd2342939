import type { ExpectedType, ScopeName } from '../../../domain/expression/expression.js';
import type { ActionDocument, SendDocument, SetDocument } from './schema/actions.js';
import type { DefinitionDocument } from './schema/schema.js';
import type { StepDocument } from './schema/steps.js';
import { DURATION } from '../../../domain/definition/durations.js';
import type { Path } from './source.js';

/** One action, where it stands, and what makes it happen. */
export type ActionUse = {
  readonly path: Path;
  readonly action: ActionDocument;
  readonly cause: 'rule' | 'level';
};

/** Every action of rules and levels. */
export function actionsOf(document: DefinitionDocument): readonly ActionUse[] {
  const uses = (path: Path, actions: readonly ActionDocument[], cause: ActionUse['cause']): readonly ActionUse[] =>
    actions.map((action, index) => ({ path: [...path, index], action, cause }));
  const rules = (document.rules ?? []).flatMap((rule, index) => uses(['rules', index, 'do'], rule.do, 'rule'));
  const levels = Object.entries(document.escalations ?? {}).flatMap(([chain, list]) =>
    list.flatMap((level, index) => uses(['escalations', chain, index, 'do'], level.do, 'level')),
  );
  return [...rules, ...levels];
}

/** A step with its place. */
export type StepUse = { readonly path: Path; readonly step: StepDocument };

/** Every step, in order. */
export function stepsOf(document: DefinitionDocument): readonly StepUse[] {
  return document.steps.map((step, index) => ({ path: ['steps', index], step }));
}

/** One automated message; `path` is that of `send`, `stepId` null for one of a rule or level. */
export type SendUse = {
  readonly path: Path;
  readonly send: SendDocument;
  readonly stepId: string | null;
  readonly cause: 'step' | ActionUse['cause'];
};

/** Every automated message a definition may send. */
export function sendsOf(document: DefinitionDocument): readonly SendUse[] {
  const ofSteps = stepsOf(document).flatMap(({ path, step }) =>
    step.send ? [{ path: [...path, 'send'], send: step.send, stepId: step.id, cause: 'step' as const }] : [],
  );
  const ofActions = actionsOf(document).flatMap(({ path, action, cause }) =>
    action.send ? [{ path: [...path, 'send'], send: action.send, stepId: null, cause }] : [],
  );
  return [...ofSteps, ...ofActions];
}

/** The templates a `send` names. */
export function templatesOf(send: SendDocument): readonly { readonly path: Path; readonly key: string }[] {
  if (typeof send.template === 'string') return [{ path: ['template'], key: send.template }];
  return send.template.map((key, index) => ({ path: ['template', index], key }));
}

/** One expression: where it stands and what it must yield there. */
export type ExpressionUse = {
  readonly path: Path;
  readonly source: string;
  readonly expect: ExpectedType;
  readonly scope: ScopeName;
};

const use = (path: Path, source: string | undefined, expect: ExpectedType, scope: ScopeName = 'definition') =>
  source === undefined ? [] : [{ path, source, expect, scope }];

const valuesOf = (path: Path, values: Readonly<Record<string, string>> | undefined): readonly ExpressionUse[] =>
  Object.entries(values ?? {}).flatMap(([name, source]) => use([...path, name], source, 'any'));

function setUses(path: Path, set: SetDocument | undefined, document: DefinitionDocument): readonly ExpressionUse[] {
  return Object.entries(set?.data ?? {}).flatMap(([name, value]) => {
    const declared = document.data;
    const expect = declared && Object.hasOwn(declared, name) ? (declared[name] ?? 'any') : 'any';
    return typeof value === 'string' ? use([...path, 'data', name], value, expect) : [];
  });
}

function stepUses({ path, step }: StepUse, document: DefinitionDocument): readonly ExpressionUse[] {
  const until = step.wait?.until;
  return [
    ...(step.choose ?? []).flatMap((choice, index) => use([...path, 'choose', index, 'when'], choice.when, 'bool')),
    ...setUses([...path, 'set'], step.set, document),
    ...valuesOf([...path, 'send', 'with'], step.send?.with),
    ...use([...path, 'task', 'approve', 'when'], step.task?.approve?.when, 'bool', 'approval'),
    ...(until === undefined || DURATION.test(until) ? [] : use([...path, 'wait', 'until'], until, 'timestamp')),
    ...valuesOf([...path, 'call', 'body'], step.call?.body),
  ];
}

function obligationUses(document: DefinitionDocument): readonly ExpressionUse[] {
  return Object.entries(document.obligations ?? {}).flatMap(([name, { when, within }]) => {
    const path = ['obligations', name];
    const targets = typeof within === 'string' ? [] : within;
    return [
      ...use([...path, 'when'], when, 'bool'),
      ...targets.flatMap((target, index) => use([...path, 'within', index, 'when'], target.when, 'bool')),
    ];
  });
}

/** Every expression of a definition. */
export function expressionsOf(document: DefinitionDocument): readonly ExpressionUse[] {
  return [
    ...obligationUses(document),
    ...(document.rules ?? []).flatMap((rule, index) => use(['rules', index, 'when'], rule.when, 'bool')),
    ...actionsOf(document).flatMap(({ path, action }) => [
      ...use([...path, 'when'], action.when, 'bool'),
      ...setUses([...path, 'set'], action.set, document),
      ...valuesOf([...path, 'send', 'with'], action.send?.with),
    ]),
    ...stepsOf(document).flatMap((step) => stepUses(step, document)),
  ];
}

/** Queues named anywhere. */
export function queuesOf(document: DefinitionDocument): readonly { readonly path: Path; readonly key: string }[] {
  const found: { path: Path; key: string }[] = [];
  const recipient = (path: Path, to: string | undefined): void => {
    if (to?.startsWith('queue:')) found.push({ path, key: to.slice('queue:'.length) });
  };
  for (const { path, step } of stepsOf(document)) {
    const queue = step.assign?.queue;
    if (typeof queue === 'string') found.push({ path: [...path, 'assign', 'queue'], key: queue });
    else queue?.forEach((key, index) => found.push({ path: [...path, 'assign', 'queue', index], key }));
    recipient([...path, 'notify', 'to'], step.notify?.to);
    recipient([...path, 'task', 'approve', 'by'], step.task?.approve?.by);
  }
  for (const { path, action } of actionsOf(document)) {
    recipient([...path, 'notify', 'to'], action.notify?.to);
    if (action.reassign) found.push({ path: [...path, 'reassign', 'queue'], key: action.reassign.queue });
  }
  return found;
}
