import { z } from 'zod';
import { CARD_KINDS } from '../../domain/channel/capabilities.js';
import { INTENTS, URGENCIES } from '../../domain/definition/plan.js';
import { jsonSchemaOf } from '../openapi/json-schema.js';
import { plainText } from '../http/validation.js';

const MAX_TEXT = 65_536;
const MAX_NOTE = 16_384;

const languageTag = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'A language tag such as pt-BR');
const instant = z.iso.datetime({ offset: true });
const dataValue = z.union([plainText(1_000), z.number(), z.boolean()]);

/** A link, where the channel takes those. */
const linkSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_048),
  mediaType: plainText(255),
  name: plainText(512).optional(),
  size: z.number().int().nonnegative().optional(),
});

/** A file that was uploaded to the inquiry. */
const uploadSchema = z.strictObject({ id: z.uuid() });

/** Something of the platform's that it shows by its id: the message itself, without words. */
const cardSchema = z.strictObject({ card: z.strictObject({ kind: z.enum(CARD_KINDS), id: plainText(64) }) });

/** What a reply is made of; the same members in `replies` and in a task's `send`. */
const replyMembers = {
  text: z.string().max(MAX_TEXT).optional(),
  template: z
    .strictObject({ key: plainText(63), variables: z.record(plainText(64), plainText(2_000)).default({}) })
    .optional(),
  language: languageTag.optional(),
  /** What the text was translated from, kept with it. */
  source: z
    .strictObject({
      text: z.string().max(MAX_TEXT),
      language: languageTag,
      translationId: z.string().max(64).optional(),
    })
    .optional(),
  attachments: z
    .array(z.union([linkSchema, uploadSchema, cardSchema]))
    .max(10)
    .optional(),
  inReplyTo: z.uuid().optional(),
  seenMessageId: z.uuid().optional(),
  acceptWarnings: z.boolean().optional(),
};

export const replySchema = z
  .strictObject({ ...replyMembers, close: z.boolean().default(false) })
  .refine(hasOneText, { message: 'Give either text or template', path: ['text'] });
export type ReplyBody = z.infer<typeof replySchema>;

/** Everything a reply's text comes from. */
export type ReplySource = Pick<
  ReplyBody,
  'text' | 'template' | 'language' | 'inReplyTo' | 'seenMessageId' | 'source' | 'attachments' | 'acceptWarnings'
>;

function hasOneText(body: { text?: string | undefined; template?: unknown }): boolean {
  return (body.text === undefined) !== (body.template === undefined);
}

export const checkSchema = z.strictObject({ text: z.string().max(4 * MAX_TEXT) });
/** Texts of the platform that would be taken for an answer. */
export const replyTemplatesSchema = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      /** What the buyer sees, with `{{name}}` where a variable stands. */
      text: z.string(),
      variables: z.array(z.string()),
      /** Characters of the whole, where it has a limit of its own. */
      maxLength: z.int().optional(),
    }),
  ),
});
export const noteSchema = z.strictObject({ text: z.string().min(1).max(MAX_NOTE) });
export const closeSchema = z.strictObject({ reason: z.string().min(1).max(1_000).default('resolved') });
export const reopenSchema = z.strictObject({ reason: z.string().max(1_000).optional() }).default({});
export const snoozeSchema = z.strictObject({ until: instant, reason: z.string().max(1_000).optional() });
export const eventSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_.-]{0,62}$/, 'A name such as claim_closed'),
  data: z.record(z.string().max(64), z.unknown()).optional(),
});
export const assignSchema = z
  .strictObject({ queue: plainText(63).optional(), memberId: z.uuid().optional() })
  .refine((body) => body.queue !== undefined || body.memberId !== undefined, {
    message: 'Name a queue or a member',
    path: ['queue'],
  });

export const correctSchema = z
  .strictObject({
    tags: z.array(plainText(63)).max(50).optional(),
    urgency: z.enum(URGENCIES as [string, ...string[]]).optional(),
    intent: z.enum(INTENTS as [string, ...string[]]).optional(),
    language: languageTag.optional(),
    data: z.record(plainText(63), dataValue).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Name something to change');
export type CorrectBody = z.infer<typeof correctSchema>;

const token = z.number().int().nonnegative();
const note = z.string().max(MAX_NOTE).optional();
const reason = z.string().min(1).max(1_000);

/** What completes a task; which actions a task takes depends on its kind. */
export const completeSchema = z.discriminatedUnion('action', [
  z
    .strictObject({ action: z.literal('send'), token, ...replyMembers, close: z.boolean().default(false), note })
    .refine(hasOneText, { message: 'Give either text or template', path: ['text'] }),
  z.strictObject({ action: z.literal('not_needed'), token, reason, note }),
  z.strictObject({
    action: z.literal('hand_over'),
    token,
    to: z.union([z.strictObject({ queue: plainText(63) }), z.strictObject({ memberId: z.uuid() })]),
    note,
  }),
  z.strictObject({
    action: z.literal('done'),
    token,
    intent: z.enum(INTENTS as [string, ...string[]]),
    urgency: z.enum(URGENCIES as [string, ...string[]]),
    queue: plainText(63),
    note,
  }),
  z.strictObject({
    action: z.literal('approve'),
    token,
    textHash: z.string().regex(/^[0-9a-f]{64}$/, 'The textHash of the approval'),
    text: z.string().max(MAX_TEXT).optional(),
    acceptWarnings: z.boolean().optional(),
    note,
  }),
  z.strictObject({ action: z.literal('return'), token, reason, note }),
  z.strictObject({ action: z.literal('delivered'), token, note }),
  z.strictObject({ action: z.literal('not_delivered'), token, note }),
]);
export type CompleteBody = z.infer<typeof completeSchema>;

/** What completes a form: one of its outcomes, with its fields as further members. */
export const completeFormSchema = z
  .looseObject({
    action: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'An outcome of the form, or hand_over'),
    token,
    note,
  })
  .meta({ description: 'An outcome of a form, with its fields as further members' });

/** A completion before it is known of which kind the task is; described as what it may turn out to be. */
export const anyCompletionSchema = z
  .unknown()
  .meta({ anyOf: [completeSchema, completeFormSchema].map((schema) => jsonSchemaOf(schema, 'input')) });

/** A reason that is a code may appear in histories; anybody's own words stay sealed and count as `other`. */
export function reasonCode(text: string): string {
  return /^[a-z][a-z0-9_]{0,62}$/.test(text) ? text : 'other';
}

export const commandAnswerSchema = z.looseObject({
  commandId: z.uuid().optional(),
  state: z.string().optional(),
});
export const replyAnswerSchema = z.object({
  messageId: z.uuid().optional(),
  intentId: z.uuid().optional(),
  state: z.string(),
  taskId: z.uuid().optional().describe('The task that asks for approval'),
  commandId: z.uuid().optional(),
});
