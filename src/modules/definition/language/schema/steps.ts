import { z } from 'zod';
import { DURATION } from '../../../../domain/definition/durations.js';
import { notify, send, set } from './actions.js';
import { clock, dataType, duration, expression, fieldName, identifier, reference, span, waitReason } from './values.js';

const nothing = z.strictObject({});

const queues = z.union([reference, z.array(reference).min(1)], { error: 'must be a queue or a list of queues' });

/** Only supervisors and agents act on inquiries. */
const approve = z
  .strictObject({
    when: expression.optional(),
    by: z
      .string()
      .regex(/^(?:supervisor|agent|queue:\S{1,100})$/, { error: 'must be supervisor, agent or queue:<key>' }),
    within: span.optional(),
    onExpiry: z.enum(['escalate', 'return', 'send']).optional(),
    edit: z.boolean().optional(),
  })
  .refine((rule) => rule.onExpiry === undefined || rule.within !== undefined, {
    error: 'needs "within": without it nothing expires',
    path: ['onExpiry'],
  });

const formField = z.union(
  [
    dataType,
    z.strictObject({
      type: z.enum([...dataType.options, 'choice']),
      choices: z.array(z.string().min(1).max(100)).min(1).optional(),
      personal: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ],
  { error: 'must be a type or { type, choices, personal, optional }' },
);

/** The fields each kind of task may have. */
const TASK_FIELDS = {
  reply: ['kind', 'lease', 'approve', 'expires', 'draft', 'translate'],
  triage: ['kind', 'lease', 'expires'],
  form: ['kind', 'lease', 'approve', 'expires', 'fields', 'outcomes'],
} as const;

const task = z
  .strictObject({
    kind: z.enum(['reply', 'form', 'triage']),
    lease: span.optional(),
    expires: span.optional(),
    approve: approve.optional(),
    draft: reference.optional(),
    translate: z.boolean().optional(),
    fields: z.record(fieldName, formField).optional(),
    outcomes: z.array(identifier).min(1).optional(),
  })
  .superRefine((fields, context) => {
    const known: readonly string[] = TASK_FIELDS[fields.kind];
    for (const name of Object.keys(fields)) {
      if (known.includes(name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: `does not belong to a ${fields.kind} task` });
    }
    if (fields.kind === 'form' && fields.approve?.edit !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['approve', 'edit'],
        message: 'belongs to a reply: a form is filled in again',
      });
    }
    for (const name of fields.kind === 'form' ? (['fields', 'outcomes'] as const) : []) {
      if (fields[name] === undefined) context.addIssue({ code: 'custom', message: `of kind form needs "${name}"` });
    }
  });

const until = z
  .string({ error: 'must be a duration or an instant, an expression in single quotes' })
  .min(1)
  .max(2000)
  .superRefine((text, context) => {
    if (/^[0-9]+bd$/.test(text))
      context.addIssue({ code: 'custom', message: 'cannot be business days; write a duration' });
    if (!DURATION.test(text)) return;
    const { success, error } = span.safeParse(text);
    if (!success) context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? 'is not a duration' });
  })
  .meta({ description: 'A duration, or a CEL expression that yields an instant, written as a quoted string' });

const STEP_FIELDS = {
  classify: nothing,
  choose: z.array(z.strictObject({ when: expression, goto: identifier })).min(1),
  set,
  send,
  assign: z.strictObject({
    queue: queues,
    strategy: z.enum(['round_robin', 'least_loaded', 'longest_idle', 'manual']).optional(),
    preferLastAgent: z.boolean().optional(),
    acceptWithin: span.optional(),
  }),
  task,
  wait: z.strictObject({
    for: z
      .array(
        z.string().regex(/^(?:buyer_message|event:[a-z][a-z0-9_-]{0,62})$/, {
          error: 'must be buyer_message or event:<name>',
        }),
      )
      .min(1)
      .optional(),
    until: until.optional(),
    clock: clock.optional(),
    as: waitReason.optional(),
  }),
  notify,
  call: z.strictObject({
    connection: reference,
    operation: reference,
    body: z.record(fieldName, expression).optional(),
    returns: z.record(fieldName, dataType).optional(),
    attempts: z.int().min(1).max(20).optional(),
    check: reference.optional(),
  }),
  faq: z.strictObject({
    set: reference,
    minScore: z.number().min(0).max(1).optional(),
    offer: z.int().min(0).max(10).optional(),
  }),
  close: z.strictObject({
    reason: z.string().min(1).max(100).optional(),
    reopenWithin: duration.optional(),
    retention: reference.optional(),
  }),
} as const;

/** The kinds of step; exactly one stands in each. */
export const STEP_KINDS = Object.keys(STEP_FIELDS) as readonly (keyof typeof STEP_FIELDS)[];

export type StepKind = keyof typeof STEP_FIELDS;

const stepFields = z.strictObject({
  id: identifier,
  ...z.object(STEP_FIELDS).partial().shape,
  on: z.record(identifier, identifier).optional(),
  goto: identifier.optional(),
});

export const step = stepFields
  .refine((fields) => STEP_KINDS.filter((kind) => fields[kind] !== undefined).length === 1, {
    error: `must do exactly one thing: ${STEP_KINDS.join(', ')}`,
  })
  .meta({ oneOf: STEP_KINDS.map((kind) => ({ required: [kind] })) });

export type StepDocument = z.infer<typeof stepFields>;
