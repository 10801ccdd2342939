import { z } from 'zod';
import { METHODS, valuesInPath } from '../../domain/call/connection.js';
import { checkExpression } from '../../domain/expression/expression.js';
import { durationSetting, urlSetting } from '../configuration/index.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Sent by the product itself, or would change how the request is read; secrets have a place of their own. */
const RESERVED = new Set([
  ...['authorization', 'cookie', 'proxy-authorization', 'idempotency-key', 'content-type', 'content-length', 'host'],
  ...['connection', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'The name of a header');
const headers = z
  .record(
    headerName.refine(
      (name) => !RESERVED.has(name.toLowerCase()),
      'A header that is not set here; see auth for secrets',
    ),
    z.string().regex(/^[\x20-\x7e]{0,1000}$/, 'Visible ASCII'),
  )
  .refine((all) => Object.keys(all).length <= 20, 'At most 20 headers');

/** A CEL expression over `status` and `body` of an answer. */
const mapping = (expect: 'any' | 'bool'): z.ZodString =>
  z
    .string()
    .max(2_000)
    .superRefine((source, context) => {
      const check = checkExpression(source, { scope: 'answer', expect });
      for (const { message, line, column } of check.ok ? [] : check.problems) {
        context.addIssue({ code: 'custom', message: `${message} (line ${line}, column ${column})` });
      }
    });

const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'Letters, digits and _, beginning with a letter');

/** Folders and a query, both with `{value}` where a value stands. */
const SEGMENT = "(?:[A-Za-z0-9._~!$'()*+,;:@-]|\\{[A-Za-z][A-Za-z0-9_]{0,62}\\})+";
const PATH = new RegExp(`^(?:/${SEGMENT})+/?(?:\\?${SEGMENT}=${SEGMENT}(?:&${SEGMENT}=${SEGMENT})*)?$`);

const path = z
  .string()
  .max(1_000)
  .regex(PATH, 'A path such as /orders/{id} or /refunds?key={idempotencyKey}')
  .refine((text) => !/(?:^|\/)\.{1,2}(?:[/?]|$)/.test(text), 'Without . and .. as folders')
  .refine((text) => new Set(valuesInPath(text)).size === valuesInPath(text).length, 'Each value once');

const operation = z.strictObject({
  method: z.enum(METHODS),
  path,
  headers: headers.default({}),
  returns: z.record(fieldName, mapping('any')).default({}),
  code: mapping('any').nullable().default(null),
  done: mapping('bool').nullable().default(null),
});

const fields = {
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !text.includes('\u0000') && text.isWellFormed(), 'No NUL characters and no lone surrogates'),
  baseUrl: urlSetting.refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.search === '' && url.hash === '';
  }, 'Without a query and a fragment'),
  auth: z
    .strictObject({
      header: headerName,
      prefix: z
        .string()
        .regex(/^[\x20-\x7e]{0,64}$/)
        .default(''),
    })
    .nullable(),
  headers,
  /** Less than the hold of whoever makes the call. */
  requestTimeout: durationSetting(SECOND_MS, MINUTE_MS, '10s'),
  settleTime: durationSetting(0, 10 * MINUTE_MS, '5s'),
  active: z.boolean(),
  operations: z
    .record(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'Small letters, digits, - and _'), operation)
    .refine((all) => Object.keys(all).length <= 50, 'At most 50 operations'),
};

/** A connection as it is set up; the secret is none of it. */
export const connectionSpecSchema = z.strictObject({
  name: fields.name,
  baseUrl: fields.baseUrl,
  auth: fields.auth.default(null),
  headers: fields.headers.default({}),
  requestTimeout: fields.requestTimeout.default('10s'),
  settleTime: fields.settleTime.default('5s'),
  active: fields.active.default(true),
  operations: fields.operations.default({}),
});

/** What to change; what is not named stays, and each part that is named is replaced as a whole. */
export const connectionPatchSchema = z.strictObject(fields).partial();
export type ConnectionPatch = z.infer<typeof connectionPatchSchema>;
