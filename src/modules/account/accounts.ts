import { afterRefusal } from '../../domain/channel/token-refusal.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { reach } from '../../platform/kill-point/index.js';
import { logSync } from '../channels/index.js';
import type { Access, Authorisation, GrantOutcome, Opening } from '../channels/index.js';
import { notifyMembers } from '../notification/index.js';
import { settingMs } from '../configuration/index.js';
import type { Shop } from '../shop/index.js';
import {
  mainAccount,
  markEnding,
  markExpired,
  markLost,
  markRefreshing,
  noteError,
  readAccount,
  readAccountId,
  saveGrant,
} from './account-rows.js';
import type { AccountKey, AccountPart, AccountRow, Granted } from './account-rows.js';

/** With what a shop's platform is reached, or why it is not. */
export type AccessResult =
  | { readonly kind: 'access'; readonly access: Access }
  /** Nobody has opened the account yet, or it is closed to us again: somebody has to act. */
  | { readonly kind: 'unauthorised'; readonly code: `${'authorisation' | 'credentials'}_${'missing' | 'lost'}` }
  | { readonly kind: 'later'; readonly retryAfterMs: number; readonly code: string };

/** A token that ends within this time is refreshed before it is used, in ms. */
const SOON_MS = 60_000;

/** How long a refresh is somebody's: longer than the request may take. */
const REFRESH_MS = 25_000;

/** How long others wait for one that is under way. */
const OTHERS_WAIT_MS = 500;
const RETRY_MS = 5_000;

/**
 * The accounts that sellers have opened to us, by consent or with credentials. Their secrets are unsealed here and go to connectors alone. A refresh token works
 * once, so that refreshing is one process's at a time: it is announced under the lock of the row, made outside of any transaction,
 * and the new pair is kept before anybody uses it. When the answer is lost the token may be used up; the next refresh finds out,
 * and then somebody has to consent again.
 */
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** The platform's id of a shop, or null while nobody has opened its account. */
  async idOf(tx: Tx, shopId: string): Promise<string | null> {
    return readAccountId(tx, await this.vault.unlock(tx), mainAccount({ id: shopId }));
  }

  /**
   * Access to the platform of a shop whose account has to be opened first; refreshed where it has to be.
   *
   * @param opening how this account is opened: the connector itself, or what it has beside
   */
  async access(shop: Shop, opening: Opening, part: AccountPart = 'main'): Promise<AccessResult> {
    const key: AccountKey = { shopId: shop.id, part };
    const known = await this.#read(shop, key);
    const authorisation = authorisationOf(opening, known);
    const word = authorisation === undefined ? 'credentials' : 'authorisation';
    if (known === null || known.state === 'awaiting') return { kind: 'unauthorised', code: `${word}_missing` };
    if (known.state === 'lost') return { kind: 'unauthorised', code: `${word}_lost` };
    if (!endsSoon(known)) return accessOf(shop, opening, known);
    // Somebody has taken the application away with which it could be refreshed.
    if (authorisation === undefined) return { kind: 'later', retryAfterMs: RETRY_MS, code: 'application_refused' };
    const turn = await this.#announce(shop, key);
    if (turn.do === 'wait') return { kind: 'later', retryAfterMs: OTHERS_WAIT_MS, code: 'refreshing' };
    if (turn.do === 'use') return accessOf(shop, opening, turn.row);
    const { account } = turn.row;
    const outcome = await authorisation.refresh({ refreshToken: turn.row.granted.refreshToken, account });
    reach('refresh.before-save');
    return this.#conclude(shop, { opening, key }, turn.row.granted, outcome);
  }

  /** The platform does not take these secrets any more, whatever it said about their end. */
  async expire(shop: Pick<Shop, 'tenantId' | 'id'>, access: Access, part: AccountPart = 'main'): Promise<void> {
    const key: AccountKey = { shopId: shop.id, part };
    await this.database.tenant(shop.tenantId, async (tx) => {
      const row = await readAccount(tx, await this.vault.unlock(tx), key, true);
      const now = Date.now();
      // Somebody may have refreshed or replaced them in the meantime.
      if (row === null || row.state === 'lost' || !isSame(secretsOf(row), access.secrets)) return;
      if (row.granted === null) return void (await this.#lose(tx, key, 'credentials_lost', now));
      const after = afterRefusal(row, now);
      if (after.do === 'give_up') await this.#lose(tx, key, 'authorisation_lost', now);
      else await markExpired(tx, key, { at: now, ...after });
    });
  }

  /**
   * The platform says that the consent is over.
   *
   * @param at when it said so (epoch ms): a word that is older than the consent is about an earlier one
   */
  async withdraw(shop: Shop, at: number): Promise<void> {
    await this.database.tenant(shop.tenantId, async (tx) => {
      const row = await readAccount(tx, await this.vault.unlock(tx), mainAccount(shop), true);
      if (row?.state !== 'authorised' || row.authorisedAt > at) return;
      await this.#lose(tx, mainAccount(shop), 'authorisation_lost', Date.now());
    });
  }

  /** The platform says that the consent ends by an instant; the administrators are told once. Both are epoch ms. */
  async endsBy(shop: Shop, endsAt: number, at: number): Promise<void> {
    await this.database.tenant(shop.tenantId, async (tx) => {
      const row = await readAccount(tx, await this.vault.unlock(tx), mainAccount(shop), true);
      if (row?.state !== 'authorised' || row.authorisedAt > at) return;
      await markEnding(tx, mainAccount(shop), endsAt);
      if (row.consentEndsAt === null) await tellAdmins(tx, shop, 'authorisation_ending', Date.now());
    });
  }

  /** Remembers what went wrong with a shop's platform. */
  async note(shop: Pick<Shop, 'tenantId' | 'id'>, code: string): Promise<void> {
    await this.database.tenant(shop.tenantId, (tx) => noteError(tx, shop.id, code, Date.now()));
  }

  #read(shop: Shop, key: AccountKey): Promise<AccountRow | null> {
    return this.database.tenant(shop.tenantId, async (tx) => readAccount(tx, await this.vault.unlock(tx), key));
  }

  /** Takes the turn at refreshing, unless somebody else has it or has had it. */
  #announce(
    shop: Shop,
    key: AccountKey,
  ): Promise<
    { do: 'refresh'; row: AccountRow & { readonly granted: Granted } } | { do: 'use'; row: AccountRow } | { do: 'wait' }
  > {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const row = await readAccount(tx, await this.vault.unlock(tx), key, true);
      const now = Date.now();
      if (row?.state !== 'authorised') return { do: 'wait' };
      if (!endsSoon(row)) return { do: 'use', row };
      if (row.refreshingUntil !== null && row.refreshingUntil > now) return { do: 'wait' };
      await markRefreshing(tx, key, now + REFRESH_MS);
      return { do: 'refresh', row };
    });
  }

  async #conclude(
    shop: Shop,
    { opening, key }: { readonly opening: Opening; readonly key: AccountKey },
    used: Granted,
    outcome: GrantOutcome,
  ): Promise<AccessResult> {
    return this.database.tenant(shop.tenantId, async (tx) => {
      const keys = await this.vault.unlock(tx);
      const now = Date.now();
      const row = await readAccount(tx, keys, key, true);
      // A new consent came in between: its pair is the newer one.
      if (row === null || row.granted?.refreshToken !== used.refreshToken) {
        return { kind: 'later', retryAfterMs: OTHERS_WAIT_MS, code: 'refreshing' };
      }
      if (outcome.kind === 'granted') {
        await saveGrant(tx, keys, key, { ...outcome.grant, settings: row.settings }, { at: now, by: 'refresh' });
        return accessOf(shop, opening, { ...row, granted: outcome.grant });
      }
      if (outcome.kind === 'refused') return this.#lose(tx, key, 'authorisation_lost', now);
      await markRefreshing(tx, key, null);
      if (key.part === 'main') await noteError(tx, shop.id, outcome.code, now);
      return { kind: 'later', retryAfterMs: outcome.retryAfterMs ?? RETRY_MS, code: outcome.code };
    });
  }

  /**
   * Somebody has to open the account again: the administrators are told, once, and everything waits. Where the shop is reached without
   * it, only what is done with it rests.
   */
  async #lose(
    tx: Tx,
    key: AccountKey,
    code: 'authorisation_lost' | 'credentials_lost',
    now: number,
  ): Promise<AccessResult> {
    const { shopId, part } = key;
    await markLost(tx, key);
    if (part === 'main') await noteError(tx, shopId, code, now);
    else
      await logSync(tx, shopId, { event: 'trouble', origin: null, kind: null, code: 'beside_lost', found: 0, at: now });
    await tellAdmins(tx, { id: shopId }, code, now);
    return { kind: 'unauthorised', code };
  }
}

