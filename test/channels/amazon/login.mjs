/** Login with Amazon: a code that works once and for five minutes, access for an hour, a refresh token that stays. */
import { randomBytes } from 'node:crypto';
import { nowOf } from '../serving.mjs';

const CODE_MS = 5 * 60_000;

const draw = (prefix) => `${prefix}|${randomBytes(24).toString('base64url')}`;

export class Login {
  #codes = new Map();
  #refresh = new Set();
  #access = new Map();

  constructor(settings) {
    this.settings = settings;
  }

  /** The seller agrees: where the platform sends them back to, or null where it knows no such application. */
  agree({ application_id: applicationId, state = '', version }) {
    const { applicationId: known, isDraft, redirectUri, sellerId } = this.settings;
    if (applicationId !== known || (version === 'beta') !== isDraft) return null;
    const code = draw('ANSIM');
    this.#codes.set(code, nowOf(this.settings) + CODE_MS);
    const back = new URL(redirectUri);
    const brought = { state, selling_partner_id: sellerId, spapi_oauth_code: code };
    for (const [name, value] of Object.entries(brought)) back.searchParams.set(name, value);
    return back.href;
  }

  /** `POST /auth/o2/token`. @returns [status, body] */
  token(form) {
    const { clientId, clientSecret } = this.settings;
    if (form.client_id !== clientId || form.client_secret !== clientSecret) return refusal('invalid_client');
    if (form.grant_type === 'authorization_code') {
      const until = this.#codes.get(form.code) ?? 0;
      this.#codes.delete(form.code);
      if (until < nowOf(this.settings)) return refusal('invalid_grant');
      const refreshToken = draw('Atzr');
      this.#refresh.add(refreshToken);
      return this.#grant(refreshToken);
    }
    if (form.grant_type !== 'refresh_token') return refusal('unsupported_grant_type');
    return this.#refresh.has(form.refresh_token) ? this.#grant(form.refresh_token) : refusal('invalid_grant');
  }

  /** Whether a request carries a token that still works. */
  knows(token) {
    return (this.#access.get(token) ?? 0) > nowOf(this.settings);
  }

  /** Every token of access ends now; with `consent` the seller has taken the consent back. */
  end({ consent = false }) {
    this.#access.clear();
    if (consent) this.#refresh.clear();
  }

  #grant(refreshToken) {
    const accessToken = draw('Atza');
    const { expiresIn } = this.settings;
    this.#access.set(accessToken, nowOf(this.settings) + expiresIn * 1_000);
    const body = {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      refresh_token: refreshToken,
    };
    return [200, body];
  }
}

function refusal(error) {
  return [400, { error, error_description: 'The request has something wrong in it' }];
}
