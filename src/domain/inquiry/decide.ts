import type { Plan } from '../definition/plan.js';
import { answeredCall } from './answered-call.js';
import { applyReceipt } from './delivery.js';
import { close, correct, note, snooze } from './commands/inquiry.js';
import { applied, refused } from './commands/context.js';
import { approve, returnToAuthor } from './commands/approval.js';
import { form } from './commands/form.js';
import { notNeeded, reply } from './commands/reply.js';
import { assign, confirmDelivery, handOver, triage } from './commands/tasks.js';
import { Course } from './course.js';
import type { ExpressionAnswer, Texts } from './course.js';
import { applyDue, nextDue } from './due.js';
import type { CommandOutcome, Effect, Entry, EntryActor } from './effects.js';
import type { CommandEvent, InquiryEvent } from './events.js';
import { FactBook, MissingFact } from './facts.js';
import type { FactMap } from './facts.js';
import { answeredElsewhere, opened, received } from './inbound.js';
import { migrate } from './migration/migrate.js';
import { undelivered } from './notices.js';
import { reported } from './reported.js';
import { followPauses } from './obligations.js';
import { applyCalendar } from './reapply.js';
import type { InquiryState } from './state.js';
import { reviewTargets } from './targets.js';

export type DecideInput = {
  readonly plan: Plan;
  readonly state: InquiryState;
  readonly event: InquiryEvent;
  /** Facts by key; a decision that lacks one says which. */
  readonly facts: FactMap;
  /** Texts of messages for expressions; never recorded. */
  readonly texts: Texts;
  /** Recorded answers of expressions, used where a text is gone. */
  readonly answers?: readonly ExpressionAnswer[];
  /** Epoch ms; never before the inquiry's last event. */
  readonly now: number;
};

export type Decision = {
  readonly state: InquiryState;
  /** What the inquiry follows from here on: another plan only where the decision brought it onto one. */
  readonly plan: Plan;
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  /** Facts the decision rests on. */
  readonly facts: FactMap;
  readonly answers: readonly ExpressionAnswer[];
};

/**
 * Takes one decision: what an event does to an inquiry. Pure: the same arguments give the same answer at any later time.
 *
 * @returns the decision, or the key of a fact it needs and was not given; the caller supplies it and asks again
 */
export function decide(input: DecideInput): Decision | { readonly missing: string } {
  const facts = new FactBook(input.facts);
  const course = new Course({
    plan: input.plan,
    state: input.state,
    facts,
    texts: input.texts,
    answers: input.answers ?? [],
    now: input.now,
    actor: actorOf(input.event),
  });
  try {
    apply(course, input.event);
    if (course.state.closedAt === null) {
      followPauses(course);
      reviewTargets(course);
    }
  } catch (error) {
    if (error instanceof MissingFact) return { missing: error.key };
    throw error;
  }
  return {
    state: course.state,
    plan: course.plan,
    entries: course.entries,
    effects: course.effects,
    facts: facts.used(),
    answers: course.answers,
  };
}

function actorOf(event: InquiryEvent): EntryActor {
  switch (event.kind) {
    case 'command':
    case 'calendar.changed':
    case 'definition.changed':
      return { kind: 'member', id: event.actor.memberId };
    case 'message.received':
      return { kind: 'buyer' };
    case 'delivery.receipt':
    case 'reply.external':
    case 'platform.event':
      return { kind: 'channel' };
    case 'call.answered':
    case 'notice.undelivered':
    case 'inquiry.opened':
    case 'time':
      return { kind: 'system' };
  }
}

function apply(course: Course, event: InquiryEvent): void {
  switch (event.kind) {
    case 'inquiry.opened':
      return opened(course, event);
    case 'message.received':
      return received(course, event.messageId);
    case 'reply.external':
      return answeredElsewhere(course, event);
    case 'delivery.receipt':
      return applyReceipt(course, event);
    case 'platform.event':
      return reported(course, event);
    case 'call.answered':
      return answeredCall(course, event);
    case 'notice.undelivered':
      return undelivered(course, event);
    case 'calendar.changed':
      if (course.state.closedAt === null) applyCalendar(course, event);
      return;
    case 'definition.changed':
      return migrate(course, event);
    case 'command':
      course.effect({ do: 'answer_command', commandId: event.commandId, outcome: command(course, event) });
      return;
    case 'time': {
      const due = nextDue(course.state, course.now);
      if (due !== null) applyDue(course, due);
      return;
    }
  }
}

function command(course: Course, event: CommandEvent): CommandOutcome {
  const { command: act } = event;
  if (course.state.closedAt !== null && act.kind !== 'note') return refused(course, event, 'inquiry_closed');
  switch (act.kind) {
    case 'reply':
      return reply(course, event, act);
    case 'not_needed':
      return notNeeded(course, event, act);
    case 'triage':
      return triage(course, event, act);
    case 'form':
      return form(course, event, act);
    case 'confirm_delivery':
      return confirmDelivery(course, event, act);
    case 'approve':
      return approve(course, event, act);
    case 'return':
      return returnToAuthor(course, event, act);
    case 'hand_over':
      return handOver(course, event, act);
    case 'assign':
      return assign(course, event, act);
    case 'note':
      return note(course, event);
    case 'close':
      return close(course, event, act);
    case 'snooze':
      return snooze(course, event, act);
    case 'correct':
      return correct(course, event, act);
    case 'event':
      reported(course, act, { commandId: event.commandId });
      return applied();
    case 'cancel_message':
      return cancelMessage(course, event, act.send);
  }
}

/** Takes back a message that has not been handed to the channel yet; its fate arrives as a receipt. */
function cancelMessage(course: Course, event: CommandEvent, key: string): CommandOutcome {
  const send = course.state.sends.find((candidate) => candidate.key === key);
  const facts = send === undefined ? null : course.facts.get('send', key);
  if (send === undefined || facts === null || facts.handedOver)
    return refused(course, event, 'already_sent', { send: key });
  course.effect({ do: 'cancel_send', send: key });
  applyReceipt(course, {
    kind: 'delivery.receipt',
    send: key,
    status: 'cancelled',
    at: course.now,
    reason: 'by_author',
  });
  return applied();
}