async function tellAdmins(
  tx: Tx,
  shop: Pick<Shop, 'id'>,
  kind: 'authorisation_lost' | 'authorisation_ending' | 'credentials_lost',
  at: number,
): Promise<void> {
  const admins = await tx.query<{ id: string }>(
    `select id from member where tenant_id = $1 and role = 'admin' and active order by id`,
    [tx.tenantId],
  );
  const members = admins.map(({ id }) => id);
  await notifyMembers(tx, { members, kind, inquiryId: null, data: { shopId: shop.id }, urgent: true, at });
}

function accessOf(shop: Shop, { address }: Opening, row: AccountRow): AccessResult {
  const requestTimeoutMs = settingMs(shop.settings.requestTimeout);
  const { settings } = row;
  const access: Access = { url: address ?? '', secrets: secretsOf(row), account: row.account, requestTimeoutMs };
  return { kind: 'access', access: settings === undefined ? access : { ...access, settings } };
}

/** Whose consent an account is opened with; undefined where none is, or the application for it is missing. */
function authorisationOf({ authorisation, credentials }: Opening, row: AccountRow | null): Authorisation | undefined {
  if (authorisation !== undefined || row?.settings === undefined) return authorisation;
  return credentials?.consent?.(row.settings) ?? undefined;
}

/** Whether it has to be refreshed before it is used; what was given does not end. */
function endsSoon(row: AccountRow): row is AccountRow & { readonly granted: Granted } {
  return row.granted !== null && row.granted.expiresAt <= Date.now() + SOON_MS;
}

function secretsOf({ granted, given }: AccountRow): readonly string[] {
  return granted === null ? (given?.secrets ?? []) : [granted.accessToken];
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index]);
}
