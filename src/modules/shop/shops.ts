import { randomBytes } from 'node:crypto';
import { parse as uuidBytes } from 'uuid';
import { capabilitiesOf } from '../../domain/channel/capabilities.js';
import type { ChannelName } from '../../domain/channel/capabilities.js';
import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { given, isSame, recordChange, takeTurn } from '../configuration/index.js';
import type { AuditedValues, Author } from '../configuration/index.js';
import { secretPlace } from './secret-place.js';
import { readSettings, shopSettingsSchema } from './settings.js';
import type { ShopSettings, ShopSettingsPatch } from './settings.js';
import type { ShopDirectory } from './shop-directory.js';
import { ShopEntity, ShopSecretEntity } from './shop.entities.js';
import type { ShopRow, ShopSecretRow } from './shop.entities.js';

/** A shop as its administrators see it; of secrets only when they hold. Instants are epoch ms. */
export type ConfiguredShop = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly channel: string;
  readonly country: string;
  readonly language: string;
  readonly currency: string;
  readonly active: boolean;
  readonly settings: ShopSettings;
  readonly secrets: readonly { readonly id: string; readonly createdAt: number; readonly expiresAt: number | null }[];
  readonly version: number;
  readonly createdAt: number;
};

export type NewShop = {
  readonly id?: string;
  readonly key: string;
  readonly name: string;
  readonly channel: ChannelName;
  readonly country?: string | undefined;
  readonly language?: string | undefined;
  readonly currency?: string | undefined;
  readonly settings?: ShopSettingsPatch | undefined;
  /** First webhook secret, `whsec_` and base64; drawn when left out. */
  readonly webhookSecret?: string;
};

export type ShopPatch = {
  readonly name?: string | undefined;
  readonly country?: string | undefined;
  readonly language?: string | undefined;
  readonly currency?: string | undefined;
  readonly active?: boolean | undefined;
  readonly settings?: ShopSettingsPatch | undefined;
};

/** A secret by its id; the value is read once, when it is answered. */
export type IssuedSecret = { readonly secretId: string; readonly createdAt: number };

/** Setting up the shops of a tenant. */
export class Shops {
  constructor(
    private readonly vault: Vault,
    private readonly directory: ShopDirectory,
  ) {}

