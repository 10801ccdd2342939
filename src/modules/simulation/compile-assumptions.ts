import { parseDuration } from '../../domain/definition/durations.js';
import type { DataScalar, Plan, StepPlan } from '../../domain/definition/plan.js';
import type { Classification } from '../../domain/classification/classification.js';
import type { Command } from '../../domain/inquiry/events.js';
import { SEND_OUTCOMES } from '../../domain/simulation/happening.js';
import type { Assumption, Assumptions, CallAnswer } from '../../domain/simulation/happening.js';
import type { Surroundings } from '../../domain/simulation/surroundings.js';
import { readFields, readForm } from '../../domain/task/form.js';
import type { FilledForm } from '../../domain/task/form.js';
import type { WrittenAssumptions } from './scenario-schema.js';

/** What a scenario names that does not exist; the pointer is into the scenario. */
export type Fault = { readonly pointer: string; readonly detail: string };

const CALL_OUTCOMES = ['ok', 'refused', 'unknown'] as const;

/** An act of whoever holds the task, with nothing more to say of it. */
export const ACT = { taskKey: null, token: null } as const;
export const REPLY = {
  ...ACT,
  kind: 'reply',
  language: null,
  inReplyTo: null,
  seenPosition: null,
  template: null,
} as const;

/** Reads what is supposed to happen at steps; faults where a step does not exist or cannot end so. */
export async function readAssumptions(
  { plan, surroundings }: { readonly plan: Plan; readonly surroundings: Surroundings },
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

/** What deciding an approval amounts to. */
export function decisionOf(outcome: string, { reason }: { readonly reason?: string | undefined }): Command {
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
