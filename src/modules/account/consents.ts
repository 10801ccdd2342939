import { randomBytes } from 'node:crypto';
import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import { instant } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { isId, newId } from '../../platform/ids/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';
import type { Authorisation, Connectors, Credentials, Given, Grant } from '../channels/index.js';
import { memberOf, recordChange, settingMs } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';
import { mainAccount, readAccount, saveGrant } from './account-rows.js';
import type { AccountPart } from './account-rows.js';
import { accountOpened } from './opened.js';
import { requestUnsent } from './unsent.js';

/** How long an administrator may take to agree, in ms. */
const AGREE_WITHIN_MS = 15 * 60_000;

export type ConsentAsked = { readonly id: string; readonly expiresAt: number };

/** Why a consent came to nothing. */
export type ConsentRefusal = 'consent_unknown' | 'consent_refused' | 'credentials_refused' | 'platform_unavailable';

/** Whose consent is asked for: to reach a shop at all, to complete what was given for that, or to do more. */
type Asked = {
  readonly authorisation: Authorisation;
  readonly part: AccountPart;
  readonly completes?: { readonly settings: Given; readonly credentials: Credentials };
};

type Pending = { readonly verifier: string; readonly memberId: string };

/** Asking sellers to open their account to us, and taking what that gives. */
export class Consents {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly shops: ShopDirectory,
    private readonly connectors: Connectors,
  ) {}

  /** Begins a consent for a shop; it can be given once, within a quarter of an hour. */
  async begin(tx: Tx, author: Author, shopId: string): Promise<Outcome<ConsentAsked>> {
    const shop = await this.shops.read(tx, shopId);
    if (shop === null) return refused('not_found');
    if ((await this.#asked(tx, shop)) === null) {
      return refused('channel_not_set_up', {
        detail: 'It asks nobody for consent, its application is missing, or its credentials come first: docs/channels.',
      });
    }
    const id = newId();
    const keys = await this.vault.unlock(tx);
    const [nonce, verifier] = [secret(), secret()];
    const expiresAt = author.at + AGREE_WITHIN_MS;
    await tx.run('delete from channel_consent where tenant_id = $1 and (shop_id = $2 or expires_at < now())', [
      tx.tenantId,
      shopId,
    ]);
    await tx.run(
      `insert into channel_consent (tenant_id, id, shop_id, state_hash, verifier, member_id, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[tx.tenantId, id, shopId, keys.lookup('consent', nonce)],
        ...[keys.sealJson(placeOf(id), { verifier, nonce }), memberOf(author), instant(expiresAt)],
      ],
    );
    await recordChange(tx, author, {
      action: 'shop.authorize',
      object: { kind: 'shop', id: shopId },
      before: null,
      after: { channel: shop.channel },
    });
    return done({ id, expiresAt });
  }

  /** Where the seller's administrator agrees; null once the consent has been given or has run out. */
  async url(tx: Tx, shopId: string, redirectUri: (channel: string) => string): Promise<string | null> {
    const shop = await this.shops.read(tx, shopId);
    const asked = shop === null ? null : await this.#asked(tx, shop);
    const row = await tx.first<{ id: string; verifier: Buffer }>(
      'select id, verifier from channel_consent where tenant_id = $1 and shop_id = $2 and expires_at > now()',
      [tx.tenantId, shopId],
    );
    if (shop === null || asked === null || !row) return null;
    type Begun = { verifier: string; nonce: string };
    const begun = (await this.vault.unlock(tx)).openJson<Begun>(placeOf(row.id), row.verifier);
    if (begun === null) return null;
    const state = `${shopId}.${begun.nonce}`;
    const { authorisation } = asked;
    return authorisation.consentUrl({ redirectUri: redirectUri(shop.channel), state, verifier: begun.verifier });
  }

  /**
   * Takes what the platform sent the administrator back with.
   *
   * @param back the whole of it by name; `state` tells whose consent it is
   */
  async finish(
    channel: string,
    back: Readonly<Record<string, string>>,
    redirectUri: string,
  ): Promise<ConsentRefusal | null> {
    const [shopId = '', nonce = ''] = (back['state'] ?? '').split('.');
    const shop = isId(shopId) ? await this.shops.find(shopId) : null;
    if (shop?.channel !== channel) return 'consent_unknown';
    const taken = await this.database.tenant(shop.tenantId, async (tx) => {
      const [about, kept] = [await this.#asked(tx, shop), await this.#take(tx, shop, nonce)];
      return about === null || kept === null ? null : { asked: about, pending: kept };
    });
    if (taken === null) return 'consent_unknown';
    const { asked, pending } = taken;
    const outcome = await asked.authorisation.exchange({ redirectUri, back, verifier: pending.verifier });
    if (outcome.kind === 'refused') return 'consent_refused';
    if (outcome.kind === 'later') return 'platform_unavailable';
    const grant = await this.#completed(shop, asked, outcome.grant);
    if (typeof grant === 'string') return grant;
    const { memberId } = pending;
    await this.database.tenant(shop.tenantId, (tx) => this.#keep(tx, { shop, asked, memberId }, grant));
    return null;
  }

  /** A consent can be given once: whoever comes second with the same state gets nothing. */
  async #take(tx: Tx, shop: Shop, nonce: string): Promise<Pending | null> {
    const keys = await this.vault.unlock(tx);
    const row = await tx.first<{ id: string; verifier: Buffer; memberId: string }>(
      `delete from channel_consent where tenant_id = $1 and shop_id = $2 and state_hash = $3 and expires_at > now()
       returning id, verifier, member_id as "memberId"`,
      [tx.tenantId, shop.id, keys.lookup('consent', nonce)],
    );
    const verifier = row === undefined ? null : keys.openJson<{ verifier: string }>(placeOf(row.id), row.verifier);
    return row === undefined || verifier === null ? null : { verifier: verifier.verifier, memberId: row.memberId };
  }

  async #asked(tx: Tx, shop: Shop): Promise<Asked | null> {
    const { authorisation, beside, credentials } = this.connectors.of(shop.channel) ?? {};
    if (authorisation !== undefined) return { authorisation, part: 'main' };
    if (beside !== undefined) return { authorisation: beside.authorisation, part: 'beside' };
    if (credentials?.consent === undefined) return null;
    const { settings } = (await readAccount(tx, await this.vault.unlock(tx), mainAccount(shop))) ?? {};
    const completing = settings === undefined ? null : credentials.consent(settings);
    if (settings === undefined || completing === null || completing === undefined) return null;
    return { authorisation: completing, part: 'main', completes: { settings, credentials } };
  }

  /** Tries what was given with the consent that completes it: somebody may have consented to another account. */
  async #completed(shop: Shop, { completes }: Asked, grant: Grant): Promise<Grant | ConsentRefusal> {
    if (completes === undefined) return grant;
    const { settings, credentials } = completes;
    const checked = await credentials.check({
      ...{
        url: this.connectors.of(shop.channel)?.address ?? '',
        secrets: [grant.accessToken],
        settings,
        account: null,
      },
      requestTimeoutMs: settingMs(shop.settings.requestTimeout),
    });
    if (checked.kind === 'later') return 'platform_unavailable';
    return checked.kind === 'refused' ? 'credentials_refused' : { ...grant, account: checked.account };
  }

  async #keep(
    tx: Tx,
    { shop, asked, memberId }: { readonly shop: Shop; readonly asked: Asked; readonly memberId: string },
    grant: Grant,
  ): Promise<void> {
    const at = Date.now();
    const { part, completes } = asked;
    const kept = { ...grant, settings: completes?.settings };
    await saveGrant(tx, await this.vault.unlock(tx), { shopId: shop.id, part }, kept, { at, by: 'person' });
    if (part === 'main') await accountOpened(tx, this.vault, shop, grant.account, at);
    else await requestUnsent(tx, shop.id, at);
    await recordChange(
      tx,
      { actor: { kind: 'member', id: memberId, role: 'admin' }, at, requestId: null },
      {
        action: 'shop.authorized',
        object: { kind: 'shop', id: shop.id },
        before: null,
        after: { channel: shop.channel, expiresAt: new Date(grant.expiresAt).toISOString() },
      },
    );
  }
}

const secret = (): string => randomBytes(32).toString('base64url');

function placeOf(id: string): Place {
  return { owner: 'tenant', table: 'channel_consent', column: 'verifier', row: id };
}
