/** What a consent gives: good until `expiresAt` (epoch ms), and then for one refresh. */
export type Grant = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
  /** The platform's id of whoever consented; empty where it does not say who that was (`Credentials.consent`). */
  readonly account: string;
  /** By when the consent itself ends (epoch ms), where that is known from the day on which it is given. */
  readonly consentEndsAt?: number;
};

export type GrantOutcome =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** The platform says no for good: somebody has to consent again. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Nobody knows whether it said yes; the token may be used up. */
  | { readonly kind: 'later'; readonly retryAfterMs: number | null; readonly code: string };

/** Asking a seller for consent, and keeping it alive. */
export type Authorisation = {
  /** Where the seller's administrator is sent; the platform brings `state` back. */
  consentUrl(ask: { readonly redirectUri: string; readonly state: string; readonly verifier: string }): string;
  exchange(ask: {
    readonly redirectUri: string;
    /** Everything the platform brought back, by name. */
    readonly back: Readonly<Record<string, string>>;
    readonly verifier: string;
  }): Promise<GrantOutcome>;
  refresh(held: Pick<Grant, 'refreshToken' | 'account'>): Promise<GrantOutcome>;
};
