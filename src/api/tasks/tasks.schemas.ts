import { z } from 'zod';
import { TASK_STATES } from '../../modules/workbench/index.js';
import { buyerShape } from '../buyers/buyer.schemas.js';
import { pageQuery } from '../http/paging.js';
import { durationText, instantShape, localeText, memberShape } from '../http/shapes.js';
import { plainText } from '../http/validation.js';
import { inquiryRowShape, messageShape } from '../inquiries/inquiry-shapes.js';

const KINDS = ['reply', 'rewrite', 'approve', 'triage', 'form', 'confirm_delivery'] as const;
const MAX_TEXT = 65_536;
const MAX_STALE_MS = 366 * 86_400_000;

/** One or more of a list of codes: repeated, or separated by commas. */
const several = <const T extends readonly [string, ...string[]]>(codes: T): z.ZodType<T[number][]> =>
  z.preprocess(
    (value): unknown => (Array.isArray(value) ? value : String(value).split(',')),
    z.array(z.enum(codes)).min(1).max(codes.length),
  );

export const taskListQuery = z.strictObject({
  ...pageQuery,
  state: several(TASK_STATES).optional().describe('Without it tasks in every state are listed'),
  kind: several(KINDS).optional(),
  queue: plainText(63).optional(),
  mine: z.stringbool().optional().describe('Held by the caller, or offered to them'),
  inquiry: z.uuid().optional(),
  stale: durationText(MAX_STALE_MS)
    .optional()
    .describe('Backlog: ready, and held by nobody for at least so long (8h) since they opened or were last taken'),
});
export type TaskListQuery = z.infer<typeof taskListQuery>;

export const taskRowShape = z.object({
  id: z.uuid(),
  kind: z.enum(KINDS),
  state: z.enum(TASK_STATES),
  queue: z.string(),
  step: z.string().nullable(),
  reason: z.string().nullable(),
  aboutMessageId: z.uuid().nullable(),
  assignee: memberShape.nullable().describe('Whom the task is offered to'),
  offerUntil: instantShape.nullable(),
  holder: memberShape.nullable(),
  leaseUntil: instantShape.nullable(),
  snoozedUntil: instantShape.nullable(),
  nextDue: instantShape.nullable().describe('The earliest open deadline of the inquiry on any clock'),
  openedAt: instantShape,
  endedAt: instantShape.nullable(),
  outcome: z.string().nullable(),
  inquiry: inquiryRowShape,
});

export const taskShape = taskRowShape.extend({
  token: z.number().int().nullable().describe('The fencing token; for the holder only'),
  approval: z
    .object({
      text: z.string().nullable(),
      attachments: z
        .array(
          z.object({
            id: z.uuid().nullable().describe('Of an uploaded file; null of a link'),
            mediaType: z.string(),
            name: z.string().nullable(),
            size: z.number().nullable().describe('Bytes'),
            url: z.string().nullable().describe('Where to look at it; null where the file is gone'),
            expiresAt: instantShape.nullable().describe('null of a link somewhere else'),
          }),
        )
        .describe('What goes with it; the hash covers these too'),
      fields: z.record(z.string(), z.unknown()).nullable(),
      outcome: z.string().nullable(),
      textHash: z.string(),
      author: memberShape.nullable(),
    })
    .nullable()
    .describe('What is to be approved, word for word; `approve` names the hash'),
  form: z
    .object({
      fields: z.array(
        z.object({
          name: z.string(),
          type: z.enum(['string', 'number', 'bool', 'timestamp', 'choice']),
          choices: z.array(z.string()),
          personal: z.boolean(),
          optional: z.boolean(),
        }),
      ),
    })
    .nullable()
    .describe('What a form asks for; its outcomes are among the actions'),
  actions: z.array(
    z.object({
      name: z.string(),
      needs: z.array(z.string()).describe('Members `complete` must carry beside the token; `a|b` = one of them'),
    }),
  ),
  draft: z
    .object({
      text: z.string().nullable(),
      language: z.string().nullable(),
      by: memberShape.nullable(),
      at: instantShape.nullable(),
    })
    .nullable(),
  handover: z
    .object({ from: memberShape.nullable(), note: z.string().nullable(), at: instantShape.nullable() })
    .nullable(),
  limits: z.object({
    maxLength: z.number().int(),
    charset: z.string(),
    links: z.boolean(),
    files: z
      .object({
        kinds: z.array(z.string()),
        maxCount: z.int(),
        maxBytes: z.int(),
        maxTotalBytes: z.int(),
        /** Of the text beside files, where that is shorter than other texts. */
        maxTextLength: z.int().optional(),
      })
      .nullable()
      .describe('Files that may go with an answer; null where the channel takes none'),
    windowUntil: instantShape.nullable(),
    public: z.boolean().describe('Whether everybody can read the thread the buyer wrote in'),
  }),
  messages: z.array(messageShape).max(20).describe('The newest 20, oldest first'),
  buyer: buyerShape,
  orders: z.array(z.unknown()),
  suggestions: z.array(z.unknown()),
});

const token = z.number().int().nonnegative();

export const nextBody = z.strictObject({ queue: plainText(63).optional() }).default({});
export const renewBody = z.strictObject({ token });
export const releaseBody = z.strictObject({ token: token.optional() }).default({});
export const draftBody = z.strictObject({
  token,
  text: z.string().max(MAX_TEXT),
  language: localeText.nullable().default(null),
});

export const leaseShape = z.object({ id: z.uuid(), token: z.number().int(), leaseUntil: instantShape });
export const releasedShape = z.object({ id: z.uuid(), state: z.literal('ready') });
export const draftShape = leaseShape.extend({
  draft: z.object({ text: z.string(), language: z.string().nullable(), by: memberShape, at: instantShape }),
});
