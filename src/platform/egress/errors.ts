/** The address behind a tenant's URL may not be reached from here. */
export class EgressBlocked extends Error {
  readonly code = 'EGRESS_BLOCKED';
}

/** No connection came about, or the request never left: the other side got nothing. */
export class NotConnected extends Error {
  readonly code: string;

  constructor(cause: unknown) {
    super('Not connected', { cause });
    const code = errorCode(cause);
    // The HTTP client takes its own codes for faults of a connection that exists, and would try again by itself.
    this.code = code.startsWith('UND_ERR_SOCKET') || code === 'UND_ERR_INFO' ? 'NOT_CONNECTED' : code;
  }
}

/** True when an error of `Egress.request` proves that the other side got nothing: the request may be repeated. */
export function nothingSent(error: unknown): boolean {
  return chainOf(error).some((one) => one instanceof EgressBlocked || one instanceof NotConnected);
}

/** A short code of an error, safe to store: never its text, which may quote a URL. */
export function errorCode(error: unknown): string {
  for (const current of chainOf(error)) {
    const { code } = current;
    // A DOMException has a number for a code; its name tells more.
    if (typeof code === 'string') return code;
    if (current.name === 'TimeoutError' || current.name === 'AbortError') return 'TIMEOUT';
  }
  return 'UNKNOWN';
}

type ErrorLike = { readonly name?: unknown; readonly code?: unknown; readonly cause?: unknown };

/** An error and its causes; a loop of causes must not hang us. */
function chainOf(error: unknown): ErrorLike[] {
  const chain: ErrorLike[] = [];
  for (let current = error; typeof current === 'object' && current !== null && chain.length < 5;) {
    const link: ErrorLike = current;
    chain.push(link);
    current = link.cause;
  }
  return chain;
}
