import { stepOf } from '../definition/plan.js';
import { meets } from '../obligation/needs.js';
import { withdrawApproval } from './withdraw-approval.js';
import { withdrawClosing } from './closing.js';
import type { Course } from './course.js';
import { answered, openNextResponse } from './delivery.js';
import { unsnooze } from './due.js';
import type { InquiryEvent, OpenedEvent } from './events.js';
import { startAt } from './moments.js';
import { activate, meet } from './obligations.js';
import { runRules } from './rules.js';
import { elsewhere, isOpenObligation, remember } from './state.js';
import type { SendState } from './state.js';
import { openTask } from './steps/task.js';
import { advance, followJump, walkTo } from './walk.js';
import { followWindow } from './window-levels.js';

/** The first event: takes over what a linked inquiry leaves, starts the clocks and sends the token on its way. */
export function opened(course: Course, event: OpenedEvent): void {
  const { linked } = event;
  course.set({
    backfill: event.backfill,
    linked: linked === null ? null : { inquiryId: linked.inquiryId, cause: linked.cause },
    humanAnswered: linked?.humanAnswered ?? false,
    lastAgentId: linked?.lastAgentId ?? null,
    queue: linked?.cause === 'delivery_failed' ? linked.queue : null,
  });
  course.record('inquiry.opened', {
    backfill: event.backfill,
    ...(linked === null ? {} : { linked: linked.inquiryId, cause: linked.cause }),
  });
  if (event.messageId !== null) attach(course, event.messageId);
  startClocks(course, event);
  if (linked?.failedSend) {
    const { messageId, reason } = linked.failedSend;
    openTask(course, { kind: 'rewrite', queue: linked.queue, messageId, reason });
    return;
  }
  // Without a classify step nothing else would run the rules on the opening message.
  if (event.messageId !== null && !course.plan.steps.some((step) => step.kind === 'classify')) runRules(course);
  if (!followJump(course)) walkTo(course, course.plan.steps[0]?.id ?? null);
}

function startClocks(course: Course, event: OpenedEvent): void {
  const { linked, messageId } = event;
  const message = messageId === null ? null : course.facts.get('message', messageId);
  if (message !== null && !message.noResponseNeeded) {
    activate(course, { name: 'acknowledge', startedAt: message.sentAt, cause: 'buyer_message' });
    startResponse(course, linked, message.sentAt);
    activate(course, {
      name: 'platform_response',
      startedAt: message.sentAt,
      cause: 'buyer_message',
      platformDeadline: message.respondBy,
    });
  } else if (linked?.cause === 'reopened' && !linked.humanAnswered && linked.firstResponseStartedAt !== null) {
    startResponse(course, linked, linked.firstResponseStartedAt);
  }
  activate(course, {
    name: 'resolution',
    startedAt: course.state.openedAt,
    cause: linked === null ? 'opening' : linked.cause,
    used: linked?.resolutionElapsedMs ?? 0,
  });
  startAt(course, 'opening', course.state.openedAt);
}

/** After a person has answered once, a reopening starts `next_response`; before that, `first_response` goes on. */
function startResponse(course: Course, linked: OpenedEvent['linked'], sentAt: number): void {
  if (linked?.humanAnswered) activate(course, { name: 'next_response', startedAt: sentAt, cause: 'reopened' });
  else {
    const startedAt = linked?.firstResponseStartedAt ?? sentAt;
    activate(course, { name: 'first_response', startedAt, cause: linked === null ? 'buyer_message' : linked.cause });
  }
}

function attach(course: Course, messageId: string): void {
  const message = course.facts.get('message', messageId);
  const inbound = message.noResponseNeeded
    ? course.state.inbound
    : [...course.state.inbound, { position: message.position, sentAt: message.sentAt, answeredBy: null }];
  course.set({
    messageCount: course.state.messageCount + 1,
    newestMessageId: messageId,
    newestPosition: Math.max(course.state.newestPosition, message.position),
    inbound: remember(inbound, (other) => other.answeredBy !== null),
  });
  const known = message.classification;
  course.record(
    'message.received',
    { messageId, sentAt: message.sentAt, intent: known?.intent ?? null, language: known?.language ?? null },
    {},
    { kind: 'buyer' },
  );
}

