const MASK = '[masked]';

/** Deeper structures are not log data; the limit also ends cycles. */
const MAX_DEPTH = 8;

/**
 * Names whose values never reach a log, at any depth, compared without case and punctuation: what people wrote, who they
 * are, and what opens doors. Log ids and codes instead.
 */
const MASKED_NAMES = new Set([
  ...['text', 'body', 'rawbody', 'subject', 'draft', 'note', 'preview', 'source', 'content', 'variables'],
  ...['name', 'firstname', 'lastname', 'buyername', 'phone', 'email', 'cpf', 'cnpj', 'address', 'birthdate'],
  ...['authorization', 'cookie', 'setcookie', 'key', 'apikey', 'webhooksignature', 'signature', 'credentials'],
]);

const SECRET_ENDING = /(password|passwd|secret|secrets|token|apikey|rootkey|privatekey)$/;

/** PostgreSQL's error codes: five characters, of which the first two are the class. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * A copy of a log object in which the value of each name that may hold personal data or a secret is masked, at any depth.
 * Errors become what {@link describeError} keeps of them.
 */
export function redact(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return walkObject(value, 0);
}

/**
 * An error as a log line may show it: type, code, message and stack. Messages of the database are left out, because it
 * quotes the values of rows and parameters in them; the code and the names of constraint and table stay.
 */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  const details = error as Error & { readonly code?: unknown; readonly constraint?: unknown; readonly table?: unknown };
  const code = typeof details.code === 'string' || typeof details.code === 'number' ? details.code : undefined;
  const fromDatabase = typeof code === 'string' && SQLSTATE.test(code);
  const type = error.constructor.name;
  const message = fromDatabase ? `database error ${code}` : error.message;
  return {
    type,
    message,
    stack: stackWith(`${type}: ${message}`, error),
    ...(code !== undefined && { code }),
    ...(fromDatabase && typeof details.constraint === 'string' && { constraint: details.constraint }),
    ...(fromDatabase && typeof details.table === 'string' && { table: details.table }),
    ...(error.cause instanceof Error && depth < MAX_DEPTH && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** The frames of the stack under a first line of our own: the original one repeats the message. */
function stackWith(title: string, error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [title, ...frames].join('\n');
}

function walkObject(value: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isMasked(name) && inner !== null && inner !== undefined ? MASK : walk(inner, depth + 1),
    ]),
  );
}

function walk(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
  return walkObject(value as Record<string, unknown>, depth);
}

function isMasked(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return MASKED_NAMES.has(plain) || SECRET_ENDING.test(plain);
}
