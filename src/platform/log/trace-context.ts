import { randomBytes } from 'node:crypto';

/** Where a piece of work stands in a trace (W3C Trace Context, 3.2). */
export type TraceContext = {
  /** 32 hexadecimal digits, the same for everything that follows from one cause. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this piece of work. */
  readonly spanId: string;
  /** Whether the caller asked for the trace to be recorded. */
  readonly sampled: boolean;
};

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The context of work that begins here: in the caller's trace if its `traceparent` can be read, else in a new one.
 *
 * @param header `traceparent` as it came; anything unreadable begins a new trace, as the specification asks for
 */
export function beginTrace(header?: string | readonly string[]): TraceContext {
  const spanId = randomBytes(8).toString('hex');
  const match = typeof header === 'string' ? TRACEPARENT.exec(header.trim()) : null;
  const [, version, traceId, parentId, flags, rest] = match ?? [];
  const known =
    traceId !== undefined &&
    flags !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    /[^0]/.test(traceId) &&
    /[^0]/.test(parentId ?? '');
  if (!known) return { traceId: randomBytes(16).toString('hex'), spanId, sampled: false };
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The header that passes a context on. */
export function traceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? '01' : '00'}`;
}
