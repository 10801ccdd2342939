import { z } from 'zod';
import type { EmailConfig } from '../../../platform/config/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Authorisation, Given, GrantOutcome } from '../connector.js';
import { challengeOf } from '../pkce.js';
import { askForTokens } from '../token-request.js';

/** Providers whose mailboxes are opened by a consent instead of a password. */
export const SIGN_INS = ['microsoft', 'google'] as const;
export type SignIn = (typeof SIGN_INS)[number];

/** How consent is asked for at a provider. */
type Provider = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly consentUrl: string;
  readonly tokenUrl: string;
  readonly scope: string;
  /** What it wants to be told besides, to give a refresh token at all. */
  readonly more: Readonly<Record<string, string>>;
};

/** What providers say when a code or token is of no use any more (RFC 6749, 5.2, and OpenID Connect); everything else may pass. */
const FINAL: ReadonlySet<string> = new Set([
  ...['invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_scope'],
  ...['interaction_required', 'consent_required', 'login_required'],
]);

const tokenShape = z.object({
  access_token: z.string().min(1).max(8_192),
  expires_in: z.number().positive(),
  /** Left out by providers with whom it stays the same. */
  refresh_token: z.string().min(1).max(8_192).optional(),
});

/** Whose consent opens a mailbox; null where a password does, undefined where the provider has not been set up. */
export function signInOf(
  config: EmailConfig,
  egress: Egress,
  { signIn, address }: Given,
): Authorisation | null | undefined {
  const known = SIGN_INS.find((one) => one === signIn);
  if (known === undefined) return null;
  const provider = providerOf(config, known);
  return provider === undefined ? undefined : new MailAuthorisation(provider, egress, String(address ?? ''));
}

function providerOf({ microsoft, google }: EmailConfig, signIn: SignIn): Provider | undefined {
  if (signIn === 'microsoft') {
    if (microsoft === undefined) return undefined;
    const { url, tenant, ...app } = microsoft;
    const at = (name: string): string => new URL(`/${encodeURIComponent(tenant)}/oauth2/v2.0/${name}`, url).href;
    const scopes = ['IMAP.AccessAsUser.All', 'SMTP.Send'].map((name) => `https://outlook.office.com/${name}`);
    const scope = [...scopes, 'offline_access'].join(' ');
    return { ...app, consentUrl: at('authorize'), tokenUrl: at('token'), scope, more: {} };
  }
  if (google === undefined) return undefined;
  const { consentUrl, tokenUrl, ...app } = google;
  return {
    ...app,
    consentUrl: new URL('/o/oauth2/v2/auth', consentUrl).href,
    tokenUrl: new URL('/token', tokenUrl).href,
    scope: 'https://mail.google.com/',
    more: { access_type: 'offline', prompt: 'consent' },
  };
}

/** OAuth 2 with PKCE (RFC 7636, S256). Some providers give a new refresh token each time, others keep the first. */
class MailAuthorisation implements Authorisation {
  constructor(
    private readonly provider: Provider,
    private readonly egress: Egress,
    private readonly address: string,
  ) {}

  consentUrl({ redirectUri, state, verifier }: Parameters<Authorisation['consentUrl']>[0]): string {
    const { clientId, consentUrl, scope, more } = this.provider;
    const url = new URL(consentUrl);
    const query = {
      ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state },
      ...{ code_challenge: challengeOf(verifier), code_challenge_method: 'S256' },
      // Of several accounts in one browser, this one is meant.
      login_hint: this.address,
      ...more,
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  exchange({ redirectUri, back, verifier }: Parameters<Authorisation['exchange']>[0]): Promise<GrantOutcome> {
    const { code = '' } = back;
    if (code === '') return Promise.resolve({ kind: 'refused', code: 'access_denied' });
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    return this.#token(form, { account: '', refreshToken: '' });
  }

  refresh(held: Parameters<Authorisation['refresh']>[0]): Promise<GrantOutcome> {
    return this.#token({ grant_type: 'refresh_token', refresh_token: held.refreshToken }, held);
  }

  #token(form: Readonly<Record<string, string>>, held: Parameters<Authorisation['refresh']>[0]): Promise<GrantOutcome> {
    const granted = (body: unknown, askedAt: number): GrantOutcome | null => {
      const answer = tokenShape.safeParse(body).data;
      if (answer === undefined) return null;
      const {
        access_token: accessToken,
        expires_in: seconds,
        refresh_token: refreshToken = held.refreshToken,
      } = answer;
      // Access that cannot be renewed would end within the hour, and with it the consent.
      if (refreshToken === '') return { kind: 'refused', code: 'no_refresh_token' };
      const { account } = held;
      return { kind: 'granted', grant: { accessToken, refreshToken, account, expiresAt: askedAt + seconds * 1_000 } };
    };
    const { tokenUrl: url } = this.provider;
    return askForTokens(this.egress, { url, app: this.provider, form, final: FINAL, granted });
  }
}
