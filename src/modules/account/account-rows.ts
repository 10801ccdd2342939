import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { logSync } from '../channels/index.js';
import type { Access, Given, Grant } from '../channels/index.js';

type Tokens = Pick<Grant, 'accessToken' | 'refreshToken'>;

/** Which of a shop's accounts: the one it is reached with, or the one with which its channel does more. */
export type AccountPart = 'main' | 'beside';
export type AccountKey = { readonly shopId: string; readonly part: AccountPart };

/** The account that a shop is reached with. */
export function mainAccount({ id }: { readonly id: string }): AccountKey {
  return { shopId: id, part: 'main' };
}

/** What an administrator gave; it does not end by itself. */
export type GivenCredentials = Pick<Access, 'secrets' | 'settings'>;

/** What a consent gave, until when (epoch ms), and then for one refresh. */
export type Granted = Tokens & Pick<Grant, 'expiresAt'>;

export type AccountState = 'authorised' | 'awaiting' | 'lost';

/** A shop's account on its platform. Instants are epoch ms. */
export type AccountRow = {
  /** `awaiting` = what was given is complete with a consent that nobody has given yet. */
  readonly state: AccountState;
  readonly account: string;
  readonly refreshingUntil: number | null;
  /** With what it is reached; one of both. */
  readonly granted: Granted | null;
  readonly given: GivenCredentials | null;
  /** What was given besides secrets, with a consent too. */
  readonly settings: Given | undefined;
  /** When a token was made or renewed last, and when the platform last did not take one that should have been good. */
  readonly refreshedAt: number;
  readonly refusedAt: number | null;
  /** When somebody opened it last. */
  readonly authorisedAt: number;
  /** By when the platform says that the consent ends; null while it has not said so. */
  readonly consentEndsAt: number | null;
};

type Stored = Omit<AccountRow, 'account' | 'granted' | 'given' | 'settings'> & {
  readonly account: Buffer;
  readonly credentials: Buffer;
  readonly expiresAt: number | null;
};

const SELECT = `
  select state, account, credentials, expires_at as "expiresAt", refreshing_until as "refreshingUntil",
         authorised_at as "authorisedAt", refreshed_at as "refreshedAt", refused_at as "refusedAt", consent_ends_at as "consentEndsAt"
    from channel_account where tenant_id = $1 and shop_id = $2 and part = $3`;

/** An account of a shop, or null while nobody has opened it; with `lock` nobody else changes it until the transaction ends. */
export async function readAccount(tx: Tx, keys: Keys, key: AccountKey, lock = false): Promise<AccountRow | null> {
  const row = await tx.first<Stored>(lock ? `${SELECT} for update` : SELECT, [tx.tenantId, key.shopId, key.part]);
  if (!row) return null;
  const { account, credentials, expiresAt, ...rest } = row;
  const sealed = place(key, 'credentials');
  const opened = keys.openJson<Partial<Tokens & GivenCredentials>>(sealed, credentials) ?? {};
  const { accessToken = '', refreshToken = '', secrets = [], settings } = opened;
  return {
    ...rest,
    account: keys.open(place(key, 'account'), account) ?? '',
    granted: expiresAt === null ? null : { accessToken, refreshToken, expiresAt },
    given: expiresAt === null ? { secrets, ...(settings === undefined ? {} : { settings }) } : null,
    settings,
  };
}

/** The platform's id of a shop's account, without what opens it; null while there is none. */
export async function readAccountId(tx: Tx, keys: Keys, key: AccountKey): Promise<string | null> {
  const row = await tx.first<Pick<Stored, 'account'>>(
    'select account from channel_account where tenant_id = $1 and shop_id = $2 and part = $3',
    [tx.tenantId, key.shopId, key.part],
  );
  return row === undefined ? null : keys.open(place(key, 'account'), row.account) || null;
}

/** When something was kept (epoch ms), and whether a person has opened the account anew with it. */
type Occasion = { readonly at: number; readonly by: 'person' | 'refresh' };

/**
 * Keeps what a consent, or a refresh, gave, and the settings it completes. The old pair is overwritten: it is of no use to anybody but
 * a thief.
 */
export async function saveGrant(
  tx: Tx,
  keys: Keys,
  key: AccountKey,
  grant: Grant & { readonly settings: Given | undefined },
  occasion: Occasion,
): Promise<void> {
  const { accessToken, refreshToken, account, expiresAt, consentEndsAt = null, settings } = grant;
  const credentials = { accessToken, refreshToken, settings } satisfies Tokens & { settings: Given | undefined };
  await save(tx, keys, key, { state: 'authorised', account, credentials, expiresAt, consentEndsAt }, occasion);
}

