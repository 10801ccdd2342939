import { PROBLEMS } from './codes.js';
import type { ProblemCode } from './codes.js';

export type FieldError = { readonly pointer: string; readonly detail: string };

export type ProblemDetails = {
  /** What to do about it, in one sentence. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Members of the document beside the standard ones (RFC 9457, 3.2). */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** True when the refusal is in the audit log already. */
  readonly audited?: boolean;
};

/** An expected "no" of the API: answered as a problem document (RFC 9457) with a stable code. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(code);
    this.code = code;
    this.status = PROBLEMS[code][0];
    this.details = details;
  }

  /** The document to send. */
  toDocument(requestId: string | null): Record<string, unknown> {
    const { detail, errors, extra } = this.details;
    return {
      type: `/docs/problems#${this.code}`,
      title: PROBLEMS[this.code][1],
      status: this.status,
      code: this.code,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
      ...(requestId === null ? {} : { requestId }),
      ...extra,
    };
  }
}