/** A further message: attached, rules run, ends a wait for it, opens `next_response`, withdraws a pending close. */
export function received(course: Course, messageId: string): void {
  attach(course, messageId);
  followWindow(course);
  unsnooze(course, 'buyer_message');
  const message = course.facts.get('message', messageId);
  if (!message.noResponseNeeded) {
    openNextResponse(course);
    if (message.respondBy !== null) followPlatform(course, message.sentAt, message.respondBy);
  }
  runRules(course);
  const resume = withdrawClosing(course);
  if (followJump(course)) return;
  // An inquiry that only repeats a failed message becomes an ordinary one when the buyer writes.
  if (course.state.step === null) walkTo(course, course.plan.steps[0]?.id ?? null);
  else if (course.state.wait !== null && endsWithMessage(course)) advance(course, 'message');
  else if (resume !== null && !hasOwnTask(course)) walkTo(course, resume);
}

/** Whether the task of the step is still open, as when it was closed by hand and the close did not come to be. */
function hasOwnTask({ state }: Course): boolean {
  return state.tasks.some((task) => task.step !== null && task.step === state.step);
}

function endsWithMessage({ plan, state }: Course): boolean {
  const step = state.step === null ? null : stepOf(plan, state.step);
  return step?.kind === 'wait' && step.messages;
}

function followPlatform(course: Course, startedAt: number, platformDeadline: number): void {
  const running = course.state.obligations.some(
    (other) => other.name === 'platform_response' && isOpenObligation(other),
  );
  if (!running) activate(course, { name: 'platform_response', startedAt, cause: 'buyer_message', platformDeadline });
}

/** Somebody answered outside Atende. A machine, or nobody knows who, meets the acknowledgement at most. */
export function answeredElsewhere(course: Course, event: Extract<InquiryEvent, { kind: 'reply.external' }>): void {
  const human = event.author === 'human';
  course.record(
    'message.answered_elsewhere',
    { messageId: event.messageId, author: event.author, at: event.at },
    {},
    { kind: 'channel' },
  );
  keepElsewhere(course, event);
  for (const obligation of course.state.obligations) {
    const counts = meets(human ? 'human' : 'automated', obligation.needs);
    if (counts && isOpenObligation(obligation)) meet(course, obligation, event.at, elsewhere(event.messageId));
  }
  if (!human) return;
  const own = course.state.tasks.filter((task) => task.kind === 'reply' || task.kind === 'rewrite');
  for (const task of own) {
    course.effect({ do: 'end_task', task: task.key, as: 'superseded', outcome: 'answered_elsewhere', memberId: null });
    course.record('task.superseded', { task: task.key, outcome: 'answered_elsewhere' });
  }
  course.set({ tasks: course.state.tasks.filter((task) => !own.includes(task)) });
  if (course.state.approval?.what.kind === 'reply') withdrawApproval(course, 'answered_elsewhere');
  answered(course, course.state.newestPosition, elsewhere(event.messageId), null);
  if (own.some((task) => task.kind === 'reply')) advance(course, 'sent');
}

/** What was written elsewhere stands beside our own messages: should one of them turn out lost, the buyer still has this one. */
function keepElsewhere(course: Course, event: Extract<InquiryEvent, { kind: 'reply.external' }>): void {
  const human = event.author === 'human';
  const send: SendState = {
    key: elsewhere(event.messageId),
    author: human ? 'human' : 'automated',
    memberId: null,
    status: 'available',
    queuedAt: event.at,
    availableAt: event.at,
    suspendUntil: event.at,
    answersThrough: human ? course.state.newestPosition : 0,
    queue: null,
  };
  course.set({ sends: remember([...course.state.sends, send], ({ status }) => status === 'available') });
}
