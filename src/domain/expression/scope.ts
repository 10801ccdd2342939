import type { DataType, DataTypes } from '../definition/plan.js';

export type { DataTypes } from '../definition/plan.js';

/** A scalar as the expression language sees it; `text` is a buyer's or agent's text, cut at `MAX_TEXT` characters. */
export type ScalarKind = 'string' | 'text' | 'bool' | 'int' | 'double' | 'timestamp';

/** One field: a scalar, a list of strings, a record, a list of records, or whatever somebody else's JSON holds (`json`). */
export type Field = ScalarKind | 'strings' | 'json' | { readonly record: Shape } | { readonly list: Shape };

/** Field names of a record with their types. */
export type Shape = Readonly<Record<string, Field>>;

/**
 * Which names an expression may use: those of a definition, those of a routing rule (taken before classification), those of
 * an approval's condition (which also sees the reply and its author), or those of an outside system's answer to a call.
 */
export type ScopeName = 'definition' | 'routing' | 'approval' | 'answer';

/** A list longer than this fails the expression; it bounds what a comprehension can cost. */
export const MAX_LIST = 200;

/** Characters of a text that expressions look at; the rest is not seen. */
export const MAX_TEXT = 20_000;

/** Not the name: it may be a person's words, which nothing that is recorded rests on. */
const attachments: Field = { list: { mediaType: 'string', size: 'int' } };

const routingMessage: Shape = { text: 'text', language: 'string', attachments, sentAt: 'timestamp' };

const classification: Shape = { intent: 'string', urgency: 'string', sensitive: 'bool', confidence: 'double' };

const buyer: Field = { record: { returning: 'bool', blocked: 'bool', tags: 'strings', value: 'double' } };

const shop: Field = { record: { key: 'string', channel: 'string', country: 'string', language: 'string' } };

const calendar: Field = { record: { open: 'bool', nextOpening: 'timestamp', labels: 'strings' } };

const routing: Shape = { message: { record: routingMessage }, buyer, shop, calendar, now: 'timestamp' };

const definition: Shape = {
  ...routing,
  inquiry: {
    record: {
      ...classification,
      language: 'string',
      tags: 'strings',
      messageCount: 'int',
      openedAt: 'timestamp',
      reopened: 'bool',
    },
  },
  message: { record: { ...routingMessage, ...classification } },
  conversation: {
    record: {
      windowUntil: 'timestamp',
      thread: { record: { answers: 'string', public: 'bool' } },
      humanAnswered: 'bool',
    },
  },
};

const approval: Shape = {
  ...definition,
  reply: { record: { text: 'text', language: 'string', translated: 'bool', attachments } },
  author: { record: { role: 'string', tags: 'strings', languages: 'strings' } },
};

/** `body` has no declared type: what is read from it is known when the answer is there. */
const answer: Shape = { status: 'int', body: 'json' };

const SCOPES: Readonly<Record<ScopeName, Shape>> = { definition, routing, approval, answer };

const DATA_KINDS: Readonly<Record<DataType, ScalarKind>> = {
  string: 'string',
  number: 'double',
  bool: 'bool',
  timestamp: 'timestamp',
};

const dataField = (type: DataTypes[string]): Field =>
  typeof type === 'string'
    ? DATA_KINDS[type]
    : { record: Object.fromEntries(Object.entries(type).map(([name, inner]) => [name, DATA_KINDS[inner]])) };

/** The names of `scope`, with `data` as the definition declares it (a routing rule and an answer have none). */
export function scopeShape(scope: ScopeName, data: DataTypes): Shape {
  if (scope === 'routing' || scope === 'answer') return SCOPES[scope];
  const fields = Object.entries(data).map(([name, type]) => [name, dataField(type)] as const);
  return { ...SCOPES[scope], data: { record: Object.fromEntries(fields) } };
}
