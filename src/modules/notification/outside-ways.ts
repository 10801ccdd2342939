import type { OutsideMeans } from '../../domain/notice/means.js';
import type { TellingOutcome } from '../../domain/notice/telling.js';
import { errorCode, nothingSent, retryAfterMs, signatureHeaders } from '../../platform/egress/index.js';
import type { Egress, EgressResponse } from '../../platform/egress/index.js';
import { MAIL_TIMEOUT_MS } from '../../platform/mail/index.js';
import type { Mail, Mailer } from '../../platform/mail/index.js';
import type { WebhookTarget } from '../webhook/index.js';

/** A notice ready to leave. */
export type Prepared =
  | { readonly by: 'email'; readonly mail: Mail }
  | { readonly by: 'webhook'; readonly id: string; readonly target: WebhookTarget; readonly body: string };

/** How long one attempt may take, in ms. */
export const WAY_TIMEOUT_MS: Readonly<Record<OutsideMeans, number>> = { email: MAIL_TIMEOUT_MS, webhook: 10_000 };

/** Mail and signed HTTP. Never throws: every end is an outcome. */
export class OutsideWays {
  constructor(
    private readonly mailer: Mailer,
    private readonly egress: Egress,
  ) {}

  async tell(prepared: Prepared): Promise<TellingOutcome> {
    if (prepared.by === 'webhook') return this.#post(prepared);
    const outcome = await this.mailer.send(prepared.mail);
    return outcome.kind === 'not_taken' ? { kind: 'not_taken', code: outcome.code, retryAfterMs: null } : outcome;
  }

  async #post({ id, target, body }: Extract<Prepared, { by: 'webhook' }>): Promise<TellingOutcome> {
    try {
      const response = await this.egress.request({
        method: 'POST',
        url: target.url,
        headers: { 'content-type': 'application/json', ...signatureHeaders(target.secrets, id, body) },
        body,
        timeoutMs: WAY_TIMEOUT_MS.webhook,
      });
      return answered(response);
    } catch (error) {
      const code = errorCode(error).toLowerCase().slice(0, 64);
      if (code === 'egress_blocked') return { kind: 'refused', code };
      return nothingSent(error) ? { kind: 'not_taken', code, retryAfterMs: null } : { kind: 'unknown', code };
    }
  }
}

function answered(response: EgressResponse): TellingOutcome {
  const { status } = response;
  const code = `http_${status}`;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 429 || status === 503) return { kind: 'not_taken', code, retryAfterMs: retryAfterMs(response) };
  if (status >= 500 || status === 408) return { kind: 'unknown', code };
  // A redirect is not followed: it could lead anywhere.
  return { kind: 'refused', code };
}
