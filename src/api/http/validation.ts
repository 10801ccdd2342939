import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';
import { Problem } from '../problems/problem.js';
import type { FieldError } from '../problems/problem.js';

type Issue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
};

/** Marks what names a thing in a path: a misfit cannot exist. */
const NO_SUCH_THING = 'There is no such thing';

/**
 * Validates bodies, queries and parameters by their zod schemas; a misfit is 400 with a pointer to each place, or 404 where a
 * path names something that cannot exist.
 */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      issues.some(({ message }) => message === NO_SUCH_THING)
        ? new Problem('not_found')
        : new Problem('request_invalid', { errors: issues.map(toFieldError) }),
  });
}

/**
 * Validates a value whose schema depends on more than the request.
 *
 * @throws {Problem} 400 with a pointer to each place, like the validation of the request itself
 */
export function validated<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Problem('request_invalid', { errors: result.error.issues.map(toFieldError) });
}

function toFieldError(issue: Issue): FieldError {
  const pointer = (issue.path ?? [])
    .map((segment) => (typeof segment === 'object' ? segment.key : segment))
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  return { pointer, detail: issue.message };
}

/** True for text that every part of the system can carry as it is: no NUL, no lone surrogate. */
export function isPlainText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Short text that is stored outside the sealed columns: names, tags, keys. */
export const plainText = (max: number): z.ZodString =>
  z.string().min(1).max(max).refine(isPlainText, 'No NUL characters and no lone surrogates');

/** A key operators choose. */
export const keyText = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphens, beginning with a letter, at most 63');

/** The id of a path. */
export const idParam = z.uuid(NO_SUCH_THING);

/** A key that names something in a path. */
export const keyParam = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, NO_SUCH_THING);

/** An id or a key that names something in a path. */
export const idOrKeyParam = z.union([idParam, keyParam], NO_SUCH_THING);

/** A version that names something in a path; as many as the database can count. */
export const versionParam = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, NO_SUCH_THING)
  .transform(Number);
