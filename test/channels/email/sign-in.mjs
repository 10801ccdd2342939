/** Consent to a mailbox, as Microsoft and Google ask for it: codes bound to a challenge, access that ends, tokens to renew it. */
import { createHash, randomBytes } from 'node:crypto';
import { nowOf } from '../serving.mjs';

const CODE_MS = 5 * 60_000;

const CLIENT = { id: 'sim-mail-client', secret: 'sim-mail-secret' };

const draw = (prefix) => `${prefix}.${randomBytes(24).toString('base64url')}`;

export class SignIn {
  #codes = new Map();
  #refresh = new Map();
  #access = new Map();

  constructor(settings) {
    this.settings = settings;
  }

  /** Somebody agrees on the page: where they are sent back to, or null where the page would show an error. */
  agree(query) {
    const { redirect_uri: redirectUri, state = '', code_challenge: challenge, code_challenge_method: method } = query;
    if (query.client_id !== CLIENT.id || query.response_type !== 'code' || !redirectUri) return null;
    if (method !== 'S256' || !challenge) return null;
    const back = new URL(redirectUri);
    back.searchParams.set('state', state);
    if (this.settings.refusesConsent) back.searchParams.set('error', 'access_denied');
    else {
      const code = draw('code');
      const isOffline = /offline_access/.test(query.scope) || query.access_type === 'offline';
      const user = this.settings.consentsAs ?? query.login_hint;
      this.#codes.set(code, { redirectUri, challenge, user, isOffline, until: nowOf(this.settings) + CODE_MS });
      back.searchParams.set('code', code);
    }
    return back.href;
  }

  /** @returns [status, body] */
  token(form) {
    if (form.client_id !== CLIENT.id || form.client_secret !== CLIENT.secret) return refusal('invalid_client');
    if (form.grant_type === 'authorization_code') return this.#first(form);
    if (form.grant_type !== 'refresh_token') return refusal('unsupported_grant_type');
    const user = this.#refresh.get(form.refresh_token);
    if (user === undefined) return refusal('invalid_grant');
    if (!this.settings.rotates) return this.#grant(user, {});
    this.#refresh.delete(form.refresh_token);
    return this.#grant(user, { refresh_token: this.#renewal(user) });
  }

  /** Whether a token opens somebody's mailbox now. */
  opens(user, token) {
    const known = this.#access.get(token);
    return known !== undefined && known.user === user && known.until > nowOf(this.settings);
  }

  /** Access ends now, whatever was said; with `consent` it cannot be renewed either. */
  end({ consent = false }) {
    this.#access.clear();
    if (consent) this.#refresh.clear();
  }

  #first({ code, redirect_uri: redirectUri, code_verifier: verifier = '' }) {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (known === undefined || known.until < nowOf(this.settings) || known.redirectUri !== redirectUri)
      return refusal('invalid_grant');
    if (createHash('sha256').update(verifier).digest('base64url') !== known.challenge) return refusal('invalid_grant');
    return this.#grant(known.user, known.isOffline ? { refresh_token: this.#renewal(known.user) } : {});
  }

  #renewal(user) {
    const token = draw('refresh');
    this.#refresh.set(token, user);
    return token;
  }

  #grant(user, more) {
    const token = draw('access');
    const { expiresIn } = this.settings;
    this.#access.set(token, { user, until: nowOf(this.settings) + expiresIn * 1_000 });
    return [200, { token_type: 'Bearer', access_token: token, expires_in: expiresIn, ...more }];
  }
}

function refusal(error) {
  return [400, { error, error_description: 'Not like this' }];
}
