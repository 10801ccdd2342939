import { hoursOf, offerEnd } from '../../assignment/duty.js';
import type { Course } from '../course.js';
import { settleByHand } from '../delivery.js';
import type { CommandOutcome, RequeueTaskEffect } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import type { TaskState } from '../state.js';
import { advance } from '../walk.js';
import { applied, completeTask, openTaskOf, recordAct, refused, taskRefusal } from './context.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** A person sets intent, urgency and queue of an inquiry the rules could not place. */
export function triage(course: Course, event: CommandEvent, command: Of<'triage'>): CommandOutcome {
  const task = openTaskOf(course, command.taskKey, ['triage']);
  if (task === undefined) return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  if (course.facts.get('queue', command.queue) === null)
    return refused(course, event, 'queue_unknown', { queue: command.queue });
  course.set({ intent: command.intent, urgency: command.urgency, queue: command.queue, offer: null });
  recordAct(course, event, 'inquiry.set', {
    changed: { intent: command.intent, urgency: command.urgency, queue: command.queue },
  });
  completeTask(course, event, task, 'done');
  if (task.step !== null && task.step === course.state.step) advance(course, 'done');
  return applied();
}

/** Somebody looked at the channel: the message is there, or it is not and has to be written again. */
export function confirmDelivery(course: Course, event: CommandEvent, command: Of<'confirm_delivery'>): CommandOutcome {
  const task = openTaskOf(course, command.taskKey, ['confirm_delivery']);
  if (task === undefined) return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  completeTask(course, event, task, command.delivered ? 'delivered' : 'not_delivered');
  if (task.send !== null) settleByHand(course, task.send, command.delivered);
  return applied();
}

/** The holder passes a task on, with a note; the token of the walk stays. */
export function handOver(course: Course, event: CommandEvent, command: Of<'hand_over'>): CommandOutcome {
  const task = course.state.tasks.find((candidate) => candidate.key === command.taskKey);
  if (task === undefined) return refused(course, event, 'task_ended', { task: command.taskKey });
  const refusal = taskRefusal(course, event, task, command.token);
  if (refusal !== null) return refused(course, event, refusal.code, refusal.details);
  const to =
    'queue' in command.to
      ? { queue: command.to.queue, memberId: null }
      : { queue: null, memberId: command.to.memberId };
  return move(course, event, task, to, 'hand_over');
}

/** A supervisor puts a task into a queue or offers it to a member; whoever held it loses it. */
export function assign(course: Course, event: CommandEvent, command: Of<'assign'>): CommandOutcome {
  const task =
    command.taskKey === null
      ? (course.state.tasks.find(({ kind, key }) => kind === 'reply' && key !== course.state.approval?.of) ??
        course.state.tasks.find(({ key }) => key !== course.state.approval?.of))
      : course.state.tasks.find((candidate) => candidate.key === command.taskKey);
  if (task === undefined) return refused(course, event, 'nothing_open', { task: command.taskKey });
  return move(course, event, task, { queue: command.queue, memberId: command.memberId }, 'supervisor');
}

function move(
  course: Course,
  event: CommandEvent,
  task: TaskState,
  to: { readonly queue: string | null; readonly memberId: string | null },
  cause: RequeueTaskEffect['cause'],
): CommandOutcome {
  const { approval } = course.state;
  if (approval?.of === task.key) return refused(course, event, 'approval_pending', { task: task.key });
  if (approval?.task === task.key && to.memberId === approval.authorId) {
    return refused(course, event, 'own_work', { task: task.key });
  }
  const key = to.queue ?? queueOfMember(course, to.memberId) ?? task.queue;
  const queue = course.facts.get('queue', key);
  if (queue === null) return refused(course, event, 'queue_unknown', { queue: key });
  if (to.memberId !== null && course.facts.get('member', to.memberId) === null) {
    return refused(course, event, 'member_unknown', { member: to.memberId });
  }
  if (to.memberId !== null && !queue.members.some((member) => member.id === to.memberId)) {
    return refused(course, event, 'member_not_in_queue', { member: to.memberId, queue: key });
  }
  const offer =
    to.memberId === null
      ? null
      : {
          memberId: to.memberId,
          until: offerEnd(hoursOf(queue, to.memberId), course.now, course.state.acceptWithinMs),
        };
  course.effect({ do: 'requeue_task', task: task.key, queue: key, offer, cause, commandId: event.commandId });
  course.set({
    queue: task.kind === 'approve' ? course.state.queue : key,
    tasks: course.state.tasks.map((other) => (other.key === task.key ? { ...other, queue: key } : other)),
  });
  recordAct(course, event, cause === 'hand_over' ? 'task.handed_over' : 'task.reassigned', {
    task: task.key,
    queue: key,
    memberId: to.memberId,
    offerUntil: offer?.until ?? null,
  });
  return applied({ queue: key, memberId: to.memberId });

  /** A member named without a queue is looked for in the task's own queue first, then in their own. */
  function queueOfMember(inCourse: Course, memberId: string | null): string | null {
    const person = memberId === null ? null : inCourse.facts.get('member', memberId);
    if (person === null) return null;
    return person.queues.includes(task.queue) ? task.queue : (person.queues[0] ?? null);
  }
}
