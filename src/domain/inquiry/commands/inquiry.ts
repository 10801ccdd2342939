import { requestClose } from '../closing.js';
import type { Course } from '../course.js';
import type { CommandOutcome } from '../effects.js';
import type { Command, CommandEvent } from '../events.js';
import type { InquiryState } from '../state.js';
import { applied, recordAct, refused } from './context.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** Keeps a note beside the conversation; it never goes to the buyer. */
export function note(course: Course, event: CommandEvent): CommandOutcome {
  course.effect({ do: 'add_note', commandId: event.commandId, memberId: event.actor.memberId });
  recordAct(course, event, 'note.added');
  return applied();
}

/**
 * Closes by hand; open response obligations end as `closed_unanswered`. Waits while a message is on its way, and yields to
 * a buyer message that was accepted at the same moment.
 */
export function close(course: Course, event: CommandEvent, command: Of<'close'>): CommandOutcome {
  const messageId = course.facts.get('unseen') ?? course.facts.get('pending');
  if (messageId !== null) return refused(course, event, 'newer_message', { messageId });
  recordAct(course, event, 'inquiry.close_requested', { reason: command.reasonCode });
  requestClose(course, command.reasonCode);
  return applied({ state: course.state.closedAt === null ? 'closing' : 'closed' });
}

/** Hides the open tasks until the instant or the next buyer message; clocks run on. */
export function snooze(course: Course, event: CommandEvent, command: Of<'snooze'>): CommandOutcome {
  if (command.until <= course.now) return refused(course, event, 'until_past', { until: command.until });
  course.set({ snoozedUntil: command.until });
  course.effect({ do: 'snooze_tasks', until: command.until });
  recordAct(course, event, 'inquiry.snoozed', { until: command.until });
  return applied({ until: command.until });
}

/** Corrects what the machine understood; old and new values are both kept. */
export function correct(course: Course, event: CommandEvent, command: Of<'correct'>): CommandOutcome {
  const unknown = Object.keys(command.data ?? {}).find((field) => typeof course.plan.data[field] !== 'string');
  if (unknown !== undefined) return refused(course, event, 'field_unknown', { field: unknown });
  const { state } = course;
  const next: Partial<InquiryState> = {
    ...(command.tags === undefined ? {} : { tags: [...new Set(command.tags)] }),
    ...(command.urgency === undefined ? {} : { urgency: command.urgency }),
    ...(command.intent === undefined ? {} : { intent: command.intent }),
    ...(command.language === undefined ? {} : { language: command.language }),
    ...(command.data === undefined ? {} : { data: { ...state.data, ...command.data } }),
  };
  const fields = Object.keys(next) as (keyof InquiryState)[];
  const before = Object.fromEntries(fields.map((field) => [field, state[field]]));
  course.set(next);
  recordAct(course, event, 'inquiry.corrected', { before, after: next });
  return applied();
}
