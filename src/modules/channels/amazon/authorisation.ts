import type { AmazonAppConfig } from '../../../platform/config/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Authorisation, GrantOutcome } from '../connector.js';
import { askForTokens } from '../token-request.js';
import { tokenShape } from './shapes.js';

/** For how long a seller consents. */
const CONSENT_MS = 365 * 86_400_000;

/** What the platform says when a code or token is of no use any more (RFC 6749, 5.2); everything else may pass. */
const FINAL: ReadonlySet<string> = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client']);

/** Login with Amazon: a consent of a year, a refresh token that stays the same, access for an hour. */
export class AmazonAuthorisation implements Authorisation {
  constructor(
    private readonly app: AmazonAppConfig,
    private readonly egress: Egress,
  ) {}

  /** The platform knows where to send them back: what is registered with it. */
  consentUrl({ state }: Parameters<Authorisation['consentUrl']>[0]): string {
    const url = new URL('/apps/authorize/consent', this.app.consentUrl);
    url.searchParams.set('application_id', this.app.applicationId);
    url.searchParams.set('state', state);
    if (this.app.isDraft) url.searchParams.set('version', 'beta');
    return url.href;
  }

  async exchange({ back }: Parameters<Authorisation['exchange']>[0]): Promise<GrantOutcome> {
    const { spapi_oauth_code: code = '', selling_partner_id: account = '' } = back;
    if (!/^[A-Z0-9]{1,32}$/.test(account)) return { kind: 'refused', code: 'seller_not_named' };
    const outcome = await this.#token({ grant_type: 'authorization_code', code }, { account, refreshToken: '' });
    if (outcome.kind !== 'granted') return outcome;
    return { kind: 'granted', grant: { ...outcome.grant, consentEndsAt: Date.now() + CONSENT_MS } };
  }

  refresh(held: Parameters<Authorisation['refresh']>[0]): Promise<GrantOutcome> {
    return this.#token({ grant_type: 'refresh_token', refresh_token: held.refreshToken }, held);
  }

  #token(form: Readonly<Record<string, string>>, held: Parameters<Authorisation['refresh']>[0]): Promise<GrantOutcome> {
    const url = new URL('/auth/o2/token', this.app.tokenUrl).href;
    const granted = (body: unknown, askedAt: number): GrantOutcome | null => {
      const answer = tokenShape.safeParse(body).data;
      const refreshToken = answer?.refresh_token ?? held.refreshToken;
      if (answer === undefined || refreshToken === '') return null;
      const { access_token: accessToken, expires_in: seconds } = answer;
      const { account } = held;
      return { kind: 'granted', grant: { accessToken, refreshToken, account, expiresAt: askedAt + seconds * 1_000 } };
    };
    return askForTokens(this.egress, { url, app: this.app, form, final: FINAL, granted });
  }
}
