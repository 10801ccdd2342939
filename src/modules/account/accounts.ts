import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Access, Authorisation, Connector, GrantOutcome } from '../channels/index.js';
import { notifyMembers } from '../notification/index.js';
import { settingMs } from '../configuration/index.js';
import type { Shop } from '../shop/index.js';
import { markExpired, markLost, markRefreshing, noteError, readAccount, saveGrant } from './account-rows.js';
import type { AccountRow } from './account-rows.js';

/** With what a shop's platform is reached, or why it is not. */
export type AccessResult =
  | { readonly kind: 'access'; readonly access: Access }
  /** Nobody has consented yet, or the consent is gone: somebody has to. */
  | { readonly kind: 'unauthorised'; readonly code: 'authorisation_missing' | 'authorisation_lost' }
  | { readonly kind: 'later'; readonly retryAfterMs: number; readonly code: string };

/** A token that ends within this time is refreshed before it is used, in ms. */
const SOON_MS = 60_000;

/** How long a refresh is somebody's: longer than the request may take. */
const REFRESH_MS = 25_000;

/** How long others wait for one that is under way. */
const OTHERS_WAIT_MS = 500;
const RETRY_MS = 5_000;

/**
 * The accounts that sellers have opened to us. Their tokens are unsealed here and go to connectors alone. A refresh token works
 * once, so that refreshing is one process's at a time: it is announced under the lock of the row, made outside of any transaction,
 * and the new pair is kept before anybody uses it. When the answer is lost the token may be used up; the next refresh finds out,
 * and then somebody has to consent again.
 */
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** Access to the platform of a shop whose connector asks for consent; refreshed where it has to be. */
  async access(shop: Shop, connector: Connector, authorisation: Authorisation): Promise<AccessResult> {
    const known = await this.#read(shop);
    if (known === null) return { kind: 'unauthorised', code: 'authorisation_missing' };
    if (known.state === 'lost') return { kind: 'unauthorised', code: 'authorisation_lost' };
    if (known.expiresAt > Date.now() + SOON_MS) return accessOf(shop, connector, known);
    const turn = await this.#announce(shop);
    if (turn.do === 'wait') return { kind: 'later', retryAfterMs: OTHERS_WAIT_MS, code: 'refreshing' };
    if (turn.do === 'use') return accessOf(shop, connector, turn.row);
    const outcome = await authorisation.refresh(turn.row);
    return this.#conclude(shop, connector, turn.row, outcome);
  }

  /** The platform does not take this access token any more, whatever it said about its end. */
  async expire(shop: Pick<Shop, 'tenantId' | 'id'>, access: Access): Promise<void> {
    await this.database.tenant(shop.tenantId, async (tx) => {
      const row = await readAccount(tx, await this.vault.unlock(tx), shop.id, true);
      // Somebody may have refreshed it in the meantime.
      if (row?.accessToken === access.secrets[0]) await markExpired(tx, shop.id, Date.now());
    });
  }

  /** Remembers what went wrong with a shop's platform. */
  async note(shop: Pick<Shop, 'tenantId' | 'id'>, code: string): Promise<void> {
    await this.database.tenant(shop.tenantId, (tx) => noteError(tx, shop.id, code, Date.now()));
  }

  #read(shop: Shop): Promise<AccountRow | null> {
    return this.database.tenant(shop.tenantId, async (tx) => readAccount(tx, await this.vault.unlock(tx), shop.id));
  }

  /** Takes the turn at refreshing, unless somebody else has it or has had it. */
  #announce(shop: Shop): Promise<{ do: 'refresh' | 'use'; row: AccountRow } | { do: 'wait' }> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const row = await readAccount(tx, await this.vault.unlock(tx), shop.id, true);
      const now = Date.now();
      if (row === null || row.state === 'lost') return { do: 'wait' };
      if (row.expiresAt > now + SOON_MS) return { do: 'use', row };
      if (row.refreshingUntil !== null && row.refreshingUntil > now) return { do: 'wait' };
      await markRefreshing(tx, shop.id, now + REFRESH_MS);
      return { do: 'refresh', row };
    });
  }

  async #conclude(shop: Shop, connector: Connector, used: AccountRow, outcome: GrantOutcome): Promise<AccessResult> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx);
      const now = Date.now();
      const row = await readAccount(tx, keys, shop.id, true);
      // A new consent came in between: its pair is the newer one.
      if (row === null || row.refreshToken !== used.refreshToken) {
        return { kind: 'later', retryAfterMs: OTHERS_WAIT_MS, code: 'refreshing' };
      }
      if (outcome.kind === 'granted') {
        await saveGrant(tx, keys, shop.id, outcome.grant, now);
        return accessOf(shop, connector, { ...row, ...outcome.grant });
      }
      if (outcome.kind === 'refused') return this.#lose(tx, shop, now);
      await markRefreshing(tx, shop.id, null);
      await noteError(tx, shop.id, outcome.code, now);
      return { kind: 'later', retryAfterMs: outcome.retryAfterMs ?? RETRY_MS, code: outcome.code };
    });
  }

  /** Somebody has to consent again: the administrators are told, once, and everything waits. */
  async #lose(tx: Tx, shop: Shop, now: number): Promise<AccessResult> {
    await markLost(tx, shop.id);
    await noteError(tx, shop.id, 'authorisation_lost', now);
    const admins = await tx.query<{ id: string }>(
      `select id from member where tenant_id = $1 and role = 'admin' and active order by id`,
      [tx.tenantId],
    );
    await notifyMembers(tx, {
      members: admins.map(({ id }) => id),
      kind: 'authorisation_lost',
      inquiryId: null,
      data: { shopId: shop.id },
      urgent: true,
      at: now,
    });
    return { kind: 'unauthorised', code: 'authorisation_lost' };
  }
}

function accessOf(shop: Shop, { address }: Connector, { account, accessToken }: AccountRow): AccessResult {
  const requestTimeoutMs = settingMs(shop.settings.requestTimeout);
  return { kind: 'access', access: { url: address ?? '', secrets: [accessToken], account, requestTimeoutMs } };
}
