import { firstMisfit, formOf, withoutPersonal } from '../../task/form.js';
import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import { advance } from '../walk.js';
import { applied, completeTask, openTaskOf, recordAct, refused, taskRefusal } from './context.js';

/**
 * A person fills in the form of a step and chooses one of its outcomes; `data.<step>` holds what was filled in, in place of
 * what an earlier round left there. Personal fields stay out of the history.
 */
export function form(course: Course, event: CommandEvent, command: Extract<Command, { kind: 'form' }>): CommandOutcome {
  const task = openTaskOf(course, command.taskKey, ['form']);
  if (task === undefined || task.step === null) return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  const plan = formOf(course.plan, task.step);
  const misfit = plan === null ? null : firstMisfit(plan, command.outcome, command.data);
  if (plan === null || misfit !== null) return refused(course, event, 'form_invalid', { field: misfit });
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
