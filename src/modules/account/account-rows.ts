import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { logSync } from '../channels/index.js';
import type { Access, Grant } from '../channels/index.js';

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

/** A shop's account on its platform. Instants are epoch ms. */
export type AccountRow = {
  readonly state: 'authorised' | 'lost';
  readonly account: string;
  readonly refreshingUntil: number | null;
  /** With what it is reached; one of both. */
  readonly granted: Granted | null;
  readonly given: GivenCredentials | null;
  /** When somebody opened it last. */
  readonly authorisedAt: number;
  /** By when the platform says that the consent ends; null while it has not said so. */
  readonly consentEndsAt: number | null;
};

type Stored = Pick<AccountRow, 'state' | 'refreshingUntil' | 'authorisedAt' | 'consentEndsAt'> & {
  readonly account: Buffer;
  readonly credentials: Buffer;
  readonly expiresAt: number | null;
};

const SELECT = `
  select state, account, credentials, expires_at as "expiresAt", refreshing_until as "refreshingUntil",
         authorised_at as "authorisedAt", consent_ends_at as "consentEndsAt"
    from channel_account where tenant_id = $1 and shop_id = $2 and part = $3`;

/** An account of a shop, or null while nobody has opened it; with `lock` nobody else changes it until the transaction ends. */
export async function readAccount(tx: Tx, keys: Keys, key: AccountKey, lock = false): Promise<AccountRow | null> {
  const row = await tx.first<Stored>(lock ? `${SELECT} for update` : SELECT, [tx.tenantId, key.shopId, key.part]);
  if (!row) return null;
  const { account, credentials, expiresAt, ...rest } = row;
  const sealed = place(key, 'credentials');
  const open = <T>(): T | null => keys.openJson<T>(sealed, credentials);
  return {
    ...rest,
    account: keys.open(place(key, 'account'), account) ?? '',
    granted: expiresAt === null ? null : { accessToken: '', refreshToken: '', ...open<Tokens>(), expiresAt },
    given: expiresAt === null ? { secrets: [], ...open<GivenCredentials>() } : null,
  };
}

/** When something was kept (epoch ms), and whether a person has opened the account anew with it. */
type Occasion = { readonly at: number; readonly by: 'person' | 'refresh' };

/** Keeps what a consent, or a refresh, gave. The old pair is overwritten: it is of no use to anybody but a thief. */
export async function saveGrant(tx: Tx, keys: Keys, key: AccountKey, grant: Grant, occasion: Occasion): Promise<void> {
  const { accessToken, refreshToken, account, expiresAt, consentEndsAt = null } = grant;
  const credentials = { accessToken, refreshToken } satisfies Tokens;
  await save(tx, keys, key, { account, credentials, expiresAt, consentEndsAt }, occasion);
}

/** Keeps what an administrator gave, in place of whatever was there. */
export async function saveGiven(
  tx: Tx,
  keys: Keys,
  key: AccountKey,
  { account, given }: { readonly account: string; readonly given: GivenCredentials },
  at: number,
): Promise<void> {
  const opened = { account, credentials: given, expiresAt: null, consentEndsAt: null };
  await save(tx, keys, key, opened, { at, by: 'person' });
}

async function save(
  tx: Tx,
  keys: Keys,
  key: AccountKey,
  opened: Pick<AccountRow, 'account' | 'consentEndsAt'> & {
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
  ];
  const changed = await tx.run(
    `update channel_account set state = 'authorised', account = $4, credentials = $5, expires_at = $6, refreshed_at = $7,
            refreshing_until = null, last_error = null, last_error_at = null,
            authorised_at = case when $9 then $7::timestamptz else authorised_at end,
            consent_ends_at = case when $9 then $8::timestamptz else consent_ends_at end
      where tenant_id = $1 and shop_id = $2 and part = $3`,
    [...params, by === 'person'],
  );
  if (changed === 1) return;
  await tx.run(
    `insert into channel_account (tenant_id, shop_id, part, state, account, credentials, expires_at, authorised_at, refreshed_at,
                                  consent_ends_at)
     values ($1, $2, $3, 'authorised', $4, $5, $6, $7, $7, $8)`,
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

/** Makes the access token be refreshed at its next use, if it is still this one. */
export async function markExpired(tx: Tx, key: AccountKey, at: number): Promise<void> {
  await change(tx, key, 'expires_at = least(expires_at, $4)', instant(at));
}

async function change(tx: Tx, { shopId, part }: AccountKey, set: string, value: unknown): Promise<void> {
  await tx.post(`update channel_account set ${set} where tenant_id = $1 and shop_id = $2 and part = $3`, [
    ...[tx.tenantId, shopId, part],
    value,
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
