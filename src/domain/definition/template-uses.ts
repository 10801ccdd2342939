import type { ActionPlan, Plan } from './plan.js';

/** One place of a plan that renders a template, with the names it gives a value to. */
export type TemplateUse = { readonly template: string; readonly given: readonly string[] };

/** Every place of a plan that renders a template; a draft gives nothing by itself. */
export function templateUses(plan: Plan): readonly TemplateUse[] {
  const ofActions = (actions: readonly ActionPlan[]): readonly TemplateUse[] =>
    actions.flatMap((action) =>
      action.kind === 'send' ? [{ template: action.template, given: Object.keys(action.with) }] : [],
    );
  const ofSteps = plan.steps.flatMap((step): readonly TemplateUse[] => {
    if (step.kind === 'send') return [{ template: step.send.template, given: Object.keys(step.send.with) }];
    return step.kind === 'task' && step.draft !== null ? [{ template: step.draft, given: [] }] : [];
  });
  return [
    ...ofSteps,
    ...plan.rules.flatMap((rule) => ofActions(rule.do)),
    ...Object.values(plan.escalations).flatMap((levels) => levels.flatMap((level) => ofActions(level.do))),
  ];
}
