import { z } from 'zod';
import type { Egress } from '../../platform/egress/index.js';
import { jsonOf } from './answers.js';
import type { GrantOutcome } from './connector.js';
import { exchange } from './exchange.js';

const TIMEOUT_MS = 10_000;

/** The application is at fault: its id or secret is not the platform's (RFC 6749, 5.2). */
const OURS = 'invalid_client';

const errorShape = z.object({ error: z.string().max(64) });

/** A request for tokens, and how its answer is understood. */
export type TokenRequest = {
  readonly url: string;
  readonly app: { readonly clientId: string; readonly clientSecret: string };
  readonly form: Readonly<Record<string, string>>;
  /** Which errors say that a code or token is of no use any more (RFC 6749, 5.2); everything else may pass. */
  readonly final: ReadonlySet<string>;
  /**
   * What was granted, by the answer's JSON; null for one that cannot be read.
   *
   * @param askedAt when the request left, epoch ms: what is granted lasts from then on at least
   */
  readonly granted: (body: unknown, askedAt: number) => GrantOutcome | null;
};

/** Asks a platform for tokens (RFC 6749, 4.1.3 and 6), the application named in the form. */
export async function askForTokens(egress: Egress, request: TokenRequest): Promise<GrantOutcome> {
  const { url, app, form, final, granted } = request;
  const askedAt = Date.now();
  const reply = await exchange(egress, {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_id: app.clientId, client_secret: app.clientSecret }).toString(),
    timeoutMs: TIMEOUT_MS,
  });
  if (reply.kind === 'lost') return { kind: 'later', retryAfterMs: null, code: reply.code };
  if (reply.kind === 'unsent') return { kind: 'later', retryAfterMs: reply.retryAfterMs, code: reply.code };
  const { status, text, retryAfterMs } = reply;
  const body = jsonOf(text);
  const outcome = status === 200 ? granted(body, askedAt) : null;
  if (outcome !== null) return outcome;
  const code = errorShape.safeParse(body).data?.error ?? '';
  // It says nothing of the seller's consent: that still holds once the application's secret has been put right here.
  if (code === OURS && form['grant_type'] === 'refresh_token') return { kind: 'later', retryAfterMs, code };
  if (status >= 400 && status < 500 && final.has(code)) return { kind: 'refused', code };
  return { kind: 'later', retryAfterMs, code: status === 200 ? 'answer_unreadable' : `http_${status}` };
}
