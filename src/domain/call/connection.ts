/** How an outside system is reached: what operators set up once and definitions call by name. */

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export type Operation = {
  readonly method: Method;
  /** Below the base URL, with a query if need be; `{name}` is a value of the call, `{idempotencyKey}` its key. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where fields of the answer come from: CEL over `status` and `body`. A field without one is `body.<field>`. */
  readonly returns: Readonly<Record<string, string>>;
  /** CEL that yields the outside system's own code of a refusal; null = there is none. */
  readonly code: string | null;
  /** CEL that tells whether a 2xx answer means that it was done; null = it does. */
  readonly done: string | null;
};

/** One version of a connection, without its secret. */
export type ConnectionSpec = {
  readonly name: string;
  /** Scheme, host and path that every operation lies below; a call can go nowhere else. */
  readonly baseUrl: string;
  /** Header that carries the secret, after `prefix`; null = none is sent. */
  readonly auth: { readonly header: string; readonly prefix: string } | null;
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take, as a duration. */
  readonly requestTimeout: string;
  /** How long the outside system may need until what it took can be asked for, as a duration. */
  readonly settleTime: string;
  /** One that is switched off refuses every call. */
  readonly active: boolean;
  readonly operations: Readonly<Record<string, Operation>>;
};

/** The value of a path that stands for the key all attempts of a call carry. */
export const KEY_IN_PATH = 'idempotencyKey';

/** Names in the braces of a path, in order; the key of the call is not among them. */
export function valuesInPath(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== KEY_IN_PATH);
}

/** True for operations that change nothing at the other side, so that asking again is never asking twice. */
export function isReading({ method }: Pick<Operation, 'method'>): boolean {
  return method === 'GET';
}
