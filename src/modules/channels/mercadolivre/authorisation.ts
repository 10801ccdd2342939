import type { Egress } from '../../../platform/egress/index.js';
import type { Authorisation, GrantOutcome } from '../connector.js';
import type { MercadoLivreApp } from './app.js';
import { challengeOf } from '../pkce.js';
import { askForTokens } from '../token-request.js';
import { tokenShape } from './shapes.js';

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

  #token(form: Readonly<Record<string, string>>): Promise<GrantOutcome> {
    const url = new URL('/oauth/token', this.app.apiUrl).href;
    return askForTokens(this.egress, { url, app: this.app, form, final: FINAL, granted });
  }
}

/** The platform's pages and its answers disagree about how long: its answer counts. */
function granted(body: unknown, askedAt: number): GrantOutcome | null {
  const answer = tokenShape.safeParse(body).data;
  if (answer === undefined) return null;
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds, user_id: account } = answer;
  return { kind: 'granted', grant: { accessToken, refreshToken, account, expiresAt: askedAt + seconds * 1_000 } };
}
