import type { Calendar } from '../calendar/types.js';
import { MAX_CLOSED_DATES } from '../calendar/days.js';
import { closing, isOpen, nextOpening } from '../calendar/working-time.js';
import { DAY_MS } from '../calendar/zone.js';
import type { Expression, SendPlan } from '../definition/plan.js';
import type { Course } from './course.js';
import type { Because, SendEffect, TemplateValue } from './effects.js';
import type { TemplateFacts } from './facts.js';
import type { SendState } from './state.js';

type Reason = Omit<Because, 'definition'>;

/** Why an automated message may not go out. */
type SendRefusal =
  | 'thread_takes_one_answer'
  | 'nothing_to_answer'
  | 'no_response_needed'
  | 'message_automated'
  | 'backfill'
  | 'buyer_blocked'
  | 'automated_sends_off'
  | 'window_closed'
  | 'template_missing'
  | 'policy_violation';

/**
 * Sends a template as the machine, once as the plan says. `refused` leaves the plan to go on another way; `sent` covers a
 * send that was skipped because it had been made.
 */
export function sendTemplate(
  course: Course,
  what: { readonly id: string; readonly send: SendPlan },
  because: Reason,
): 'sent' | 'refused' {
  const { id, send } = what;
  if (alreadySent(course, id, send)) {
    course.record('message.skipped', { template: send.template, once: send.once }, because);
    return 'sent';
  }
  const standing = refusalOf(course);
  const template = standing === null ? chooseTemplate(course, send.template) : null;
  const refusal = template?.forbidden === true ? 'policy_violation' : standing;
  if (refusal !== null || template === null) {
    course.record('message.refused', { template: send.template, code: refusal ?? 'template_missing' }, because);
    return 'refused';
  }
  const values = Object.fromEntries(
    Object.entries(send.with).map(([name, expression]) => [name, templateValue(course, expression, because)]),
  );
  const key = queueSend(course, {
    author: 'automated',
    memberId: null,
    source: { kind: 'template', key: send.template, ...placeOf(template), values },
    language: template.locale,
    inReplyTo: course.state.newestMessageId,
    queue: null,
  });
  markSent(course, id, send);
  course.record(
    'message.queued',
    { send: key, author: 'automated', template: send.template },
    { ...because, template: { key: send.template, locale: template.locale, version: template.version } },
  );
  return 'sent';
}

/** A value for a template; an instant stays one, so that it can be told in the reader's words and zone. */
function templateValue(course: Course, expression: Expression, because: Reason): TemplateValue {
  const value = course.evaluate(expression, because);
  if (typeof value === 'object') return null;
  return typeof value === 'number' && course.yieldsInstant(expression) ? { instant: value } : value;
}

type Outgoing = Omit<SendEffect, 'do' | 'send'> & { readonly queue: string | null; readonly answersThrough?: number };

/** Hands a message to the outbox and remembers it until its fate is known; returns its key. */
export function queueSend(course: Course, outgoing: Outgoing): string {
  const { queue, answersThrough, ...effect } = outgoing;
  const { author, memberId } = outgoing;
  const send = reserveSend(course);
  course.effect({ do: 'send', send, ...effect });
  follow(course, { send, author, memberId, queue, answersThrough: answersThrough ?? course.state.newestPosition });
  return send;
}

/** The key of the next message; nothing is sent yet. */
export function reserveSend(course: Course): string {
  const { counters } = course.state;
  course.set({ counters: { ...counters, send: counters.send + 1 } });
  return `send:${counters.send + 1}`;
}

/** Remembers a message that is on its way to the buyer from now on. */
export function follow(
  course: Course,
  {
    send: key,
    ...rest
  }: Pick<SendState, 'author' | 'memberId' | 'queue' | 'answersThrough'> & { readonly send: string },
): void {
  const shop = course.facts.get('shop');
  const send: SendState = {
    key,
    status: 'in_flight',
    queuedAt: course.now,
    availableAt: null,
    suspendUntil: course.now + shop.holdMs + shop.verdictTimeoutMs,
    ...rest,
  };
  course.set({ sends: [...course.state.sends, send] });
}

function alreadySent(course: Course, id: string, send: SendPlan): boolean {
  if (send.once === 'never_limited') return false;
  if (send.once === 'inquiry') return course.state.sentOnce.includes(id);
  const until = course.facts.get('conversation').onceMarks[id];
  return until !== undefined && until > course.now;
}

/** Remembers that a send was made: for the inquiry, or for the conversation until the calendar opens again. */
function markSent(course: Course, id: string, send: SendPlan): void {
  if (send.once === 'inquiry') course.set({ sentOnce: [...course.state.sentOnce, id] });
  if (send.once !== 'closed_period') return;
  const calendar = course.calendar();
  const until = calendar === null ? null : opensNext(calendar, course.now);
  if (until !== null) course.effect({ do: 'mark_once', id, until });
}

/** When a calendar opens the next time; one that is open has to close before, or every message would be answered until then. */
function opensNext(calendar: Calendar, now: number): number {
  const closedFrom = isOpen(calendar, now) ? closing(calendar, now) : now;
  return closedFrom === null ? now + MAX_CLOSED_DATES * DAY_MS : nextOpening(calendar, closedFrom);
}

function refusalOf(course: Course): SendRefusal | null {
  const conversation = course.facts.get('conversation');
  const shop = course.facts.get('shop');
  const newest = course.state.newestMessageId;
  if (course.state.backfill) return 'backfill';
  // Opened by hand or by the platform: an acknowledgement would answer nobody.
  if (newest === null) return 'nothing_to_answer';
  if (conversation.oneAnswer) return 'thread_takes_one_answer';
  if (course.facts.get('message', newest).noResponseNeeded) return 'no_response_needed';
  if (course.facts.get('message', newest).automated === true) return 'message_automated';
  if (course.facts.get('buyer').blocked) return 'buyer_blocked';
  if (!shop.automatedSends) return 'automated_sends_off';
  if (conversation.windowUntil !== null && conversation.windowUntil <= course.now) return 'window_closed';
  return null;
}

function placeOf({ locale, form, version }: TemplateFacts[number]): Omit<TemplateFacts[number], 'forbidden'> {
  return { locale, form, version };
}

/** The template in the buyer's language, else the shop's, else English; in the channel's form, else any. */
function chooseTemplate(course: Course, key: string): TemplateFacts[number] | null {
  const versions = course.facts.get('template', key);
  const shop = course.facts.get('shop');
  const languages = [course.state.language, course.facts.get('buyer').language, shop.language, 'en'];
  for (const language of languages) {
    const inLanguage = language === null ? [] : versions.filter((version) => sameLanguage(version.locale, language));
    const chosen = inLanguage.find((version) => version.form === shop.form) ?? inLanguage[0];
    if (chosen) return chosen;
  }
  return null;
}

/** `pt` and `pt-BR` are the same language here: templates are localised per language, not per country. */
export function sameLanguage(a: string, b: string): boolean {
  return a === b || a.split('-')[0] === b.split('-')[0];
}
