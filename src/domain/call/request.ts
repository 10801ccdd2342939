import type { JsonValue } from '../expression/expression.js';
import { KEY_IN_PATH } from './connection.js';
import type { ConnectionSpec, Operation } from './connection.js';

/** One HTTP request, the same for every attempt of a call. */
export type CallRequest = {
  readonly method: Operation['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** Why no request can be made of the values: certainly nothing has been asked. */
export type RequestFault = 'value_missing' | 'value_unfit';

export type CallWith = {
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly secret: string | null;
  readonly idempotencyKey: string;
};

/**
 * The request of a call. Values named in the path stand there, and nowhere else; the others are the query of a `GET` or
 * `DELETE`, else the members of a JSON body. A value cannot lead out of the path it stands in, or to another host.
 */
export function requestOf(
  connection: ConnectionSpec,
  operation: Operation,
  { values, secret, idempotencyKey }: CallWith,
): CallRequest | { readonly fault: RequestFault } {
  const path = filledPath(operation.path, { ...values, [KEY_IN_PATH]: idempotencyKey });
  if (typeof path !== 'string') return path;
  const url = new URL(`${connection.baseUrl.replace(/\/+$/, '')}${path}`);
  const rest = Object.entries(values).filter(([name]) => !operation.path.includes(`{${name}}`));
  const inQuery = operation.method === 'GET' || operation.method === 'DELETE';
  if (inQuery && !fillQuery(url, rest)) return { fault: 'value_unfit' };
  const body = inQuery ? null : JSON.stringify(Object.fromEntries(rest));
  const { auth } = connection;
  return {
    method: operation.method,
    url: url.href,
    headers: {
      accept: 'application/json',
      ...lowered(connection.headers),
      ...lowered(operation.headers),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(auth === null || secret === null ? {} : { [auth.header.toLowerCase()]: `${auth.prefix}${secret}` }),
      'idempotency-key': idempotencyKey,
    },
    body,
  };
}

/** Names in one spelling, so that no header is sent twice. */
function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function filledPath(path: string, values: CallWith['values']): string | { readonly fault: RequestFault } {
  let fault: RequestFault | null = null;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === null) fault ??= 'value_missing';
    const text = plainText(value);
    if (text === null) fault ??= 'value_unfit';
    return text === null ? '' : encodeURIComponent(text);
  });
  // `.` and `..` are not encoded and would be taken for folders.
  if (
    filled
      .split('?')[0]
      ?.split('/')
      .some((segment) => /^\.{1,2}$/.test(segment)) === true
  )
    fault ??= 'value_unfit';
  return fault === null ? filled : { fault };
}

function fillQuery(url: URL, values: readonly (readonly [string, JsonValue])[]): boolean {
  for (const [name, value] of values) {
    for (const item of Array.isArray(value) ? (value as readonly JsonValue[]) : [value]) {
      if (typeof item === 'object') return false;
      url.searchParams.append(name, String(item));
    }
  }
  return true;
}

/** A value as it can stand in a path; null for what is empty, a list, or no text at all. */
function plainText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || typeof value === 'object') return null;
  const text = String(value);
  return text === '' || !text.isWellFormed() ? null : text;
}
