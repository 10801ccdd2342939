import { payloadErrors } from '../events.js';
import type { Hint, Notice, Notices, ParsedNotice } from '../connector.js';
import type { MercadoLivreApp } from './app.js';
import { jsonOf } from '../answers.js';
import { addresseeShape, noticeShape } from './shapes.js';

/**
 * Notices of the platform. They are not signed: one is let in when it names our application and, where the operator lists them,
 * comes from the platform's addresses. That is why none is believed; it only says what to read.
 */
export function mercadoLivreNotices({ clientId, sources }: MercadoLivreApp): Notices {
  return {
    verify: (_secrets, notice) => isForUs(notice, clientId) && (sources.length === 0 || sources.includes(notice.from)),
    parse,
  };
}

function isForUs({ body }: Notice, clientId: string): boolean {
  return addresseeShape.safeParse(jsonOf(body.toString('utf8'))).data?.application_id === clientId;
}

function parse(body: Buffer): ParsedNotice {
  const parsed = noticeShape.safeParse(jsonOf(body.toString('utf8')));
  if (!parsed.success) return { kind: 'unreadable', errors: payloadErrors(parsed.error) };
  const hint = hintOf(parsed.data.topic, parsed.data.resource);
  return hint === null
    ? { kind: 'nothing' }
    : { kind: 'hints', id: parsed.data._id ?? parsed.data.id ?? '', account: parsed.data.user_id, hints: [hint] };
}

/** What a topic's resource names, or null for what is none of ours. */
export function hintOf(topic: string, resource: string): Hint | null {
  if (topic === 'questions') return named('question', /^\/?questions\/(\d{1,20})$/, resource);
  if (topic === 'messages') return named('message', /^\/?(?:messages\/)?([0-9A-Za-z_-]{1,128})$/, resource);
  // Also its parts, such as what has been done in it.
  if (topic === 'post_purchase') return named('claim', /^\/?post-purchase\/v\d\/claims\/(\d{1,20})(?:\/|$)/, resource);
  return null;
}

/** The pack of an entry of the unread list, or null. */
export function packHint(resource: string): Hint | null {
  const hint = named('pack', /^\/?packs\/(\d{1,20})\//, resource);
  return hint === null ? null : { ...hint, grows: true };
}

function named(kind: Hint['kind'], pattern: RegExp, text: string): Hint | null {
  const resource = pattern.exec(text)?.[1];
  return resource === undefined ? null : { kind, resource };
}
