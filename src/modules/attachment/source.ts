import type { Fetched } from '../../domain/attachment/states.js';
import type { Database } from '../../platform/database/index.js';
import { errorCode, retryAfterMs } from '../../platform/egress/index.js';
import type { Egress, EgressResponse } from '../../platform/egress/index.js';
import type { Buckets } from '../../platform/rates/index.js';
import type { Answer, FetchedFile } from '../channels/index.js';
import type { StatedAttachment } from '../conversation/index.js';
import type { Ways } from '../delivery/index.js';

export type FetchOutcome = { readonly kind: 'fetched'; readonly file: FetchedFile } | Fetched;

export type AttachmentSourceOptions = {
  readonly database: Database;
  readonly egress: Egress;
  readonly buckets: Buckets;
  readonly ways: Ways;
};

/** The whole of one fetch, in ms: a large file over a slow line. */
const FETCH_MS = 60_000;

/** How many files of one shop are fetched from addresses: somebody else's server answers. */
const PACE = { perMinute: 120, capacity: 30 } as const;

/** How long a file waits for a shop whose channel cannot be asked, in ms. */
const NO_WAY_MS = 60_000;

/** Where files come from: addresses that a channel gives, which may be anybody's, and channels themselves. */
export class AttachmentSource {
  constructor(private readonly options: AttachmentSourceOptions) {}

  /** Fetches a file once, `maxBytes` of it at most; every end is an outcome. */
  async fetch(
    tenantId: string,
    shopId: string,
    { url, ref }: StatedAttachment,
    maxBytes: number,
  ): Promise<FetchOutcome> {
    if (url !== undefined) return this.#fromAddress(shopId, url, maxBytes);
    if (ref !== undefined) return this.#fromChannel(tenantId, shopId, ref, maxBytes);
    return { kind: 'refused', reason: 'not_offered' };
  }

  async #fromAddress(shopId: string, url: string, maxBytes: number): Promise<FetchOutcome> {
    const waitMs = await this.options.buckets.take(`files|${shopId}`, PACE, 0);
    if (waitMs !== null) return { kind: 'later', retryAfterMs: waitMs };
    try {
      const headers = { accept: '*/*' };
      return ofResponse(
        await this.options.egress.request({ method: 'GET', url, headers, timeoutMs: FETCH_MS, maxBytes }),
        maxBytes,
      );
    } catch (error) {
      const isBlocked = errorCode(error) === 'EGRESS_BLOCKED';
      return isBlocked ? { kind: 'refused', reason: 'address_not_allowed' } : { kind: 'later', retryAfterMs: null };
    }
  }

  async #fromChannel(tenantId: string, shopId: string, ref: string, maxBytes: number): Promise<FetchOutcome> {
    const { database, ways } = this.options;
    const way = await database.tenant(tenantId, (tx) => ways.of(tx, shopId));
    if (typeof way === 'string') return { kind: 'later', retryAfterMs: NO_WAY_MS };
    const { files } = way.connector;
    if (files === undefined) return { kind: 'refused', reason: 'not_offered' };
    const access = await ways.access(way);
    if ('reason' in access) return { kind: 'later', retryAfterMs: access.retryAfterMs ?? NO_WAY_MS };
    const answer = await files.fetch({ ...access, requestTimeoutMs: FETCH_MS }, ref, maxBytes);
    if (answer.kind === 'unauthorised' && answer.code === 'token_invalid') await ways.refuse(way, access);
    return ofAnswer(answer);
  }
}

function ofResponse(response: EgressResponse, maxBytes: number): FetchOutcome {
  const { status, bytes, complete } = response;
  if (status === 200) {
    // One that was cut off before it got too large may come whole the next time.
    if (!complete && bytes.length < maxBytes) return { kind: 'later', retryAfterMs: null };
    return { kind: 'fetched', file: { bytes, complete } };
  }
  if (status === 404 || status === 410) return { kind: 'absent' };
  if (status === 401 || status === 403) return { kind: 'refused', reason: 'access_denied' };
  if (status >= 300 && status < 400) return { kind: 'refused', reason: 'redirected' };
  return { kind: 'later', retryAfterMs: retryAfterMs(response) };
}

function ofAnswer(answer: Answer<FetchedFile>): FetchOutcome {
  switch (answer.kind) {
    case 'read':
      return { kind: 'fetched', file: answer.value };
    case 'absent':
      return answer;
    case 'later':
      return { kind: 'later', retryAfterMs: answer.retryAfterMs };
    case 'unauthorised':
      return answer.code === 'token_invalid'
        ? { kind: 'later', retryAfterMs: null }
        : { kind: 'refused', reason: 'access_denied' };
    case 'unreadable':
      return { kind: 'later', retryAfterMs: null };
  }
}
