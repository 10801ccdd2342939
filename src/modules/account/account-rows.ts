import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import type { Grant } from '../channels/index.js';

type Credentials = Pick<Grant, 'accessToken' | 'refreshToken'>;

/** A shop's account on its platform. Instants are epoch ms. */
export type AccountRow = Credentials & {
  readonly state: 'authorised' | 'lost';
  readonly account: string;
  readonly expiresAt: number;
  readonly refreshingUntil: number | null;
};

type Stored = Omit<AccountRow, keyof Credentials | 'account'> & {
  readonly account: Buffer;
  readonly credentials: Buffer;
};

const SELECT = `
  select state, account, credentials, expires_at as "expiresAt", refreshing_until as "refreshingUntil"
    from channel_account where tenant_id = $1 and shop_id = $2`;

/** The account of a shop, or null while nobody has consented; with `lock` nobody else changes it until the transaction ends. */
export async function readAccount(tx: Tx, keys: Keys, shopId: string, lock = false): Promise<AccountRow | null> {
  const row = await tx.first<Stored>(lock ? `${SELECT} for update` : SELECT, [tx.tenantId, shopId]);
  if (!row) return null;
  const { account, credentials, ...rest } = row;
  const { accessToken, refreshToken } = keys.openJson<Credentials>(place(shopId, 'credentials'), credentials) ?? {
    accessToken: '',
    refreshToken: '',
  };
  return { ...rest, accessToken, refreshToken, account: keys.open(place(shopId, 'account'), account) ?? '' };
}

/** Keeps what a consent, or a refresh, gave. The old pair is overwritten: it is of no use to anybody but a thief. */
export async function saveGrant(tx: Tx, keys: Keys, shopId: string, grant: Grant, at: number): Promise<void> {
  const { accessToken, refreshToken } = grant;
  const params = [
    tx.tenantId,
    shopId,
    keys.seal(place(shopId, 'account'), grant.account),
    keys.sealJson(place(shopId, 'credentials'), { accessToken, refreshToken } satisfies Credentials),
    instant(grant.expiresAt),
    instant(at),
  ];
  const changed = await tx.run(
    `update channel_account set state = 'authorised', account = $3, credentials = $4, expires_at = $5, refreshed_at = $6,
            refreshing_until = null, last_error = null, last_error_at = null,
            authorised_at = case when state = 'lost' then $6::timestamptz else authorised_at end
      where tenant_id = $1 and shop_id = $2`,
    params,
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

/** Says that somebody has to consent again. */
export async function markLost(tx: Tx, shopId: string): Promise<void> {
  await tx.post(
    `update channel_account set state = 'lost', refreshing_until = null where tenant_id = $1 and shop_id = $2`,
    [tx.tenantId, shopId],
  );
}

/** Makes the access token be refreshed at its next use, if it is still this one. */
export async function markExpired(tx: Tx, shopId: string, at: number): Promise<void> {
  await tx.post('update channel_account set expires_at = least(expires_at, $3) where tenant_id = $1 and shop_id = $2', [
    tx.tenantId,
    shopId,
    instant(at),
  ]);
}

/** Remembers what last went wrong with a shop's platform, by a code. */
export async function noteError(tx: Tx, shopId: string, code: string, at: number): Promise<void> {
  await tx.post(
    'update channel_account set last_error = $3, last_error_at = $4 where tenant_id = $1 and shop_id = $2',
    [tx.tenantId, shopId, code, instant(at)],
  );
}

function place(shopId: string, column: 'account' | 'credentials'): Place {
  return { owner: 'tenant', table: 'channel_account', column, row: shopId };
}
