import type { Egress } from '../../../platform/egress/index.js';
import type { Authorisation, GrantOutcome } from '../connector.js';
import { exchange } from '../exchange.js';
import type { ShopeeApp } from './app.js';
import { saidIn, signedUrl } from './http.js';
import { jsonOf, jsonText, numberOf } from './json.js';
import { tokenShape } from './shapes.js';

const TIMEOUT_MS = 10_000;
const CONSENT = '/api/v2/shop/auth_partner';

/** What the platform says when a code or token is of no use any more; everything else may pass. */
const FINAL: ReadonlySet<string> = new Set([
  'invalid_code',
  'invalid_shop_id',
  'invalid_refresh_token',
  'refresh_token_expired',
  'error_shop_refresh_token',
  'error_refresh_token',
  'error_auth',
  'shop_access_expired',
  'shop_no_linked',
  'partner_shop_no_link',
  'shop_banned',
]);

/** The platform's own consent: signed links, and refresh tokens per shop that each work once. It has no state and no proof of key. */
export class ShopeeAuthorisation implements Authorisation {
  constructor(
    private readonly app: ShopeeApp,
    private readonly egress: Egress,
  ) {}

  /** The platform brings back the address it was given: our state travels in it. */
  consentUrl({ redirectUri, state }: Parameters<Authorisation['consentUrl']>[0]): string {
    const redirect = new URL(redirectUri);
    redirect.searchParams.set('state', state);
    const url = signedUrl(this.app, this.#open, { path: CONSENT, isPublic: true, query: { redirect: redirect.href } });
    return url ?? this.app.apiUrl;
  }

  exchange({ back }: Parameters<Authorisation['exchange']>[0]): Promise<GrantOutcome> {
    const { code = '', shop_id: account = '' } = back;
    // A login for many shops at once names none of them: which one is this shop nobody could tell.
    if (!/^\d{1,20}$/.test(account)) return Promise.resolve({ kind: 'refused', code: 'shop_not_named' });
    return this.#token('/api/v2/auth/token/get', { code }, account);
  }

  refresh({ refreshToken, account }: Parameters<Authorisation['refresh']>[0]): Promise<GrantOutcome> {
    return this.#token('/api/v2/auth/access_token/get', { refresh_token: refreshToken }, account);
  }

  get #open(): { readonly url: string; readonly secrets: readonly string[]; readonly account: null } {
    return { url: this.app.apiUrl, secrets: [], account: null };
  }

  async #token(path: string, given: Readonly<Record<string, string>>, account: string): Promise<GrantOutcome> {
    const url = signedUrl(this.app, this.#open, { path, isPublic: true });
    if (url === null) return { kind: 'later', retryAfterMs: null, code: 'address_invalid' };
    const askedAt = Date.now();
    const said = saidIn(
      await exchange(this.egress, {
        method: 'POST',
        url,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: jsonText({ ...given, partner_id: numberOf(this.app.partnerId), shop_id: numberOf(account) }),
        timeoutMs: TIMEOUT_MS,
      }),
    );
    if (said.kind === 'failed') {
      return FINAL.has(said.code) && said.meaning !== 'system'
        ? { kind: 'refused', code: said.code }
        : { kind: 'later', retryAfterMs: said.retryAfterMs, code: said.code };
    }
    if (said.kind === 'lost') return { kind: 'later', retryAfterMs: null, code: said.code };
    if (said.kind === 'unsent') return { kind: 'later', retryAfterMs: said.retryAfterMs, code: said.code };
    // Tokens stand beside the envelope, not in it.
    const granted = said.kind === 'done' ? tokenShape.safeParse(jsonOf(said.text)).data : undefined;
    if (granted === undefined) {
      const code = said.kind === 'garbled' ? `http_${said.status}` : 'answer_unreadable';
      return { kind: 'later', retryAfterMs: null, code };
    }
    const { access_token: accessToken, refresh_token: refreshToken, expire_in: seconds } = granted;
    return { kind: 'granted', grant: { accessToken, refreshToken, account, expiresAt: askedAt + seconds * 1_000 } };
  }
}