  /** Up to `limit` shops by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<ConfiguredShop[]> {
    const rows = await tx.em.find(
      ShopEntity,
      { tenantId: tx.tenantId, ...(afterKey === null ? {} : { key: { $gt: afterKey } }) },
      { orderBy: { key: 'asc' }, limit },
    );
    const secrets = await this.#secretsOf(
      tx,
      rows.map((row) => row.id),
    );
    return rows.map((row) => configured(row, secrets));
  }

  /** One shop, or null. */
  async read(tx: Tx, id: string): Promise<ConfiguredShop | null> {
    const row = await tx.em.findOne(ShopEntity, { tenantId: tx.tenantId, id });
    return row === null ? null : configured(row, await this.#secretsOf(tx, [id]));
  }

  /** Creates a shop with its first secret. Refuses a taken key and a calendar that does not exist. */
  async create(tx: Tx, author: Author, input: NewShop): Promise<Outcome<{ shop: ConfiguredShop; secretId: string }>> {
    await takeTurn(tx, 'shop');
    const { tenantId } = tx;
    if ((await tx.em.count(ShopEntity, { tenantId, key: input.key })) > 0) return refused('key_taken');
    const settings = shopSettingsSchema.parse({
      automatedSends: capabilitiesOf(input.channel).automatedSends,
      settleTime: `${capabilitiesOf(input.channel).settleMs / 1_000}s`,
      ...given(input.settings ?? {}),
    });
    const unknown = await unknownCalendar(tx, settings);
    if (unknown) return unknown;
    const { id = newId(), key, name, channel, country = 'BR', language = 'pt-BR', currency = 'BRL' } = input;
    const shop = { id, key, name, channel, country, language, currency, settings, active: true };
    await tx.em.insert(ShopEntity, { tenantId, ...shop, version: 1, createdAt: author.at });
    await tx.run(`insert into auth_lookup (kind, hash, tenant_id, subject_id) values ('shop', $1, $2, $3)`, [
      Buffer.from(uuidBytes(id)),
      tenantId,
      id,
    ]);
    const { secretId } = await this.#issue(tx, author, id, input.webhookSecret);
    await recordChange(tx, author, {
      action: 'shop.create',
      object: { kind: 'shop', id },
      before: null,
      after: audited(shop),
    });
    const created = await this.read(tx, id);
    if (created === null) throw new Error('A shop was not found after its insert');
    return done({ shop: created, secretId });
  }

  /** Changes a shop; settings are merged. Key and channel stay, because inquiries and addresses hang on them. */
  async change(
    tx: Tx,
    author: Author,
    id: string,
    expected: ExpectedVersion,
    patch: ShopPatch,
  ): Promise<Outcome<ConfiguredShop>> {
    await takeTurn(tx, 'shop');
    const row = await tx.em.findOne(ShopEntity, { tenantId: tx.tenantId, id });
    if (row === null) return refused('not_found');
    const stale = staleness(expected, row.version);
    if (stale) return stale;
    const before = plain(row);
    const settings = shopSettingsSchema.parse({ ...before.settings, ...given(patch.settings ?? {}) });
    const unknown = await unknownCalendar(tx, settings);
    if (unknown) return unknown;
    const after = { ...before, ...given({ ...patch, settings }) };
    if (!isSame(before, after)) {
      tx.em.assign(row, { ...after, version: row.version + 1 });
      await tx.em.flush();
      await recordChange(tx, author, {
        action: 'shop.change',
        object: { kind: 'shop', id },
        before: audited(before),
        after: audited(after),
      });
      tx.afterCommit(() => this.directory.forget(id));
    }
    return done(configured(row, await this.#secretsOf(tx, [id])));
  }

  /**
   * Gives a shop a new secret. The newest one so far stays valid for `keepOldMs`, so that the channel can change over; an
   * older one ends at once: at most two hold at any time.
   */
  async rotateSecret(
    tx: Tx,
    author: Author,
    id: string,
    keepOldMs: number,
  ): Promise<Outcome<IssuedSecret & { oldUntil: number }>> {
    await takeTurn(tx, 'shop');
    const { tenantId } = tx;
    if ((await tx.em.count(ShopEntity, { tenantId, id })) === 0) return refused('not_found');
    const oldUntil = author.at + keepOldMs;
    const [newest, ...older] = await tx.em.find(
      ShopSecretEntity,
      { tenantId, shopId: id },
      { orderBy: { createdAt: 'desc', id: 'desc' } },
    );
    // A secret that no longer holds is of no use to anybody but a thief.
    const ended = older.map((secret) => secret.id);
    if (ended.length > 0) await tx.em.nativeDelete(ShopSecretEntity, { tenantId, id: { $in: ended } });
    if (newest) newest.expiresAt = Math.min(oldUntil, newest.expiresAt ?? oldUntil);
    await tx.em.flush();
    const issued = await this.#issue(tx, author, id);
    await recordChange(tx, author, {
      action: 'shop.rotate_secret',
      object: { kind: 'shop', id },
      before: { secretId: newest?.id ?? null },
      after: { secretId: issued.secretId, ended, oldUntil: new Date(oldUntil).toISOString() },
    });
    tx.afterCommit(() => this.directory.forget(id));
    return done({ ...issued, oldUntil });
  }

  /** The value of a secret, or null when it has ended. */
  async secret(tx: Tx, secretId: string): Promise<string | null> {
    const row = await tx.em.findOne(ShopSecretEntity, { tenantId: tx.tenantId, id: secretId });
    return row === null ? null : (await this.vault.unlock(tx)).open(secretPlace(secretId), row.secret);
  }

  /** Every secret that holds now, over all shops of the tenant. */
  async secretsInForce(tx: Tx): Promise<string[]> {
    const rows = await this.#holding(tx, { tenantId: tx.tenantId });
    const keys = await this.vault.unlock(tx);
    return rows.map(({ id, secret }) => keys.open(secretPlace(id), secret) ?? '');
  }

  async #issue(tx: Tx, author: Author, shopId: string, secret?: string): Promise<IssuedSecret> {
    const secretId = newId();
    const value = secret ?? `whsec_${randomBytes(32).toString('base64')}`;
    await tx.em.insert(ShopSecretEntity, {
      tenantId: tx.tenantId,
      id: secretId,
      shopId,
      secret: (await this.vault.unlock(tx)).seal(secretPlace(secretId), value),
      createdAt: author.at,
      expiresAt: null,
    });
    return { secretId, createdAt: author.at };
  }

  #secretsOf(tx: Tx, shopIds: readonly string[]): Promise<ShopSecretRow[]> {
    return this.#holding(tx, { tenantId: tx.tenantId, shopId: { $in: [...shopIds] } });
  }

  #holding(tx: Tx, where: { tenantId: string; shopId?: { $in: string[] } }): Promise<ShopSecretRow[]> {
    const holds = { $or: [{ expiresAt: null }, { expiresAt: { $gt: Date.now() } }] };
    return tx.em.find(ShopSecretEntity, { ...where, ...holds }, { orderBy: { createdAt: 'desc', id: 'desc' } });
  }
}

type PlainShop = Omit<ConfiguredShop, 'secrets' | 'version' | 'createdAt'>;

function plain({ id, key, name, channel, country, language, currency, active, settings }: ShopRow): PlainShop {
  return { id, key, name, channel, country, language, currency, active, settings: readSettings(settings) };
}

function configured(row: ShopRow, secrets: readonly ShopSecretRow[]): ConfiguredShop {
  const own = secrets.filter((secret) => secret.shopId === row.id);
  return {
    ...plain(row),
    secrets: own.map(({ id, createdAt, expiresAt }) => ({ id, createdAt, expiresAt })),
    version: row.version,
    createdAt: row.createdAt,
  };
}

/** Settings one by one, so that the log shows which changed; a query of the reply URL may hold a token. */
function audited({ settings, ...shop }: PlainShop): AuditedValues {
  const { replyUrl, ...others } = settings;
  const url = replyUrl === null ? null : new URL(replyUrl);
  return { ...shop, ...others, replyUrl: url === null ? null : `${url.origin}${url.pathname}` };
}

async function unknownCalendar(tx: Tx, { calendar }: ShopSettings): Promise<ReturnType<typeof refused> | null> {
  if (calendar === null) return null;
  const found = await tx.first('select 1 as found from calendar where tenant_id = $1 and key = $2', [
    tx.tenantId,
    calendar,
  ]);
  if (found) return null;
  return refused('reference_unknown', {
    errors: [{ pointer: '/settings/calendar', detail: `There is no calendar "${calendar}"` }],
  });
}
