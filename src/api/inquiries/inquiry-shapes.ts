import { z } from 'zod';
import { INTENTS, URGENCIES } from '../../domain/definition/plan.js';
import { CATEGORIES } from '../../domain/inquiry/category.js';
import { soughtWords } from '../../domain/search/words.js';
import { pageQuery } from '../http/paging.js';
import { instantShape, memberShape, toldShape } from '../http/shapes.js';
import { plainText } from '../http/validation.js';

/** Queries and answers of what is read about inquiries. */

const dataScalar = z.union([z.string(), z.number(), z.boolean()]);

const STATES = ['open', 'waiting_buyer', 'waiting_platform', 'waiting_other', 'snoozed', 'closed', 'archived'] as const;

/** An instant in a query, as epoch ms. */
export const instantQuery = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const stateText = z.enum(STATES);

const NOTHING_SOUGHT = 'Words of three letters or more, or numbers; all of them must be found';

export const inquiryListQuery = z.strictObject({
  ...pageQuery,
  state: z.union([stateText.transform((state) => [state]), z.array(stateText)]).optional(),
  queue: plainText(63).optional(),
  holder: z.uuid().optional(),
  shop: plainText(63).optional(),
  category: z.enum(CATEGORIES).optional(),
  intent: z.enum(INTENTS as [string, ...string[]]).optional(),
  urgency: z.enum(URGENCIES as [string, ...string[]]).optional(),
  tag: plainText(63).optional(),
  openedFrom: instantQuery.optional(),
  openedTo: instantQuery.optional(),
  q: z
    .string()
    .max(500)
    .refine((text) => soughtWords(text).length > 0, NOTHING_SOUGHT)
    .optional(),
  sort: z.enum(['opened', 'due']).default('opened'),
});

export const inquiryRowShape = z.object({
  id: z.uuid(),
  number: z.number().int(),
  conversationId: z.uuid(),
  shopId: z.uuid(),
  shopName: z.string(),
  channel: z.string(),
  buyerId: z.uuid(),
  buyerName: z.string().nullable(),
  state: stateText,
  step: z.string().nullable(),
  category: z.enum(CATEGORIES),
  intent: z.string().nullable(),
  urgency: z.string(),
  sensitive: z.boolean(),
  language: z.string().nullable(),
  tags: z.array(z.string()),
  queue: z.string().nullable(),
  holder: memberShape.nullable(),
  unansweredSince: instantShape.nullable(),
  lastMessage: z
    .object({ id: z.uuid(), direction: z.enum(['in', 'out']), preview: z.string().nullable(), at: instantShape })
    .nullable(),
  task: z.object({ id: z.uuid(), kind: z.string(), state: z.string(), holder: memberShape.nullable() }).nullable(),
  nextDue: instantShape.nullable(),
  openedAt: instantShape,
  closedAt: instantShape.nullable(),
});

const versionShape = z.object({ key: z.string(), version: z.number().int() });
const erasedShape = z.object({ at: instantShape, requestId: z.string().nullable() });

const obligationShape = z.object({
  name: z.string(),
  instance: z.number().int(),
  state: z.enum(['running', 'paused', 'met', 'breached_open', 'breached_met', 'cancelled']),
  clock: z.enum(['wall', 'house']),
  calendar: versionShape.nullable(),
  startedAt: instantShape,
  deadline: instantShape.nullable(),
  breachedAt: instantShape.nullable(),
  metAt: instantShape.nullable(),
  metBy: z.object({ by: z.string(), messageId: z.string().optional() }).nullable(),
  cause: z.string().nullable(),
});

export const inquiryShape = z.object({
  id: z.uuid(),
  number: z.number().int(),
  conversationId: z.uuid(),
  shopId: z.uuid(),
  channel: z.string(),
  buyerId: z.uuid(),
  category: z.enum(CATEGORIES),
  state: stateText,
  step: z.string().nullable(),
  definition: versionShape,
  definitions: z.array(versionShape.extend({ from: instantShape, by: memberShape.nullable() })),
  classification: z
    .object({
      intent: z.string().nullable(),
      urgency: z.string(),
      sensitive: z.boolean(),
      language: z.string().nullable(),
      confidence: z.number().nullable(),
      evidence: z.array(z.unknown()),
      by: z.string(),
      version: z.string(),
    })
    .nullable(),
  queue: z.string().nullable(),
  holder: memberShape.nullable(),
  tags: z.array(z.string()),
  data: z
    .record(z.string(), z.union([dataScalar, z.record(z.string(), dataScalar)]))
    .describe('Declared fields, and what forms filled in by step; instants are epoch milliseconds'),
  obligations: z.array(obligationShape),
  nextDue: instantShape.nullable(),
  unansweredSince: instantShape.nullable(),
  snoozedUntil: instantShape.nullable(),
  retention: z.object({ class: z.string().nullable(), until: instantShape.nullable(), onHold: z.boolean() }),
  linked: z.object({ inquiryId: z.uuid(), cause: z.enum(['reopened', 'delivery_failed']) }).nullable(),
  openedAt: instantShape,
  closedAt: instantShape.nullable(),
  erased: erasedShape.optional(),
});

/** What became of a file, and why it is not there. */
export const attachmentStateShape = z.enum(['linked', 'pending', 'stored', 'refused', 'gone']);
export const attachmentReasonShape = z.object({ code: z.string(), text: toldShape }).nullable();

const attachmentShape = z.object({
  id: z.uuid(),
  url: z.string().nullable(),
  mediaType: z.string(),
  name: z.string().nullable(),
  size: z.number().nullable(),
  state: attachmentStateShape,
  reason: attachmentReasonShape,
});

export const messageShape = z.object({
  id: z.uuid(),
  direction: z.enum(['in', 'out', 'note']),
  author: z.object({ kind: z.enum(['buyer', 'human', 'automated', 'external']), memberId: z.uuid().nullable() }),
  text: z.string().nullable(),
  language: z.string().nullable(),
  masked: z.array(z.object({ token: z.string(), kind: z.string() })),
  translations: z.array(z.object({ language: z.string(), text: z.string() })),
  attachments: z.array(attachmentShape),
  cards: z.array(z.object({ kind: z.string(), id: z.string(), title: z.string().nullable() })),
  inReplyTo: z.uuid().nullable(),
  sentAt: instantShape,
  receivedAt: instantShape,
  availableAt: instantShape.nullable(),
  delivery: z
    .object({
      state: z.string(),
      at: instantShape.nullable(),
      reason: z.string().nullable(),
      told: z.object({ text: toldShape, remedy: toldShape }).nullable(),
    })
    .nullable(),
  erased: erasedShape.optional(),
});
