import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { logSync } from '../channels/index.js';
import type { Access, Grant } from '../channels/index.js';

type Tokens = Pick<Grant, 'accessToken' | 'refreshToken'>;

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
    from channel_account where tenant_id = $1 and shop_id = $2`;

/** The account of a shop, or null while nobody has opened it; with `lock` nobody else changes it until the transaction ends. */
export async function readAccount(tx: Tx, keys: Keys, shopId: string, lock = false): Promise<AccountRow | null> {
  const row = await tx.first<Stored>(lock ? `${SELECT} for update` : SELECT, [tx.tenantId, shopId]);
  if (!row) return null;
  const { account, credentials, expiresAt, ...rest } = row;
  const sealed = place(shopId, 'credentials');
  const open = <T>(): T | null => keys.openJson<T>(sealed, credentials);
  return {
    ...rest,
    account: keys.open(place(shopId, 'account'), account) ?? '',
    granted: expiresAt === null ? null : { accessToken: '', refreshToken: '', ...open<Tokens>(), expiresAt },
    given: expiresAt === null ? { secrets: [], ...open<GivenCredentials>() } : null,
  };
}

/** When something was kept (epoch ms), and whether a person has opened the account anew with it. */
type Occasion = { readonly at: number; readonly by: 'person' | 'refresh' };

/** Keeps what a consent, or a refresh, gave. The old pair is overwritten: it is of no use to anybody but a thief. */
export async function saveGrant(tx: Tx, keys: Keys, shopId: string, grant: Grant, occasion: Occasion): Promise<void> {
  const { accessToken, refreshToken, account, expiresAt } = grant;
  const credentials = { accessToken, refreshToken } satisfies Tokens;
  await save(tx, keys, shopId, { account, credentials, expiresAt }, occasion);
}

/** Keeps what an administrator gave, in place of whatever was there. */
export async function saveGiven(
  tx: Tx,
  keys: Keys,
  shopId: string,
  { account, given }: { readonly account: string; readonly given: GivenCredentials },
  at: number,
): Promise<void> {
  await save(tx, keys, shopId, { account, credentials: given, expiresAt: null }, { at, by: 'person' });
}

async function save(
  tx: Tx,
  keys: Keys,
  shopId: string,
  opened: { readonly account: string; readonly credentials: unknown; readonly expiresAt: number | null },
  { at, by }: Occasion,
): Promise<void> {
  const params = [
    tx.tenantId,
    shopId,
    keys.seal(place(shopId, 'account'), opened.account),
    keys.sealJson(place(shopId, 'credentials'), opened.credentials),
    instant(opened.expiresAt),
    instant(at),
  ];
  const changed = await tx.run(
    `update channel_account set state = 'authorised', account = $3, credentials = $4, expires_at = $5, refreshed_at = $6,
            refreshing_until = null, last_error = null, last_error_at = null,
            authorised_at = case when $7 then $6::timestamptz else authorised_at end,
            consent_ends_at = case when $7 then null else consent_ends_at end
      where tenant_id = $1 and shop_id = $2`,
    [...params, by === 'person'],
  );
  if (changed === 1) return;
  await tx.run(
    `insert into channel_account (tenant_id, shop_id, state, account, credentials, expires_at, authorised_at, refreshed_at)
     values ($1, $2, 'authorised', $3, $4, $5, $6, $6)`,
    params,
  );
}

/** Says that a refresh is under way, until `until`; null = no more. */
export async function markRefreshing(tx: Tx, shopId: string, until: number | null): Promise<void> {
  await tx.post('update channel_account set refreshing_until = $3 where tenant_id = $1 and shop_id = $2', [
    tx.tenantId,
    shopId,
    instant(until),
  ]);
}

/** Forgets with what an account was reached, and where its sweep stood; true when there was one. */
export async function dropAccount(tx: Tx, shopId: string): Promise<boolean> {
  return (
    (await tx.run('delete from channel_account where tenant_id = $1 and shop_id = $2', [tx.tenantId, shopId])) === 1
  );
}

/** Says that somebody has to open the account again. */
export async function markLost(tx: Tx, shopId: string): Promise<void> {
  await tx.post(
    `update channel_account set state = 'lost', refreshing_until = null where tenant_id = $1 and shop_id = $2`,
    [tx.tenantId, shopId],
  );
}

/** Remembers by when the consent ends (epoch ms). */
export async function markEnding(tx: Tx, shopId: string, endsAt: number): Promise<void> {
  await tx.post('update channel_account set consent_ends_at = $3 where tenant_id = $1 and shop_id = $2', [
    tx.tenantId,
    shopId,
    instant(endsAt),
  ]);
}

/** Makes the access token be refreshed at its next use, if it is still this one. */
export async function markExpired(tx: Tx, shopId: string, at: number): Promise<void> {
  await tx.post('update channel_account set expires_at = least(expires_at, $3) where tenant_id = $1 and shop_id = $2', [
    tx.tenantId,
    shopId,
    instant(at),
  ]);
}

/** Errors of one code are one line of a shop's log within this time, in ms. */
const SAME_TROUBLE_MS = 60_000;

/** Remembers what last went wrong with a shop's platform, by a code; what is news is logged. */
export async function noteError(tx: Tx, shopId: string, code: string, at: number): Promise<void> {
  const last = await tx.first<{ code: string | null; at: number | null }>(
    'select last_error as code, last_error_at as at from channel_account where tenant_id = $1 and shop_id = $2',
    [tx.tenantId, shopId],
  );
  if (last?.code !== code || (last.at ?? 0) < at - SAME_TROUBLE_MS)
    await logSync(tx, shopId, { event: 'trouble', origin: null, kind: null, code, found: 0, at });
  await tx.post(
    'update channel_account set last_error = $3, last_error_at = $4 where tenant_id = $1 and shop_id = $2',
    [tx.tenantId, shopId, code, instant(at)],
  );
}

function place(shopId: string, column: 'account' | 'credentials'): Place {
  return { owner: 'tenant', table: 'channel_account', column, row: shopId };
}