/** Keeps what an administrator gave, in place of whatever was there; `state` says whether it is enough. */
export async function saveGiven(
  tx: Tx,
  keys: Keys,
  key: AccountKey,
  { state, account, given }: Pick<AccountRow, 'state' | 'account'> & { readonly given: GivenCredentials },
  at: number,
): Promise<void> {
  const opened = { state, account, credentials: given, expiresAt: null, consentEndsAt: null };
  await save(tx, keys, key, opened, { at, by: 'person' });
}

async function save(
  tx: Tx,
  keys: Keys,
  key: AccountKey,
  opened: Pick<AccountRow, 'state' | 'account' | 'consentEndsAt'> & {
    readonly credentials: unknown;
    readonly expiresAt: number | null;
  },
  { at, by }: Occasion,
): Promise<void> {
  const params = [
    tx.tenantId,
    key.shopId,
    key.part,
    keys.seal(place(key, 'account'), opened.account),
    keys.sealJson(place(key, 'credentials'), opened.credentials),
    instant(opened.expiresAt),
    instant(at),
    instant(opened.consentEndsAt),
    opened.state,
  ];
  const changed = await tx.run(
    `update channel_account set state = $9, account = $4, credentials = $5, expires_at = $6, refreshed_at = $7,
            refreshing_until = null, last_error = null, last_error_at = null,
            authorised_at = case when $10 then $7::timestamptz else authorised_at end,
            refused_at = case when $10 then null else refused_at end,
            consent_ends_at = case when $10 then $8::timestamptz else consent_ends_at end
      where tenant_id = $1 and shop_id = $2 and part = $3`,
    [...params, by === 'person'],
  );
  if (changed === 1) return;
  await tx.run(
    `insert into channel_account (tenant_id, shop_id, part, state, account, credentials, expires_at, authorised_at, refreshed_at,
                                  consent_ends_at)
     values ($1, $2, $3, $9, $4, $5, $6, $7, $7, $8)`,
    params,
  );
}

/** Says that a refresh is under way, until `until`; null = no more. */
export async function markRefreshing(tx: Tx, key: AccountKey, until: number | null): Promise<void> {
  await change(tx, key, 'refreshing_until = $4', instant(until));
}

/** Forgets with what an account was reached, and where its sweep stood; true when there was one. */
export async function dropAccount(tx: Tx, { shopId, part }: AccountKey): Promise<boolean> {
  const sql = 'delete from channel_account where tenant_id = $1 and shop_id = $2 and part = $3';
  return (await tx.run(sql, [tx.tenantId, shopId, part])) === 1;
}

/** Says that somebody has to open the account again. */
export async function markLost(tx: Tx, key: AccountKey): Promise<void> {
  await change(tx, key, `state = $4, refreshing_until = null`, 'lost');
}

/** Remembers by when the consent ends (epoch ms). */
export async function markEnding(tx: Tx, key: AccountKey, endsAt: number): Promise<void> {
  await change(tx, key, 'consent_ends_at = $4', instant(endsAt));
}

/** The platform did not take the access token: it is refreshed at its first use from `notBefore` on. Epoch ms. */
export async function markExpired(
  tx: Tx,
  key: AccountKey,
  { at, refusedAt, notBefore }: { readonly at: number; readonly refusedAt: number; readonly notBefore: number },
): Promise<void> {
  const set = 'expires_at = least(expires_at, $4), refused_at = $5, refreshing_until = $6';
  await change(tx, key, set, instant(at), instant(refusedAt), instant(notBefore));
}

async function change(tx: Tx, { shopId, part }: AccountKey, set: string, ...values: unknown[]): Promise<void> {
  await tx.post(`update channel_account set ${set} where tenant_id = $1 and shop_id = $2 and part = $3`, [
    ...[tx.tenantId, shopId, part],
    ...values,
  ]);
}

/** Errors of one code are one line of a shop's log within this time, in ms. */
const SAME_TROUBLE_MS = 60_000;

/** Remembers what last went wrong with a shop's platform, by a code; what is news is logged. */
export async function noteError(tx: Tx, shopId: string, code: string, at: number): Promise<void> {
  const last = await tx.first<{ code: string | null; at: number | null }>(
    `select last_error as code, last_error_at as at from channel_account
      where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId],
  );
  if (last?.code !== code || (last.at ?? 0) < at - SAME_TROUBLE_MS)
    await logSync(tx, shopId, { event: 'trouble', origin: null, kind: null, code, found: 0, at });
  await tx.post(
    `update channel_account set last_error = $3, last_error_at = $4
      where tenant_id = $1 and shop_id = $2 and part = 'main'`,
    [tx.tenantId, shopId, code, instant(at)],
  );
}

function place({ shopId, part }: AccountKey, column: 'account' | 'credentials'): Place {
  return { owner: 'tenant', table: 'channel_account', column, row: part === 'main' ? shopId : `${shopId}|${part}` };
}
