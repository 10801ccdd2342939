import type { ApprovePlan } from '../../definition/plan.js';
import { isRepeatOnly, lookingAt, requestApproval, ruleOf } from '../approval.js';
import { requestClose } from '../closing.js';
import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import { cancelObligation } from '../obligations.js';
import { queueSend, reserveSend } from '../sending.js';
import { isOpenObligation } from '../state.js';
import type { TaskState } from '../state.js';
import { advance } from '../walk.js';
import { blockedBy } from '../window.js';
import { applied, completeTask, openTaskOf, recordAct, recordWarnings, refused, taskRefusal } from './context.js';

type Reply = Extract<Command, { kind: 'reply' }>;
type NotNeeded = Extract<Command, { kind: 'not_needed' }>;

const ANSWERED_BY_REPLY: readonly TaskState['kind'][] = ['reply', 'rewrite'];

/**
 * A person answers: takes the open reply or rewrite task, or, where none is open, writes a follow-up that leaves the token
 * where it is.
 */
export function reply(course: Course, event: CommandEvent, command: Reply): CommandOutcome {
  const pending = course.state.approval;
  if (pending?.what.kind === 'reply') return refused(course, event, 'approval_pending', { task: pending.task });
  const task = chooseTask(course, command);
  if (task === undefined && command.taskKey !== null)
    return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = task === undefined ? null : taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  const newer = newerMessage(course, command.seenPosition);
  if (newer !== null) return refused(course, event, 'newer_message', { messageId: newer });
  const blocked = blockedBy(course, command.template);
  if (blocked !== null) return refused(course, event, blocked);

  const rule = approvalRule(course, event, command, task);
  if (rule !== null) return askFirst(course, event, command, { task, ...rule });

  const send = queueSend(course, {
    author: 'human',
    memberId: event.actor.memberId,
    source: { kind: 'command', commandId: event.commandId, template: command.template },
    language: command.language,
    inReplyTo: command.inReplyTo ?? course.state.newestMessageId,
    queue: task?.queue ?? course.state.queue,
    answersThrough: command.seenPosition ?? course.state.newestPosition,
  });
  recordAct(course, event, 'message.queued', { send, author: 'human', followUp: task === undefined });
  recordWarnings(course, event, command.acceptedWarnings);
  endTasks(course, event, task);
  if (task?.kind === 'reply') advance(course, 'sent');
  if (command.close || isRepeatOnly(course)) requestClose(course, 'answered');
  return applied({ send, state: course.facts.get('shop').holdMs > 0 ? 'held' : 'queued' });
}

type Rule = { readonly step: string; readonly rule: ApprovePlan };

/** The rule under which an answer needs approval; what is written between two reply tasks comes under the last one's. */
function approvalRule(course: Course, event: CommandEvent, command: Reply, task: TaskState | undefined): Rule | null {
  const { lastReplyStep } = course.state;
  const first = course.plan.steps.find((candidate) => candidate.kind === 'task' && candidate.task === 'reply');
  const step = task?.kind === 'reply' ? task.step : (lastReplyStep ?? first?.id ?? null);
  const rule = ruleOf(course, step);
  if (rule === null || step === null) return null;
  const { translated, attachments } = course.facts.get('content', event.commandId);
  const about = lookingAt(course, event, { reply: { language: command.language, translated, attachments } });
  return rule.when === null || course.test(rule.when, { step }, about) ? { step, rule } : null;
}

/** Keeps the answer until somebody else has agreed to it. */
function askFirst(
  course: Course,
  event: CommandEvent,
  { language, template, inReplyTo, seenPosition, close, acceptedWarnings }: Reply,
  { task, step, rule }: Rule & { readonly task: TaskState | undefined },
): CommandOutcome {
  // One at a time: a form may be waiting for its own.
  if (course.state.approval !== null) {
    return refused(course, event, 'approval_pending', { task: course.state.approval.task });
  }
  const send = reserveSend(course);
  const about = inReplyTo ?? course.state.newestMessageId;
  course.effect({
    do: 'send',
    send,
    author: 'human',
    memberId: event.actor.memberId,
    source: { kind: 'command', commandId: event.commandId, template },
    language,
    inReplyTo: about,
    awaitsApproval: true,
  });
  const queue = task?.queue ?? course.state.queue;
  const answersThrough = seenPosition ?? course.state.newestPosition;
  const asking = requestApproval(course, event, rule, {
    of: task?.key ?? null,
    step,
    queue: queue ?? course.facts.get('defaultQueue'),
    what: { kind: 'reply', send, language, inReplyTo: about, template, answersThrough, close, queue },
  });
  recordWarnings(course, event, acceptedWarnings);
  return applied({ send, state: 'awaiting_approval', task: asking });
}

function chooseTask(course: Course, command: Reply): TaskState | undefined {
  if (command.taskKey !== null) return openTaskOf(course, command.taskKey, ANSWERED_BY_REPLY);
  return (
    course.state.tasks.find((task) => task.kind === 'reply') ??
    course.state.tasks.find((task) => task.kind === 'rewrite')
  );
}

/** The newest buyer message if the author has not seen it; nobody may answer past what they have read. */
function newerMessage(course: Course, seenPosition: number | null): string | null {
  return seenPosition !== null && course.state.newestPosition > seenPosition ? course.state.newestMessageId : null;
}

/** The answer ends the task it was written for, and any rewrite it makes pointless. */
function endTasks(course: Course, event: CommandEvent, task: TaskState | undefined): void {
  if (task === undefined) return;
  completeTask(course, event, task, 'sent');
  for (const other of course.state.tasks.filter((candidate) => candidate.kind === 'rewrite')) {
    course.effect({ do: 'end_task', task: other.key, as: 'superseded', outcome: 'answered', memberId: null });
    course.set({ tasks: course.state.tasks.filter((candidate) => candidate.key !== other.key) });
    course.record('task.superseded', { task: other.key, outcome: 'answered' });
  }
}

/** The author decides that no answer is needed; the response obligations end, counted apart from met ones. */
export function notNeeded(course: Course, event: CommandEvent, command: NotNeeded): CommandOutcome {
  const task =
    command.taskKey === null
      ? course.state.tasks.find((candidate) => candidate.kind === 'reply')
      : openTaskOf(course, command.taskKey, ANSWERED_BY_REPLY);
  if (task === undefined) return refused(course, event, 'nothing_open', { task: command.taskKey });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  completeTask(course, event, task, 'not_needed');
  for (const obligation of course.state.obligations) {
    const response = obligation.needs === 'human_reply';
    if (response && isOpenObligation(obligation)) cancelObligation(course, obligation, 'not_needed');
  }
  course.set({
    inbound: course.state.inbound.map((message) => ({ ...message, answeredBy: message.answeredBy ?? 'not_needed' })),
  });
  if (task.kind === 'reply') advance(course, 'not_needed');
  else if (isRepeatOnly(course)) requestClose(course, 'not_needed');
  return applied();
}
