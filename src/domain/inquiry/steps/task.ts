import type { StepPlan } from '../../definition/plan.js';
import type { Course } from '../course.js';
import type { OpenTaskEffect } from '../effects.js';
import type { TaskState } from '../state.js';
import type { Entered } from '../walk.js';
import { lastAgent, offerBack } from './assign.js';

/** Lease of tasks the engine opens by itself; a plan's task steps name their own. */
const ENGINE_LEASE_MS = 20 * 60_000;

/** Opens a human task and rests until somebody ends it. */
export function enterTask(course: Course, step: Extract<StepPlan, { kind: 'task' }>): Entered {
  course.set({ lastTaskStep: step.id, ...(step.task === 'reply' ? { lastReplyStep: step.id } : {}) });
  openTask(course, {
    kind: step.task,
    step: step.id,
    leaseMs: step.leaseMs,
    draft: step.draft,
    expiresAt: step.expiresMs === null ? null : course.now + step.expiresMs,
    offer: chosenBefore(course) ?? offerToLastAgent(course),
  });
  course.set({ offer: null });
  return 'stay';
}

/** The offer of the assign step, unless steps in between took longer than it lasts. */
function chosenBefore({ state, now }: Course): OpenTaskEffect['offer'] {
  return state.offer !== null && state.offer.until > now ? state.offer : null;
}

type Opening = {
  readonly kind: TaskState['kind'];
  readonly step?: string | null;
  readonly queue?: string | null;
  readonly leaseMs?: number;
  readonly draft?: string | null;
  readonly offer?: OpenTaskEffect['offer'];
  readonly expiresAt?: number | null;
  readonly send?: string | null;
  readonly messageId?: string | null;
  readonly reason?: string | null;
  readonly approval?: NonNullable<OpenTaskEffect['approval']>;
};

/** Opens a task in the given queue, else the inquiry's, else the tenant's first; returns its key. */
export function openTask(course: Course, opening: Opening): string {
  const { state } = course;
  const key = `task:${state.counters.task + 1}`;
  const queue = opening.queue ?? state.queue ?? course.facts.get('defaultQueue');
  const task: TaskState = {
    key,
    kind: opening.kind,
    step: opening.step ?? null,
    queue,
    openedAt: course.now,
    expiresAt: opening.expiresAt ?? null,
    send: opening.send ?? null,
  };
  course.set({
    queue: state.queue ?? queue,
    tasks: [...state.tasks, task],
    counters: { ...state.counters, task: state.counters.task + 1 },
    interrupted: null,
  });
  course.effect({
    do: 'open_task',
    task: key,
    kind: opening.kind,
    step: task.step,
    queue,
    leaseMs: opening.leaseMs ?? ENGINE_LEASE_MS,
    offer: opening.offer ?? null,
    draft: opening.draft ?? null,
    send: task.send,
    messageId: opening.messageId ?? null,
    reason: opening.reason ?? null,
    inherit: state.interrupted,
    ...(opening.approval === undefined ? {} : { approval: opening.approval }),
  });
  course.record('task.opened', {
    task: key,
    kind: opening.kind,
    queue,
    offeredTo: opening.offer?.memberId ?? null,
    offerUntil: opening.offer?.until ?? null,
    ...(task.expiresAt === null ? {} : { expiresAt: task.expiresAt }),
    ...((opening.reason ?? null) === null ? {} : { reason: opening.reason }),
  });
  return key;
}

/**
 * A task that comes back without a new assign step goes to whoever answered before, or stands in for them, if the plan prefers
 * that and the filters let it.
 */
function offerToLastAgent(course: Course): OpenTaskEffect['offer'] {
  const memberId = lastAgent(course);
  const { queue: key, preferLastAgent } = course.state;
  if (!preferLastAgent || memberId === null || key === null) return null;
  const queue = course.facts.get('queue', key);
  return queue === null ? null : offerBack(course, queue, memberId);
}
