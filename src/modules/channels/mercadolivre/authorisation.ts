import { createHash } from 'node:crypto';
import type { Egress } from '../../../platform/egress/index.js';
import type { Authorisation, GrantOutcome } from '../connector.js';
import { exchange } from '../exchange.js';
import type { MercadoLivreApp } from './app.js';
import { jsonOf } from '../answers.js';
import { refusalShape, tokenShape } from './shapes.js';

const TIMEOUT_MS = 10_000;

/** What the platform says when a token is of no use any more; everything else may pass. */
const FINAL: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_client',
  'invalid_scope',
  'unauthorized_client',
  'unauthorized_application',
  'invalid_operator_user_id',
]);

/** OAuth 2 with PKCE (RFC 7636, S256); every refresh token works once. */
export class MercadoLivreAuthorisation implements Authorisation {
  constructor(
    private readonly app: MercadoLivreApp,
    private readonly egress: Egress,
  ) {}

  consentUrl({ redirectUri, state, verifier }: Parameters<Authorisation['consentUrl']>[0]): string {
    const url = new URL('/authorization', this.app.authUrl);
    const query = {
      response_type: 'code',
      client_id: this.app.clientId,
      redirect_uri: redirectUri,
      state,
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  exchange({ redirectUri, back, verifier }: Parameters<Authorisation['exchange']>[0]): Promise<GrantOutcome> {
    const { code = '' } = back;
    return this.#token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });
  }

  refresh({ refreshToken }: Parameters<Authorisation['refresh']>[0]): Promise<GrantOutcome> {
    return this.#token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  async #token(form: Readonly<Record<string, string>>): Promise<GrantOutcome> {
    const { clientId, clientSecret, apiUrl } = this.app;
    const askedAt = Date.now();
    const reply = await exchange(this.egress, {
      method: 'POST',
      url: new URL('/oauth/token', apiUrl).href,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }).toString(),
      timeoutMs: TIMEOUT_MS,
    });
    if (reply.kind === 'lost') return { kind: 'later', retryAfterMs: null, code: reply.code };
    if (reply.kind === 'unsent') return { kind: 'later', retryAfterMs: reply.retryAfterMs, code: reply.code };
    return outcomeOf(reply, askedAt);
  }
}

function outcomeOf(
  { status, text, retryAfterMs }: { status: number; text: string; retryAfterMs: number | null },
  askedAt: number,
): GrantOutcome {
  const granted = status === 200 ? tokenShape.safeParse(jsonOf(text)) : null;
  if (granted?.success) {
    const {
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: seconds,
      user_id: account,
    } = granted.data;
    // The platform's pages and its answers disagree about how long: its answer counts.
    return { kind: 'granted', grant: { accessToken, refreshToken, account, expiresAt: askedAt + seconds * 1_000 } };
  }
  const code = refusalShape.safeParse(jsonOf(text)).data?.error ?? '';
  if (status >= 400 && status < 500 && FINAL.has(code)) return { kind: 'refused', code };
  return { kind: 'later', retryAfterMs, code: granted === null ? `http_${status}` : 'answer_unreadable' };
}

/** The challenge that belongs to a verifier (RFC 7636, 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
