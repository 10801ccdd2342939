import { addWorking } from '../calendar/working-time.js';
import { hoursOf, offerEnd } from '../assignment/duty.js';
import { stepOf } from '../definition/plan.js';
import type { ApprovePlan } from '../definition/plan.js';
import { withoutPersonal } from '../task/form.js';
import { requestClose } from './closing.js';
import { completeAs } from './commands/context.js';
import type { Course } from './course.js';
import type { CommandEvent } from './events.js';
import { notify } from './notices.js';
import type { About } from './scope.js';
import { follow, reserveSend } from './sending.js';
import type { Approval, InquiryState, TaskState } from './state.js';
import { openTask } from './steps/task.js';
import { advance } from './walk.js';
import { blockedBy } from './window.js';

/**
 * Four eyes: what somebody hands in waits until somebody else agrees to exactly that (definition.md, "approve"). Until then
 * nothing of it has happened: response obligations run on and the token stays.
 */

/** The rule of a task step, or null when it asks nobody. */
export function ruleOf(course: Course, step: string | null): ApprovePlan | null {
  const plan = step === null ? null : stepOf(course.plan, step);
  return plan?.kind === 'task' ? plan.approve : null;
}

type Request = Pick<Approval, 'step' | 'of' | 'what'> & {
  /** Queue of the task it was handed in with. */
  readonly queue: string;
  readonly pendingForm?: InquiryState['pendingForm'];
};

/** What a rule may look at beside the inquiry: what was handed in, and by whom. */
export function lookingAt(course: Course, event: CommandEvent, more: Pick<About, 'reply' | 'data'>): About {
  const { memberId, role } = event.actor;
  const person = course.facts.get('member', memberId);
  const author = { role: person?.role ?? role, tags: person?.skills ?? [], languages: person?.languages ?? [] };
  return { ...more, author, textOf: event.commandId };
}

/** Asks for approval of what a command carries; returns the key of the task that asks. */
export function requestApproval(course: Course, event: CommandEvent, rule: ApprovePlan, request: Request): string {
  const { memberId: authorId } = event.actor;
  const { commandId } = event;
  const { of, step, what, pendingForm = null } = request;
  const contentHash = course.facts.get('content', commandId).hash;
  const queue = 'queue' in rule.by ? rule.by.queue : request.queue;
  const role = 'role' in rule.by ? rule.by.role : null;
  const expiresAt = expiryOf(course, rule);
  if (of !== null) course.effect({ do: 'await_approval', task: of, commandId, memberId: authorId });
  const { queue: ofInquiry, interrupted } = course.state;
  const task = openTask(course, {
    kind: 'approve',
    step: of === null ? null : step,
    queue,
    expiresAt,
    send: what.kind === 'reply' ? what.send : null,
    approval: { authorId, role },
  });
  // The way to the approvers is theirs alone: the inquiry and its next task stay where they were.
  course.set({
    queue: ofInquiry,
    interrupted,
    approval: { task, of, step, authorId, commandId, contentHash, requestedAt: course.now, what },
    pendingForm,
  });
  course.record(
    'approval.requested',
    { task, what: what.kind, by: role ?? queue, expiresAt, commandId },
    { step, ...(rule.when === null ? {} : { expression: rule.when.source }) },
    { kind: 'member', id: authorId },
  );
  const to = role === null ? (`queue:${queue}` as const) : role === 'supervisor' ? role : ('queue' as const);
  notify(course, { to, urgent: false }, { step }, { kind: 'approval_requested', without: authorId });
  return task;
}

/** Approvals end in the hours of the approving queue; those of a role in the definition's. */
function expiryOf(course: Course, { by, withinMs }: ApprovePlan): number | null {
  if (withinMs === null) return null;
  if ('queue' in by) {
    const queue = course.facts.get('queue', by.queue);
    return queue === null ? course.now + withinMs : addWorking(queue.calendar, course.now, withinMs);
  }
  const { calendar: key } = course.plan;
  const calendar = key === null ? null : course.facts.get('calendar', key);
  return calendar === null ? course.now + withinMs : addWorking(calendar, course.now, withinMs);
}

