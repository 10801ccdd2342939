import { meets } from '../obligation/needs.js';
import { finishClosing } from './closing.js';
import type { Course } from './course.js';
import type { ReceiptEvent, ReceiptStatus } from './events.js';
import { activate, cancelObligation, keepEarliest, meet, reopenMetBy } from './obligations.js';
import { isOpenObligation, remember, unansweredOf } from './state.js';
import type { SendState } from './state.js';
import { openTask } from './steps/task.js';

/** What became of messages: an obligation is met when the answer is available, not when it was sent. */

const FAILED: ReadonlySet<ReceiptStatus> = new Set(['rejected', 'bounced', 'failed']);

/** Applies one receipt. One about a send that is settled already changes nothing and is recorded. */
export function applyReceipt(course: Course, event: ReceiptEvent): void {
  const send = course.state.sends.find((candidate) => candidate.key === event.send);
  const data = { send: event.send, at: event.at, ...(event.reason === null ? {} : { reason: event.reason }) };
  if (!send) {
    course.record('message.receipt_ignored', { ...data, status: event.status }, {}, { kind: 'channel' });
    return;
  }
  course.record(`message.${event.status}`, data, {}, { kind: 'channel' });
  if (event.status === 'accepted') return;
  if (course.state.closedAt !== null) return afterClose(course, send, event.status);
  if (event.status === 'available') becomeAvailable(course, send, event.at);
  else if (event.status === 'cancelled') returnToAuthor(course, send, 'cancelled');
  else if (event.status === 'answered_elsewhere') returnToAuthor(course, send, 'answered_elsewhere');
  else if (event.status === 'uncertain') becomeUncertain(course, send);
  else if (FAILED.has(event.status)) fail(course, send, event.status, event.reason);
  finishClosing(course);
}

/**
 * A closed inquiry keeps what is true and opens nothing: no task that nobody could end, no clock that nobody would stop.
 * Writing again is the business of the linked inquiry that is opened for it. What the message had met is counted as not met.
 */
function afterClose(course: Course, send: SendState, status: ReceiptStatus): void {
  if (status === 'available') return replaceSend(course, { ...send, status, availableAt: course.now });
  if (status === 'uncertain') return replaceSend(course, { ...send, status });
  drop(course, send);
  for (const obligation of course.state.obligations) cancelObligation(course, obligation, 'delivery_failed');
}

/** The buyer can see it: meets what it meets, and answers what had been written before it. */
export function becomeAvailable(course: Course, send: SendState, at: number): void {
  settleTasks(course, send, 'delivered');
  replaceSend(course, { ...send, status: 'available', availableAt: at });
  for (const obligation of course.state.obligations) {
    if (isOpenObligation(obligation) && meets(send.author, obligation.needs)) meet(course, obligation, at, send.key);
  }
  if (send.author === 'human') answered(course, send.answersThrough, send.key, send.memberId);
}

/** A person has answered everything up to `through`; what came later opens the next obligation. */
export function answered(course: Course, through: number, by: string, memberId: string | null): void {
  const inbound = course.state.inbound.map((message) =>
    message.position <= through && message.answeredBy === null ? { ...message, answeredBy: by } : message,
  );
  course.set({
    inbound: remember(inbound, (message) => message.answeredBy !== null),
    humanAnswered: true,
    lastAgentId: memberId ?? course.state.lastAgentId,
  });
  course.effect({ do: 'answered', memberId });
  openNextResponse(course);
}

/** Opens `next_response` at the oldest unanswered message when `first_response` is no longer open and none is running. */
export function openNextResponse(course: Course): void {
  const oldest = unansweredOf(course.state)[0];
  if (!oldest) return;
  const open = course.state.obligations.filter(isOpenObligation);
  if (open.some(({ name }) => name === 'first_response' || name === 'next_response')) return;
  activate(course, { name: 'next_response', startedAt: oldest.sentAt, cause: 'buyer_message' });
}

function fail(course: Course, send: SendState, status: ReceiptStatus, reason: string | null): void {
  settleTasks(course, send, 'not_delivered');
  drop(course, send);
  if (send.author === 'human') {
    openTask(course, { kind: 'rewrite', queue: send.queue, send: send.key, reason: reason ?? status });
  }
}

/** It will not be sent: a person's text goes back to its author instead, an automated one is simply forgotten. */
function returnToAuthor(course: Course, send: SendState, reason: string): void {
  drop(course, send);
  if (send.author === 'human') openTask(course, { kind: 'rewrite', queue: send.queue, send: send.key, reason });
}

function becomeUncertain(course: Course, send: SendState): void {
  replaceSend(course, { ...send, status: 'uncertain' });
  if (course.state.tasks.some((task) => task.send === send.key)) return;
  openTask(course, { kind: 'confirm_delivery', queue: send.queue, send: send.key, reason: 'uncertain' });
}

/** Forgets a send that will not reach the buyer; what it had met is open again. */
function drop(course: Course, send: SendState): void {
  course.set({
    sends: course.state.sends.filter((other) => other.key !== send.key),
    inbound: course.state.inbound.map((message) =>
      message.answeredBy === send.key ? { ...message, answeredBy: null } : message,
    ),
  });
  reopenMetBy(course, send.key, 'delivery_failed');
  for (const other of course.state.sends) meetAfterAll(course, other);
  keepEarliest(course);
}

/** What a lost message had met or answered, another one that the buyer has seen since then may have met as well. */
function meetAfterAll(course: Course, send: SendState): void {
  const at = send.availableAt;
  if (at === null) return;
  for (const obligation of course.state.obligations) {
    const covers = meets(send.author, obligation.needs) && obligation.startedAt <= at;
    if (covers && isOpenObligation(obligation)) meet(course, obligation, at, send.key);
  }
  if (send.author !== 'human') return;
  course.set({
    inbound: course.state.inbound.map((message) =>
      message.position <= send.answersThrough && message.answeredBy === null
        ? { ...message, answeredBy: send.key }
        : message,
    ),
  });
}

function settleTasks(course: Course, send: SendState, outcome: string): void {
  for (const task of course.state.tasks) {
    if (task.kind !== 'confirm_delivery' || task.send !== send.key) continue;
    course.effect({ do: 'end_task', task: task.key, as: 'superseded', outcome, memberId: null });
    course.record('task.superseded', { task: task.key, outcome });
  }
  course.set({
    tasks: course.state.tasks.filter((task) => task.kind !== 'confirm_delivery' || task.send !== send.key),
  });
}

function replaceSend(course: Course, next: SendState): void {
  const sends = course.state.sends.map((send) => (send.key === next.key ? next : send));
  course.set({ sends: remember(sends, (send) => send.status === 'available') });
}

/** A rewrite or confirmation was ended by hand with this fate. */
export function settleByHand(course: Course, sendKey: string, delivered: boolean): void {
  const send = course.state.sends.find((candidate) => candidate.key === sendKey);
  if (!send) return;
  if (delivered) becomeAvailable(course, send, course.now);
  else fail(course, send, 'failed', 'not_delivered');
}
