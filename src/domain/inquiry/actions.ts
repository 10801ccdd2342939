import type { ActionPlan, SetPlan } from '../definition/plan.js';
import { withdrawApproval } from './withdraw-approval.js';
import { notify } from './notices.js';
import { sendTemplate } from './sending.js';
import type { Course } from './course.js';
import type { Because } from './effects.js';

type Reason = Omit<Because, 'definition'>;

/** Runs the actions of a rule or level in order, each under its own condition. */
export function runActions(course: Course, actions: readonly ActionPlan[], because: Reason): void {
  for (const action of actions) {
    if (action.when !== null && !course.test(action.when, because)) {
      course.record('action.skipped', { action: action.kind }, { ...because, expression: action.when.source });
      continue;
    }
    runAction(course, action, because);
  }
}

function runAction(course: Course, action: ActionPlan, because: Reason): void {
  switch (action.kind) {
    case 'notify':
      return notify(course, action, because);
    case 'set':
      return applySet(course, action, because);
    case 'send':
      sendTemplate(course, { id: action.id, send: action }, because);
      return;
    case 'reassign':
      return reassign(course, action.queue, because);
    case 'goto':
      return goTo(course, action, because);
  }
}

/** Applies a `set`: values of the inquiry, tags, declared data. Only what really changes is recorded. */
export function applySet(course: Course, plan: SetPlan, because: Reason): void {
  const { state } = course;
  const tags = [...new Set([...state.tags.filter((tag) => !plan.untag?.includes(tag)), ...(plan.tags ?? [])])];
  const data = { ...state.data };
  for (const [field, value] of Object.entries(plan.data ?? {})) {
    const result = typeof value === 'object' ? course.evaluate(value, because) : value;
    if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') data[field] = result;
  }
  const next = {
    urgency: plan.urgency ?? state.urgency,
    intent: plan.intent ?? state.intent,
    language: plan.language ?? state.language,
    tags,
    data,
  };
  const changed = Object.entries(next).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(state[field as keyof typeof next]),
  );
  course.set(next);
  course.record(
    'inquiry.set',
    { changed: Object.fromEntries(changed.map(([field, value]) => [field, value])) },
    because,
  );
}

/** Ends leases with cause escalation and puts the open tasks into another queue; drafts stay. */
function reassign(course: Course, queue: string, because: Reason): void {
  if (course.facts.get('queue', queue) === null) {
    course.record('task.reassign_refused', { queue, code: 'queue_unknown' }, because);
    return;
  }
  const { approval } = course.state;
  const moved = course.state.tasks.filter(({ kind }) => kind !== 'approve');
  for (const task of moved.filter(({ key }) => key !== approval?.of)) {
    course.effect({ do: 'requeue_task', task: task.key, queue, offer: null, cause: 'escalation', commandId: null });
  }
  course.set({
    queue,
    // Somebody of the queue before must not be offered the next task.
    offer: null,
    tasks: course.state.tasks.map((task) => (moved.includes(task) ? { ...task, queue } : task)),
  });
  course.record('task.reassigned', { queue, tasks: moved.length, cause: 'escalation' }, because);
}

/**
 * Moves the token. The first `goto` of an event wins; with an open task of the token's step it is refused unless it may
 * interrupt, which cancels the task and passes its draft on.
 */
function goTo(course: Course, action: Extract<ActionPlan, { kind: 'goto' }>, because: Reason): void {
  const own = course.state.tasks.filter(
    (task) => task.kind !== 'approve' && task.step === course.state.step && task.send === null,
  );
  if (own.length > 0 && !action.interrupt) {
    course.record('goto.refused', { to: action.step, code: 'task_open' }, because);
    return;
  }
  if (!course.jumpTo(action.step)) {
    course.record('goto.refused', { to: action.step, code: 'goto_lost' }, because);
    return;
  }
  for (const task of own) {
    course.effect({ do: 'end_task', task: task.key, as: 'cancelled', outcome: 'interrupted', memberId: null });
    course.record('task.cancelled', { task: task.key, cause: 'interrupted' }, because);
  }
  const ended = own.map((task) => task.key);
  if (ended.includes(course.state.approval?.of ?? '')) withdrawApproval(course, 'interrupted');
  course.set({
    tasks: course.state.tasks.filter((task) => !ended.includes(task.key)),
    interrupted: ended.at(-1) ?? null,
  });
  course.record('goto.taken', { to: action.step }, because);
}
