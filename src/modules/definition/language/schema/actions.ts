import { z } from 'zod';
import { MEANS } from '../../../../domain/notice/means.js';
import { expression, fieldName, identifier, intent, locale, reference, tag, urgency } from './values.js';

const RECIPIENT =
  /^(?:holder|queue|on_duty|supervisor|admin|ops|agent|auditor|privacy_officer|role:(?:admin|ops|supervisor|agent|auditor|privacy_officer)|member:\S{1,100}|queue:\S{1,100})$/;

export const notify = z.strictObject({
  to: z.string().regex(RECIPIENT, {
    error: 'must be holder, queue, on_duty, supervisor, a role, member:<key> or queue:<key>',
  }),
  by: z.array(z.enum(MEANS)).min(1).optional(),
  urgent: z.boolean().optional(),
});

/** A constant, or an expression in quotes. */
const dataValue = z.union([expression, z.number(), z.boolean()], {
  error: 'must be a number, true, false or an expression in single quotes',
});

export const set = z
  .strictObject({
    urgency: urgency.optional(),
    intent: intent.optional(),
    language: locale.optional(),
    tags: z.array(tag).min(1).optional(),
    untag: z.array(tag).min(1).optional(),
    data: z.record(fieldName, dataValue).optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, { error: 'must set something' });

export const send = z.strictObject({
  template: z.union([reference, z.array(reference).min(2)], { error: 'must be the key of a template' }),
  with: z.record(fieldName, expression).optional(),
  once: z
    .union([z.literal('inquiry'), z.literal('closed_period'), z.literal(false)], {
      error: 'must be inquiry, closed_period or false',
    })
    .optional(),
  experiment: reference.optional(),
});

/** The words of an action; exactly one stands in each. */
export const ACTION_KINDS = ['notify', 'set', 'send', 'reassign', 'goto'] as const;

const actionFields = z.strictObject({
  when: expression.optional(),
  notify: notify.optional(),
  set: set.optional(),
  send: send.optional(),
  reassign: z.strictObject({ queue: reference }).optional(),
  goto: identifier.optional(),
  interrupt: z.boolean().optional(),
});

export const action = actionFields
  .refine((fields) => ACTION_KINDS.filter((kind) => fields[kind] !== undefined).length === 1, {
    error: `must do exactly one thing: ${ACTION_KINDS.join(', ')}`,
  })
  .refine((fields) => fields.interrupt === undefined || fields.goto !== undefined, {
    error: 'belongs to goto',
    path: ['interrupt'],
  })
  .meta({ oneOf: ACTION_KINDS.map((kind) => ({ required: [kind] })) });

/** What rules and levels do, in order. */
export const actions = z.array(action).min(1);

export type ActionDocument = z.infer<typeof actionFields>;
export type SendDocument = z.infer<typeof send>;
export type SetDocument = z.infer<typeof set>;
export type NotifyDocument = z.infer<typeof notify>;