/** What was handed in happens now: the message goes out, the form counts. The token goes on as it would have at once. */
export function carryOut(course: Course, approval: Approval, corrected: string | null): void {
  const { what, of, authorId } = approval;
  const task = course.state.tasks.find(({ key }) => key === of);
  course.set({ approval: null });
  if (what.kind === 'form') return fillIn(course, approval, task, what.outcome);
  const { send, queue, answersThrough, language, inReplyTo } = what;
  const outgoing = { author: 'human', memberId: authorId, queue, answersThrough } as const;
  if (corrected === null) {
    course.effect({ do: 'release_send', send });
    follow(course, { send, ...outgoing });
    course.record('message.queued', { send, author: 'human', followUp: of === null }, {}, author(authorId));
  } else {
    course.effect({ do: 'withdraw_send', send });
    const next = reserveSend(course);
    const attachmentsOf = approval.commandId;
    const source = { kind: 'command', commandId: corrected, template: null, attachmentsOf } as const;
    course.effect({ do: 'send', send: next, author: 'human', memberId: authorId, source, language, inReplyTo });
    follow(course, { send: next, ...outgoing });
    course.record('message.queued', { send: next, author: 'human', corrects: send }, {}, author(authorId));
  }
  if (task !== undefined) completeAs(course, authorId, task, 'sent');
  for (const other of course.state.tasks.filter(({ kind }) => task !== undefined && kind === 'rewrite')) {
    course.effect({ do: 'end_task', task: other.key, as: 'superseded', outcome: 'answered', memberId: null });
    course.set({ tasks: course.state.tasks.filter(({ key }) => key !== other.key) });
    course.record('task.superseded', { task: other.key, outcome: 'answered' });
  }
  if (task?.kind === 'reply') advance(course, 'sent');
  if (what.close || isRepeatOnly(course)) requestClose(course, 'answered');
}

/** An inquiry opened only to repeat a message that failed late ends with it. */
export function isRepeatOnly({ state }: Course): boolean {
  return state.step === null && state.linked?.cause === 'delivery_failed';
}

function fillIn(course: Course, { step, authorId }: Approval, task: TaskState | undefined, outcome: string): void {
  const values = course.state.pendingForm ?? {};
  course.set({ data: { ...course.state.data, [step]: values }, pendingForm: null });
  const changed = { data: withoutPersonal(course.plan, { [step]: values }) };
  course.record('form.filled', { task: task?.key ?? null, fields: Object.keys(values), changed }, {}, author(authorId));
  if (task === undefined) return;
  completeAs(course, authorId, task, outcome);
  if (task.step === course.state.step) advance(course, outcome);
}

/** Gives what was handed in back to its author, who is offered the task first, with the draft. */
export function giveBack(course: Course, approval: Approval, commandId: string | null): void {
  const { of, authorId, what, requestedAt } = approval;
  if (what.kind === 'reply') course.effect({ do: 'withdraw_send', send: what.send });
  course.set({ approval: null, pendingForm: null });
  const task = course.state.tasks.find(({ key }) => key === of);
  if (task !== undefined) {
    const queue = course.facts.get('queue', task.queue);
    const isThere = queue?.members.some(({ id }) => id === authorId) ?? false;
    const offer =
      queue === null || !isThere
        ? null
        : { memberId: authorId, until: offerEnd(hoursOf(queue, authorId), course.now, course.state.acceptWithinMs) };
    course.effect({ do: 'requeue_task', task: task.key, queue: task.queue, offer, cause: 'returned', commandId });
    const waited = course.now - requestedAt;
    const expiresAt = task.expiresAt === null ? null : task.expiresAt + waited;
    const tasks = course.state.tasks.map((other) => (other.key === task.key ? { ...other, expiresAt } : other));
    course.set({ tasks });
    course.record('task.reopened', {
      task: task.key,
      queue: task.queue,
      offeredTo: offer?.memberId ?? null,
      offerUntil: offer?.until ?? null,
    });
  }
  notify(course, { to: `member:${authorId}`, urgent: false }, {}, { kind: 'approval_returned' });
}

/** Nobody decided in time: the rule says what follows. */
export function approvalExpired(course: Course, task: TaskState): void {
  const { approval } = course.state;
  if (approval === null || approval.task !== task.key) return;
  const { what } = approval;
  const as = ruleOf(course, approval.step)?.onExpiry ?? 'escalate';
  const late = { task: task.key, planned: task.expiresAt, lateMs: course.now - (task.expiresAt ?? course.now) };
  if (as === 'escalate') {
    const tasks = course.state.tasks.map((other) => (other.key === task.key ? { ...other, expiresAt: null } : other));
    course.set({ tasks });
    course.record('approval.escalated', late, { step: approval.step });
    return notify(course, { to: 'supervisor', urgent: true }, { step: approval.step }, { without: approval.authorId });
  }
  course.effect({ do: 'end_task', task: task.key, as: 'expired', outcome: 'expired', memberId: null });
  course.set({ tasks: course.state.tasks.filter(({ key }) => key !== task.key) });
  // What the channel would not take any more is written again.
  const sends = as === 'send' && (what.kind === 'form' || blockedBy(course, what.template) === null);
  course.record('approval.expired', { ...late, as: sends ? 'send' : 'return' }, { step: approval.step });
  if (sends) carryOut(course, approval, null);
  else giveBack(course, approval, null);
}

function author(id: string): { readonly kind: 'member'; readonly id: string } {
  return { kind: 'member', id };
}
