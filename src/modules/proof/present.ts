import { messageIdOf, taskIdOf } from '../inquiry/index.js';

/**
 * How what decisions recorded is shown: instants in RFC 3339, and the ids of messages and tasks in place of the keys that
 * decisions call them by.
 */

/** Names under which decisions record instants, also as the last part of an expression's path. */
const INSTANTS = new Set([
  'at',
  'sentAt',
  'openedAt',
  'startedAt',
  'deadline',
  'from',
  'metAt',
  'breachedAt',
  'noticedAt',
  'evidenceAt',
  'planned',
  'fired',
  'until',
  'offerUntil',
  'reopenUntil',
  'retainUntil',
  'leaseUntil',
  'windowUntil',
  'nextOpening',
  'now',
]);

type Members = Readonly<Record<string, unknown>>;

/** The members of an entry's `data` or of its reasons, as they are shown. */
export function presented(members: Members, inquiryId: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).flatMap(([name, value]) => member(name, value, inquiryId)));
}

function member(name: string, value: unknown, inquiryId: string): [string, unknown][] {
  if (name === 'send' && typeof value === 'string') return [['messageId', messageIdOf(inquiryId, value)]];
  if (name === 'task' && typeof value === 'string') return [['taskId', taskIdOf(inquiryId, value)]];
  if (name === 'by' && typeof value === 'string') return Object.entries(metBy(value, inquiryId));
  return [[name, shown(name, value, inquiryId)]];
}

function shown(name: string, value: unknown, inquiryId: string): unknown {
  if (typeof value === 'number') return INSTANTS.has(name.split('.').at(-1) ?? name) ? rfc3339(value) : value;
  if (Array.isArray(value)) return value.map((item) => shown('', item, inquiryId));
  return typeof value === 'object' && value !== null ? presented(value as Members, inquiryId) : value;
}

/** What met an obligation: a message of ours, an answer given elsewhere, or a word such as `close`. */
export function metBy(by: string, inquiryId: string): { readonly by: string; readonly messageId?: string } {
  if (by.startsWith('send:')) return { by: 'message', messageId: messageIdOf(inquiryId, by) };
  const external = /^external:(.+)$/.exec(by)?.[1];
  return external === undefined ? { by } : { by: 'external', messageId: external };
}

export function rfc3339(ms: number): string;
export function rfc3339(ms: number | null): string | null;
export function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
