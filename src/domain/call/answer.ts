import type { DataScalar, DataType } from '../definition/plan.js';
import { evaluateExpression } from '../expression/expression.js';
import type { Evaluation } from '../expression/expression.js';
import { readFields } from '../task/form.js';
import { isReading } from './connection.js';
import type { Operation } from './connection.js';

/** What an outside system answered. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  /** False when a part of the body is missing. */
  readonly complete: boolean;
  readonly retryAfterMs: number | null;
};

/** Fields of an answer, as a definition declares them. */
export type Returned = Readonly<Record<string, DataScalar>>;

/** What asking came to. `code` is a word of ours; the outside system's own stands in `data.code`. */
export type AskOutcome =
  | { readonly kind: 'ok'; readonly data: Returned }
  /** It said no, and certainly has done nothing. */
  | { readonly kind: 'refused'; readonly code: string; readonly data: Returned }
  /** Certainly not done, and asking again may help. */
  | { readonly kind: 'not_taken'; readonly code: string; readonly retryAfterMs: number | null }
  /** Nobody knows whether it was done. */
  | { readonly kind: 'unknown'; readonly code: string };

/** What came of asking whether it was done. */
export type CheckOutcome =
  | { readonly kind: 'done'; readonly data: Returned }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly code: string };

/** Characters of an outside system's code. */
const MAX_CODE = 64;

type Returns = Readonly<Record<string, DataType>>;

/**
 * Reads the answer to a call. 2xx: done, unless the operation's `done` says otherwise. 4xx: refused, but for 408 (nobody knows)
 * and 425 and 429 (later). Everything else, a redirect and a 2xx that was cut off included, leaves open whether it was done;
 * where nothing can have been done (`GET`) it is simply asked again.
 */
export function readAnswer(operation: Operation, returns: Returns, answer: Answer): AskOutcome {
  const { status, retryAfterMs } = answer;
  const code = `http_${status}`;
  if (isGood(status)) return readGood(operation, returns, answer);
  if (status === 429 || status === 425) return { kind: 'not_taken', code, retryAfterMs };
  if (status >= 400 && status < 500 && status !== 408) return refusal(operation, answer, code);
  return isReading(operation) ? { kind: 'not_taken', code, retryAfterMs } : { kind: 'unknown', code };
}

function readGood(operation: Operation, returns: Returns, answer: Answer): AskOutcome {
  if (!answer.complete) return open(operation, 'answer_cut_off');
  const context = { status: answer.status, body: jsonOf(answer.body) };
  const done = wasDone(operation, context);
  if (done === null) return open(operation, 'answer_unreadable');
  return done ? { kind: 'ok', data: fieldsOf(operation, returns, context) } : refusal(operation, answer, 'not_done');
}

function open(operation: Operation, code: string): AskOutcome {
  return isReading(operation) ? { kind: 'not_taken', code, retryAfterMs: null } : { kind: 'unknown', code };
}

/** Reads the answer to the question whether a call was done: 404 says that it was not, anything but 2xx says nothing. */
export function readCheck(operation: Operation, returns: Returns, answer: Answer): CheckOutcome {
  if (answer.status === 404 || answer.status === 410) return { kind: 'absent' };
  if (!isGood(answer.status)) return { kind: 'failed', code: `http_${answer.status}` };
  const context = { status: answer.status, body: jsonOf(answer.body) };
  // A page that answers 200 to anything proves nothing.
  if (!answer.complete || context.body === undefined) return { kind: 'failed', code: 'answer_unreadable' };
  const done = wasDone(operation, context);
  if (done === null) return { kind: 'failed', code: 'answer_unreadable' };
  return done ? { kind: 'done', data: fieldsOf(operation, returns, context) } : { kind: 'absent' };
}

type Context = { readonly status: number; readonly body: unknown };

/** Null where the answer does not tell. */
function wasDone({ done }: Operation, context: Context): boolean | null {
  if (done === null) return true;
  const result = take(done, context);
  return result.ok && typeof result.value === 'boolean' ? result.value : null;
}

function fieldsOf(operation: Operation, returns: Returns, context: Context): Returned {
  const given: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(returns)) {
    const mapped = Object.hasOwn(operation.returns, name) ? operation.returns[name] : undefined;
    const result = take(mapped ?? `body.${name}`, context);
    if (!result.ok) continue;
    // An instant that CEL has made one comes as epoch ms; one of the answer itself as text.
    const isInstant = type === 'timestamp' && typeof result.value === 'number' && Number.isSafeInteger(result.value);
    given[name] = isInstant ? new Date(result.value).toISOString() : result.value;
  }
  return readFields(returns, given).values;
}

function refusal(operation: Operation, answer: Answer, code: string): AskOutcome {
  const context = { status: answer.status, body: jsonOf(answer.body) };
  const own = operation.code === null ? null : take(operation.code, context);
  const told = own?.ok && (typeof own.value === 'string' || typeof own.value === 'number') ? String(own.value) : '';
  return { kind: 'refused', code, data: { code: told === '' ? code : told.slice(0, MAX_CODE) } };
}

function take(source: string, context: Context): Evaluation {
  return evaluateExpression(source, {}, context, 'answer');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}
