import { readAnswer, readCheck } from '../../domain/call/answer.js';
import type { Answer, AskOutcome, CheckOutcome } from '../../domain/call/answer.js';
import { isReading } from '../../domain/call/connection.js';
import type { Operation } from '../../domain/call/connection.js';
import type { CallRequest } from '../../domain/call/request.js';
import type { DataType } from '../../domain/definition/plan.js';
import { errorCode, nothingSent, retryAfterMs } from '../../platform/egress/index.js';
import type { Egress } from '../../platform/egress/index.js';

/** A request ready to be made, and how its answer is read. */
export type Prepared = {
  readonly request: CallRequest;
  readonly operation: Operation;
  readonly returns: Readonly<Record<string, DataType>>;
  readonly timeoutMs: number;
};

/** Speaks to outside systems. Neither call throws: every end is an outcome. */
export class OutsideSystem {
  constructor(private readonly egress: Egress) {}

  /** Makes a call. */
  async ask(prepared: Prepared): Promise<AskOutcome> {
    const { operation, returns } = prepared;
    try {
      return readAnswer(operation, returns, await this.#request(prepared));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'egress_blocked') return { kind: 'refused', code, data: { code } };
      const safe = nothingSent(error) || isReading(operation);
      return safe ? { kind: 'not_taken', code, retryAfterMs: null } : { kind: 'unknown', code };
    }
  }

  /** Asks whether a call was done. */
  async check(prepared: Prepared): Promise<CheckOutcome> {
    const { operation, returns } = prepared;
    try {
      return readCheck(operation, returns, await this.#request(prepared));
    } catch (error) {
      return { kind: 'failed', code: codeOf(error) };
    }
  }

  async #request({ request, timeoutMs }: Prepared): Promise<Answer> {
    const { method, url, headers, body } = request;
    const response = await this.egress.request({ method, url, headers, timeoutMs, ...(body === null ? {} : { body }) });
    const { status, complete } = response;
    return { status, complete, body: response.body, retryAfterMs: retryAfterMs(response) };
  }
}

/** A short word for why there was no answer, safe to store: never a text that may quote an address. */
function codeOf(error: unknown): string {
  return errorCode(error).toLowerCase().slice(0, 64);
}
