import { errorCode, nothingSent, retryAfterMs } from '../../platform/egress/index.js';
import type { Egress, EgressRequest, EgressResponse } from '../../platform/egress/index.js';
import type { Access } from './connector.js';

/** What became of a request. */
export type Reply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly bytes: Buffer;
      readonly text: string;
      readonly retryAfterMs: number | null;
    }
  /** Not made: there is nothing left of our share, or nobody could be reached. */
  | { readonly kind: 'unsent'; readonly code: string; readonly retryAfterMs: number | null }
  /** Made, and nobody knows what came of it. */
  | { readonly kind: 'lost'; readonly code: string };

/** What was lost because there was more of it than was asked for. */
export const TOO_LARGE = 'answer_too_large';

/** One exchange over HTTP, with every end as a value. */
export async function exchange(egress: Egress, request: EgressRequest): Promise<Reply> {
  let response: EgressResponse;
  try {
    response = await egress.request(request);
  } catch (error) {
    const code = errorCode(error).toLowerCase().slice(0, 64);
    return nothingSent(error) ? { kind: 'unsent', code, retryAfterMs: null } : { kind: 'lost', code };
  }
  const { status, bytes, body, complete } = response;
  // The missing part may be what matters.
  if (!complete) return { kind: 'lost', code: bytes.length === request.maxBytes ? TOO_LARGE : 'answer_cut_off' };
  return { kind: 'answered', status, bytes, text: body, retryAfterMs: retryAfterMs(response) };
}

/** Access whose time runs from now on, over all requests made with it. */
export function timed(access: Access): Access {
  const endsAt = Date.now() + access.requestTimeoutMs;
  return {
    ...access,
    get requestTimeoutMs() {
      return Math.max(1, endsAt - Date.now());
    },
  };
}
