import { requestClose } from '../closing.js';
import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import { cancelObligation } from '../obligations.js';
import { queueSend } from '../sending.js';
import { isOpenObligation } from '../state.js';
import type { TaskState } from '../state.js';
import { advance } from '../walk.js';
import { applied, completeTask, openTaskOf, recordAct, refused, taskRefusal } from './context.js';

type Reply = Extract<Command, { kind: 'reply' }>;
type NotNeeded = Extract<Command, { kind: 'not_needed' }>;

const ANSWERED_BY_REPLY: readonly TaskState['kind'][] = ['reply', 'rewrite'];

/**
 * A person answers: takes the open reply or rewrite task, or, where none is open, writes a follow-up that leaves the token
 * where it is.
 */
export function reply(course: Course, event: CommandEvent, command: Reply): CommandOutcome {
  const task = chooseTask(course, command);
  if (task === undefined && command.taskKey !== null)
    return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = task === undefined ? null : taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  const newer = newerMessage(course, command.seenPosition);
  if (newer !== null) return refused(course, event, 'newer_message', { messageId: newer });
  const blocked = channelRefusal(course);
  if (blocked !== null) return refused(course, event, blocked);

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
  endTasks(course, event, task);
  if (task?.kind === 'reply') advance(course, 'sent');
  if (command.close || isRepeatOnly(course)) requestClose(course, 'answered');
  return applied({ send, state: course.facts.get('shop').holdMs > 0 ? 'held' : 'queued' });
}

/** An inquiry opened only to repeat a message that failed late ends with it. */
function isRepeatOnly(course: Course): boolean {
  return course.state.step === null && course.state.linked?.cause === 'delivery_failed';
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

function channelRefusal(course: Course): 'thread_answered' | 'window_closed' | null {
  const conversation = course.facts.get('conversation');
  const answering = course.state.sends.some((send) => send.author === 'human');
  if (conversation.oneAnswer && (answering || course.state.humanAnswered)) return 'thread_answered';
  if (conversation.windowUntil !== null && conversation.windowUntil <= course.now) return 'window_closed';
  return null;
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
