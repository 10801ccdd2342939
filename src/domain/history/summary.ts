import type { EntryActor } from '../inquiry/effects.js';

/** A history entry as far as its summary needs it. */
export type Summarised = {
  readonly kind: string;
  readonly actor: EntryActor;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What a sentence is made of. */
type Told = {
  readonly who: string;
  readonly actor: EntryActor;
  readonly data: Readonly<Record<string, unknown>>;
  /** A member of the data in words; `–` when it is absent. */
  readonly say: (field: string) => string;
  /** The name of the member whose id the data holds. */
  readonly person: (field: string) => string;
};

type Sentence = (told: Told) => string;

const OBLIGATIONS: Readonly<Record<string, Sentence>> = {
  'obligation.activated': ({ say }) => `The clock of ${say('name')} started; due ${say('deadline')}.`,
  'obligation.not_activated': ({ say }) => `${say('name')} does not apply: its condition is false.`,
  'obligation.paused': ({ say }) => `The clock of ${say('name')} paused.`,
  'obligation.resumed': ({ say }) => `The clock of ${say('name')} went on; due ${say('deadline')}.`,
  'obligation.policy_applied': ({ say }) =>
    `${say('name')} got another target; due ${say('deadline')} instead of ${say('from')}.`,
  'obligation.warned': ({ say }) => `${say('name')} is about to be breached.`,
  'obligation.breached': ({ say }) => `${say('name')} was breached at ${say('breachedAt')}.`,
  'obligation.breach_withdrawn': ({ say }) =>
    `The breach of ${say('name')} was withdrawn: it had been met at ${say('evidenceAt')}.`,
  'obligation.met': ({ say, data }) =>
    `${say('name')} was met at ${say('metAt')}${data['inTime'] === false ? ', late' : ''}.`,
  'obligation.cancelled': ({ say }) => `${say('name')} was cancelled: ${say('cause')}.`,
  'obligation.reopened': ({ say }) => `${say('name')} is open again, from its original start: ${say('cause')}.`,
  'level.fired': ({ say, data }) =>
    `Level ${say('level')} of ${say('name')} fired${Number(data['lateMs']) > 0 ? `, ${say('lateMs')} ms late` : ''}.`,
  'level.moved': ({ say }) =>
    `Level ${say('level')} of ${say('name')} is due ${say('planned')}: the window was prolonged.`,
};

const MESSAGES: Readonly<Record<string, Sentence>> = {
  'message.received': ({ who }) => `${who} wrote.`,
  'message.answered_elsewhere': ({ say, data }) =>
    data['send'] === undefined
      ? `Somebody answered outside Atende (${say('author')}).`
      : 'The message went back to its author: somebody answered outside Atende.',
  'message.queued': ({ who, say, data }) =>
    data['author'] === 'human'
      ? `${who} answered${data['followUp'] === true ? ' once more' : ''}.`
      : `The template ${say('template')} was sent off.`,
  'message.skipped': ({ say }) => `The template ${say('template')} was not sent again.`,
  'message.refused': ({ say }) => `The template ${say('template')} could not be sent: ${say('code')}.`,
  'message.accepted': () => 'The channel took the message.',
  'message.available': () => 'The buyer can see the message.',
  'message.rejected': () => 'The channel rejected the message.',
  'message.bounced': () => 'The message bounced.',
  'message.failed': () => 'The channel refused the message.',
  'message.uncertain': () => 'Nobody knows whether the message arrived.',
  'message.cancelled': () => 'The message was taken back before it was sent.',
  'message.receipt_ignored': ({ say }) => `The channel told of a message that is settled already: ${say('status')}.`,
  'note.added': ({ who }) => `${who} left a note.`,
};

const TASKS: Readonly<Record<string, Sentence>> = {
  'assignment.chosen': ({ say, person }) => `${person('memberId')} was chosen in ${say('queue')} by ${say('by')}.`,
  'assignment.nobody': ({ say }) => `Nobody could be chosen in ${say('queue')}.`,
  'task.opened': ({ say, data, person }) =>
    `A ${say('kind')} task is open in ${say('queue')}${isAbsent(data['offeredTo']) ? '' : `, offered to ${person('offeredTo')}`}.`,
  'task.claimed': ({ who }) => `${who} took the task.`,
  'task.offered': ({ person }) => `The task was offered to ${person('offeredTo')} as their shift began.`,
  'task.released': ({ who, data, actor, person }) =>
    actor.kind === 'member' && data['from'] !== actor.id && typeof data['from'] === 'string'
      ? `${who} took the task from ${person('from')}.`
      : `${who} gave the task back.`,
  'task.lease_expired': ({ who, data, person }) =>
    data['memberId'] === undefined ? `The lease of ${who} ran out.` : `The lease of ${person('memberId')} ran out.`,
  'task.offer_expired': () => 'The offer ran out; anybody in the queue may take the task.',
  'task.handed_over': ({ who, say, data, person }) =>
    `${who} handed the task over to ${isAbsent(data['memberId']) ? say('queue') : person('memberId')}.`,
  'task.reassigned': ({ who, say, data, person }) =>
    data['cause'] === 'escalation'
      ? `The escalation moved the open tasks to ${say('queue')}.`
      : `${who} gave the task to ${isAbsent(data['memberId']) ? say('queue') : person('memberId')}.`,
  'task.reassign_refused': ({ say }) => `The escalation could not move the tasks to ${say('queue')}: ${say('code')}.`,
  'task.completed': ({ who, say }) => `${who} ended the ${say('taskKind')} task: ${say('outcome')}.`,
  'policy.overridden': ({ who, say }) => `${who} was warned of ${say('phrases')} and went on.`,
  'task.reopened': ({ say }) => `The task is open again in ${say('queue')}, with what was handed in as its draft.`,
  'approval.requested': ({ who, say }) => `${who} handed in a ${say('what')} that awaits approval by ${say('by')}.`,
  'approval.granted': ({ who, say, data }) =>
    `${who} approved the ${say('what')}${data['edited'] === true ? ' with a correction' : ''}.`,
  'approval.returned': ({ who, say }) => `${who} returned it to its author: ${say('reason')}.`,
  'approval.escalated': () => 'Nobody decided on the approval in time; supervisors were told.',
  'approval.expired': ({ data }) =>
    data['as'] === 'send'
      ? 'Nobody decided on the approval in time; it went on without.'
      : 'Nobody decided on the approval in time; it went back to its author.',
  'approval.withdrawn': ({ say }) => `The approval became pointless: ${say('cause')}.`,
  'task.expired': ({ say }) => `The ${say('taskKind')} task took too long and was ended.`,
  'task.superseded': ({ say }) => `The task became pointless: ${say('outcome')}.`,
  'task.cancelled': ({ say }) => `The task was cancelled: ${say('cause')}.`,
};

const COURSE: Readonly<Record<string, Sentence>> = {
  'inquiry.opened': ({ data }) =>
    data['linked'] === undefined ? 'The inquiry was opened.' : 'The inquiry was opened as the continuation of another.',
  'inquiry.set': ({ who, say }) => `${who} set ${say('changed')}.`,
  'form.filled': ({ who, say }) => `${who} filled in ${say('fields')}.`,
  'inquiry.corrected': ({ who, say }) => `${who} corrected ${say('after')}.`,
  'inquiry.snoozed': ({ who, say }) => `${who} put the inquiry off until ${say('until')}.`,
  'inquiry.unsnoozed': ({ say }) => `The inquiry is back: ${say('cause')}.`,
  'inquiry.close_requested': ({ who, say }) => `${who} asked to close: ${say('reason')}.`,
  'inquiry.closing': ({ say }) => `Closing waits for the ${say('waitingFor')}.`,
  'inquiry.close_withdrawn': () => 'The inquiry stays open: the buyer wrote.',
  'inquiry.closed': ({ say }) => `The inquiry was closed: ${say('reason')}.`,
  'inquiry.archived': () => 'The inquiry was archived: it can no longer be reopened.',
  'inquiry.erased': ({ say }) => `The content was erased at the end of the class ${say('retentionClass')}.`,
  'hold.placed': ({ who }) => `${who} put the inquiry on hold: nothing of it is erased.`,
  'hold.released': ({ who }) => `${who} released the hold.`,
  'classification.recorded': ({ say }) =>
    `Understood as ${say('intent')}, urgency ${say('urgency')}, language ${say('language')}.`,
  'rule.matched': ({ say }) => `The rule ${say('rule')} matched.`,
  'rule.passed_over': ({ say }) => `Rules that did not match: ${say('rules')}.`,
  'step.chosen': ({ say, data }) =>
    data['goto'] === null ? 'No condition held; the next step follows.' : `The way goes on at ${say('goto')}.`,
  'step.waiting': ({ say, data }) => `Waiting (${say('as')})${data['until'] === null ? '' : ` until ${say('until')}`}.`,
  'step.wait_over': ({ say }) => `The wait was over at once: ${say('outcome')}.`,
  'step.timed_out': () => 'The wait timed out.',
  'goto.taken': ({ say }) => `The way was moved to ${say('to')}.`,
  'goto.refused': ({ say }) => `The way was not moved to ${say('to')}: ${say('code')}.`,
  'action.skipped': ({ say }) => `The action ${say('action')} was passed over: its condition is false.`,
  'expression.failed': ({ say }) => `A condition could not be evaluated and counts as false: ${say('error')}.`,
  'notification.sent': ({ say }) => `Told ${say('reached')} (${say('members')}).`,
  'notification.undelivered': ({ say }) => `Word to ${say('reached')} did not arrive: ${say('code')}.`,
  'notification.nobody': ({ say }) => `There was nobody to tell (${say('to')}).`,
  'request.refused': ({ who, say }) => `${who} was refused ${say('action')}: ${say('code')}.`,
  'call.queued': ({ say }) => `${say('connection')} is asked for ${say('operation')}.`,
  'call.ok': () => 'The outside system has done what it was asked for.',
  'call.refused': ({ say }) => `The outside system was not brought to do it: ${say('code')}.`,
  'call.unknown': ({ say }) => `Nobody knows whether the outside system has done it: ${say('code')}.`,
  'call.cancelled': ({ say }) => `The outside system is not asked any more: ${say('cause')}.`,
  'call.awaited': () => 'The answer to an earlier call is waited for.',
  'call.answer_ignored': ({ say }) => `The outside system told of a call that is settled already: ${say('outcome')}.`,
  'platform.event': ({ say }) => `The platform or an integration reported ${say('name')}.`,
  'definition.migrated': ({ who, say }) =>
    `${who} had the inquiry go on by version ${say('toVersion')} of its definition instead of ${say('fromVersion')}.`,
  'definition.migration_refused': ({ say, data }) =>
    `The inquiry stayed on its version of the definition: ${say('code')}${isAbsent(data['place']) ? '' : ` (${say('place')})`}.`,
  'event.failed': ({ say }) =>
    `An event could not be applied (${say('event')}: ${say('code')}); a person was asked to look.`,
};

const SENTENCES: Readonly<Record<string, Sentence>> = { ...OBLIGATIONS, ...MESSAGES, ...TASKS, ...COURSE };

/**
 * One short English sentence that tells what an entry of the history says (api.md, `GET …/history`). It is made of kind
 * and data alone, which hold no text of buyers or agents.
 *
 * @param nameOf the name of a member; what it returns for an unknown id is shown as it is
 */
export function summaryOf(entry: Summarised, nameOf: (memberId: string) => string): string {
  const { kind, data } = entry;
  const who = actorName(entry.actor, nameOf);
  const say = (field: string): string => words(data[field], nameOf);
  const person = (field: string): string => (typeof data[field] === 'string' ? nameOf(data[field]) : '–');
  const told: Told = { who, actor: entry.actor, data, say, person };
  if (kind.endsWith('.refused') && !(kind in MESSAGES) && !(kind in COURSE)) {
    return `${who} was refused: ${spoken(kind.slice(0, -'.refused'.length))} (${say('code')}).`;
  }
  return SENTENCES[kind]?.(told) ?? `${capital(spoken(kind))}.`;
}

function actorName(actor: EntryActor, nameOf: (memberId: string) => string): string {
  switch (actor.kind) {
    case 'member':
      return nameOf(actor.id);
    case 'buyer':
      return 'The buyer';
    case 'channel':
      return 'The channel';
    case 'system':
      return 'Atende';
  }
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

function spoken(kind: string): string {
  return kind.replaceAll(/[._]/g, ' ');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A value in words: names for ids of members, `key value` for the members of an object. */
function words(value: unknown, nameOf: (memberId: string) => string): string {
  if (Array.isArray(value)) return value.length === 0 ? 'nobody' : value.map((item) => word(item, nameOf)).join(', ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${Array.isArray(inner) ? words(inner, nameOf) : word(inner, nameOf)}`)
      .join(', ');
  }
  return word(value, nameOf);
}

function word(value: unknown, nameOf: (memberId: string) => string): string {
  if (typeof value === 'string') return UUID.test(value) ? nameOf(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '–';
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
