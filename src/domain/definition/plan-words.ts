import { printDuration } from './durations.js';
import type { ActionPlan, Expression, LevelPlan, Within } from './plan.js';

/** JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A part of a plan as the language writes it: durations as `45m`, expressions as their source, targets as `1h`, `3bd` or
 * `platform`. What says only where something is written is left out, so that equal meanings are equal words.
 */
export function inWords(value: unknown): Json {
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value !== 'object' || value === null) return value as Json;
  if (isExpression(value)) return value.source;
  if (isWithin(value)) return withinText(value);
  const named = Object.entries(value).map(([name, member]): readonly [string, Json] => {
    const written = DURATIONS[name];
    if (written === undefined) return [name, inWords(member)];
    return [written, typeof member === 'number' ? printDuration(member) : null];
  });
  return Object.fromEntries(named);
}

/** Members of a plan that hold milliseconds, and their names in the language. */
const DURATIONS: Readonly<Record<string, string>> = {
  leaseMs: 'lease',
  expiresMs: 'expires',
  withinMs: 'within',
  acceptWithinMs: 'acceptWithin',
  reopenWithinMs: 'reopenWithin',
};

/** The id of an expression is a dotted place, which tells one from declared fields called `id` and `source`. */
function isExpression(value: object): value is Expression {
  const { id, source } = value as { readonly id?: unknown; readonly source?: unknown };
  return typeof source === 'string' && typeof id === 'string' && id.includes('.');
}

function isWithin(value: object): value is Within {
  const { ms, businessDays, platform } = value as { readonly [name: string]: unknown };
  return typeof ms === 'number' || typeof businessDays === 'number' || platform === true;
}

/** A target as it is written. */
export function withinText(within: Within): string {
  if ('platform' in within) return 'platform';
  return 'ms' in within ? printDuration(within.ms) : `${within.businessDays}bd`;
}

/** The moment of a level as it is written. */
export function anchorText({ anchor, offsetMs }: Pick<LevelPlan, 'anchor' | 'offsetMs'>): string {
  if (offsetMs === 0) return anchor;
  return `${anchor}${offsetMs < 0 ? '-' : '+'}${printDuration(Math.abs(offsetMs))}`;
}

/** An action as it is written; the place of a `send` is no part of what it does. */
export function actionWords(action: ActionPlan): Json {
  return inWords(action.kind === 'send' ? { ...action, id: undefined } : action);
}
