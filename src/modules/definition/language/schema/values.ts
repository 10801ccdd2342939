import { z } from 'zod';
import { INTENTS, URGENCIES, WAIT_REASONS } from '../../../../domain/definition/plan.js';
import {
  ANCHOR,
  DURATION,
  WITHIN,
  parseAnchor,
  parseDuration,
  parseWithin,
} from '../../../../domain/definition/durations.js';

const IDENTIFIER = /^(?!constructor$)[a-z][a-z0-9_-]{0,62}$/;

/** Ids of steps and rules, keys of chains and events, outcomes. */
export const identifier = z.string().regex(IDENTIFIER, {
  error: 'must begin with a small letter and hold only small letters, digits, - and _ (at most 63)',
});

/** A definition's own key. */
export const definitionKey = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, {
  error: 'must begin with a small letter and hold only small letters, digits and - (at most 63)',
});

/** Key of something the tenant has: a queue, a calendar, a template, a channel, a connection. */
export const reference = z.string().min(1).max(100);

/** Name of a data field or of a template's variable, as an expression or a template writes it. */
export const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, {
  error: 'must begin with a letter and hold only letters, digits and _ (at most 63)',
});

/** A CEL expression; its names and types are checked by the linter. */
export const expression = z
  .string({ error: 'must be an expression in single quotes' })
  .min(1)
  .max(2000)
  .meta({ description: 'CEL expression, written as a quoted string' });

const TOO_LONG = 'is longer than ten years';

const positive = (text: string): boolean => parseDuration(text) !== 0;

/** A duration that may be nothing. */
export const duration = z
  .string({ error: 'must be a duration such as 45m' })
  .regex(DURATION, { error: 'is not a duration; write 30s, 45m, 2h, 3d or ISO 8601 (PT45M)' })
  .refine((text) => parseDuration(text) !== null || !DURATION.test(text), { error: TOO_LONG });

/** A duration of at least a second. */
export const span = duration.refine(positive, { error: 'must be longer than nothing' });

export const within = z
  .string({ error: 'must be a duration such as 45m' })
  .regex(WITHIN, { error: 'is not a duration; write 45m, 2h, 3d, PT45M, 3bd (business days) or platform' })
  .refine((text) => parseWithin(text) !== null || !WITHIN.test(text), { error: TOO_LONG })
  .refine(positive, { error: 'must be longer than nothing' });

export const anchor = z
  .string()
  .regex(ANCHOR, { error: 'must be start, deadline or window with or without a duration: start+45m, deadline-30m' })
  .refine((text) => parseAnchor(text) !== null || !ANCHOR.test(text), { error: TOO_LONG });

/** A BCP 47 tag such as `pt-BR`. */
export const locale = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, { error: 'must be a language tag such as pt-BR' });

export const localizedText = z.union([z.string().min(1).max(200), z.record(locale, z.string().min(1).max(200))], {
  error: 'must be a text or a map of language tags to texts',
});

export const clock = z.enum(['wall', 'house']);
export const urgency = z.enum(URGENCIES);
export const intent = z.enum(INTENTS);
export const waitReason = z.enum(WAIT_REASONS);
export const dataType = z.enum(['string', 'number', 'bool', 'timestamp']);
export const tag = z.string().min(1).max(64);
