import type { ApprovePlan, InquiryData } from '../../definition/plan.js';
import { firstMisfit, formOf, withoutPersonal } from '../../task/form.js';
import { lookingAt, requestApproval, ruleOf } from '../approval.js';
import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import type { TaskState } from '../state.js';
import { advance } from '../walk.js';
import { applied, completeTask, openTaskOf, recordAct, refused, taskRefusal } from './context.js';

type Form = Extract<Command, { kind: 'form' }>;

/**
 * A person fills in the form of a step and chooses one of its outcomes; `data.<step>` holds what was filled in, in place of
 * what an earlier round left there. Personal fields stay out of the history.
 */
export function form(course: Course, event: CommandEvent, command: Form): CommandOutcome {
  const task = openTaskOf(course, command.taskKey, ['form']);
  if (task === undefined || task.step === null) return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  const plan = formOf(course.plan, task.step);
  const misfit = plan === null ? null : firstMisfit(plan, command.outcome, command.data);
  if (plan === null || misfit !== null) return refused(course, event, 'form_invalid', { field: misfit });
  const rule = ruleOf(course, task.step);
  if (rule !== null && isNeeded(course, event, rule, { ...course.state.data, [task.step]: command.data })) {
    return askFirst(course, event, rule, { ...command, task, step: task.step });
  }
  course.set({ data: { ...course.state.data, [task.step]: command.data } });
  recordAct(course, event, 'form.filled', {
    task: task.key,
    fields: Object.keys(command.data),
    changed: { data: withoutPersonal(course.plan, { [task.step]: command.data }) },
  });
  completeTask(course, event, task, command.outcome);
  if (task.step === course.state.step) advance(course, command.outcome);
  return applied({ outcome: command.outcome });
}

/** Whether the rule asks for approval; its condition sees what was filled in as if it counted already. */
function isNeeded(course: Course, event: CommandEvent, { when }: ApprovePlan, data: InquiryData): boolean {
  return when === null || course.test(when, {}, lookingAt(course, event, { data }));
}

/** Keeps what was filled in until somebody else has agreed to it. */
function askFirst(
  course: Course,
  event: CommandEvent,
  rule: ApprovePlan,
  { outcome, data, task, step }: Form & { readonly task: TaskState; readonly step: string },
): CommandOutcome {
  if (course.state.approval !== null) {
    return refused(course, event, 'approval_pending', { task: course.state.approval.task });
  }
  const what = { kind: 'form', outcome } as const;
  const { key: of, queue } = task;
  const asking = requestApproval(course, event, rule, { of, step, queue, what, pendingForm: data });
  return applied({ outcome, state: 'awaiting_approval', task: asking });
}
