import { carryOut, giveBack, ruleOf } from '../approval.js';
import { finishClosing } from '../closing.js';
import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import type { Approval, TaskState } from '../state.js';
import { blockedBy } from '../window.js';
import { applied, completeTask, openTaskOf, recordAct, recordWarnings, refused, taskRefusal } from './context.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;
type Asked = { readonly approval: Approval; readonly task: TaskState };

/** A second person agrees to exactly what they were shown, or to their own correction of it where the rule lets them. */
export function approve(course: Course, event: CommandEvent, command: Of<'approve'>): CommandOutcome {
  const asked = whatIsAsked(course, event, command);
  if ('state' in asked) return asked;
  const { approval, task } = asked;
  if (command.textHash !== approval.contentHash) return refused(course, event, 'text_changed', { task: task.key });
  const { what } = approval;
  const isReply = what.kind === 'reply';
  const mayEdit = isReply && ruleOf(course, approval.step)?.edit === true;
  if (command.edited && !mayEdit) return refused(course, event, 'edit_not_allowed', { task: task.key });
  const blocked = isReply ? blockedBy(course, command.edited ? null : what.template) : null;
  if (blocked !== null) return refused(course, event, blocked);
  recordAct(course, event, 'approval.granted', { task: task.key, what: what.kind, edited: command.edited });
  recordWarnings(course, event, command.acceptedWarnings);
  completeTask(course, event, task, 'approved');
  carryOut(course, approval, command.edited ? event.commandId : null);
  return applied({ outcome: 'approved' });
}

/** A second person does not agree: the author gets the task back with the draft and the reason. */
export function returnToAuthor(course: Course, event: CommandEvent, command: Of<'return'>): CommandOutcome {
  const asked = whatIsAsked(course, event, command);
  if ('state' in asked) return asked;
  const { approval, task } = asked;
  recordAct(course, event, 'approval.returned', { task: task.key, reason: command.reasonCode });
  completeTask(course, event, task, 'returned');
  giveBack(course, approval, event.commandId);
  finishClosing(course);
  return applied({ outcome: 'returned' });
}

/** The open approval a command is about; a refusal for whoever may not decide on it. Nobody decides on their own work. */
function whatIsAsked(course: Course, event: CommandEvent, command: Of<'approve' | 'return'>): Asked | CommandOutcome {
  const task = openTaskOf(course, command.taskKey, ['approve']);
  const { approval } = course.state;
  if (task === undefined || approval?.task !== task.key) {
    return refused(course, event, 'task_ended', { task: command.taskKey });
  }
  if (approval.authorId === event.actor.memberId) return refused(course, event, 'own_work', { task: task.key });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  return { approval, task };
}
