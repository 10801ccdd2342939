import { randomBytes } from 'node:crypto';
import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { given, isSame, recordChange, takeTurn } from '../configuration/index.js';
import type { AuditedValues, Author } from '../configuration/index.js';
import { secretPlace } from './secret-place.js';
import { WebhookEntity } from './webhook.entities.js';
import type { WebhookRow } from './webhook.entities.js';

/** Events a webhook can be told of. */
export const WEBHOOK_EVENTS = ['notification.created'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

type Editable = {
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly active: boolean;
};

/** A webhook as administrators see it, without its secrets. Instants are epoch ms. */
export type ConfiguredWebhook = Editable & {
  readonly id: string;
  /** Until when the secret before signs beside the new one; null = there is none. */
  readonly oldSecretUntil: number | null;
  readonly version: number;
  readonly createdAt: number;
};

export type NewWebhook = Pick<Editable, 'name' | 'url' | 'events'>;
export type WebhookPatch = { readonly [K in keyof Editable]?: Editable[K] | undefined };

/** Where and how a webhook is told of something. */
export type WebhookTarget = { readonly url: string; readonly secrets: readonly string[] };

/** Setting up where a tenant's other systems are told of events. Webhooks are switched off, not deleted: deliveries name them. */
export class Webhooks {
  constructor(private readonly vault: Vault) {}

  /** Up to `limit` webhooks, oldest first, those after `afterId`. */
  async list(tx: Tx, afterId: string | null, limit: number): Promise<ConfiguredWebhook[]> {
    const rows = await tx.em.find(
      WebhookEntity,
      { tenantId: tx.tenantId, ...(afterId === null ? {} : { id: { $gt: afterId } }) },
      { orderBy: { id: 'asc' }, limit },
    );
    return rows.map(configured);
  }

  /** One webhook, or null. */
  async read(tx: Tx, id: string): Promise<ConfiguredWebhook | null> {
    const row = await tx.em.findOne(WebhookEntity, { tenantId: tx.tenantId, id });
    return row === null ? null : configured(row);
  }

  /** Creates a webhook with a secret of its own. */
  async create(tx: Tx, author: Author, { name, url, events }: NewWebhook): Promise<Outcome<ConfiguredWebhook>> {
    const id = newId();
    const webhook = { id, name, url, events: [...events], active: true };
    const row = {
      tenantId: tx.tenantId,
      ...webhook,
      ...{ secret: await this.#drawn(tx, id), oldSecret: null, oldUntil: null, version: 1, createdAt: author.at },
    };
    await tx.em.insert(WebhookEntity, row);
    await recordChange(tx, author, {
      action: 'webhook.create',
      object: { kind: 'webhook', id },
      before: null,
      after: audited(webhook),
    });
    return done(configured(row));
  }

  /** Changes a webhook, or switches it off. */
  async change(
    tx: Tx,
    author: Author,
    id: string,
    expected: ExpectedVersion,
    patch: WebhookPatch,
  ): Promise<Outcome<ConfiguredWebhook>> {
    await takeTurn(tx, 'webhook');
    const row = await tx.em.findOne(WebhookEntity, { tenantId: tx.tenantId, id });
    if (row === null) return refused('not_found');
    const stale = staleness(expected, row.version);
    if (stale) return stale;
    const before = editableOf(row);
    const after: Editable = { ...before, ...given(patch) };
    if (!isSame(before, after)) {
      tx.em.assign(row, { ...after, events: [...after.events], version: row.version + 1 });
      await tx.em.flush();
      await recordChange(tx, author, {
        action: 'webhook.change',
        object: { kind: 'webhook', id },
        before: audited(before),
        after: audited(after),
      });
    }
    return done(configured(row));
  }

  /** Gives a webhook a new secret; the one so far signs beside it for `keepOldMs`. At most two hold at any time. */
  async rotateSecret(
    tx: Tx,
    author: Author,
    id: string,
    keepOldMs: number,
  ): Promise<Outcome<{ readonly id: string; readonly oldUntil: number }>> {
    await takeTurn(tx, 'webhook');
    const row = await tx.em.findOne(WebhookEntity, { tenantId: tx.tenantId, id });
    if (row === null) return refused('not_found');
    const keys = await this.vault.unlock(tx);
    const oldUntil = author.at + keepOldMs;
    const old = keys.open(secretPlace(id, 'secret'), row.secret) ?? '';
    tx.em.assign(row, {
      secret: await this.#drawn(tx, id),
      oldSecret: keys.seal(secretPlace(id, 'old_secret'), old),
      oldUntil,
    });
    await tx.em.flush();
    await recordChange(tx, author, {
      action: 'webhook.rotate_secret',
      object: { kind: 'webhook', id },
      before: null,
      after: { oldUntil: new Date(oldUntil).toISOString() },
    });
    return done({ id, oldUntil });
  }

  /** The newest secret of a webhook, or null without such a webhook. */
  async secret(tx: Tx, id: string): Promise<string | null> {
    const row = await tx.em.findOne(WebhookEntity, { tenantId: tx.tenantId, id });
    return row === null ? null : (await this.vault.unlock(tx)).open(secretPlace(id, 'secret'), row.secret);
  }

  /** Where a webhook that is switched on is reached, with the secrets that sign at `now` (epoch ms), newest first; or null. */
  async target(tx: Tx, id: string, now: number): Promise<WebhookTarget | null> {
    const row = await tx.first<Pick<WebhookRow, 'url' | 'secret' | 'oldSecret' | 'oldUntil'>>(
      `select url, secret, old_secret as "oldSecret", old_until as "oldUntil" from webhook
        where tenant_id = $1 and id = $2 and active`,
      [tx.tenantId, id],
    );
    if (row === undefined) return null;
    const keys = await this.vault.unlock(tx);
    const old = row.oldSecret !== null && (row.oldUntil ?? 0) > now ? row.oldSecret : null;
    const secrets = [keys.open(secretPlace(id, 'secret'), row.secret), keys.open(secretPlace(id, 'old_secret'), old)];
    return { url: row.url, secrets: secrets.filter((secret) => secret !== null) };
  }

  async #drawn(tx: Tx, id: string): Promise<Buffer> {
    const value = `whsec_${randomBytes(32).toString('base64')}`;
    return (await this.vault.unlock(tx)).seal(secretPlace(id, 'secret'), value);
  }
}

function editableOf({ name, url, events, active }: WebhookRow): Editable {
  return { name, url, events: events as WebhookEvent[], active };
}

function configured(row: Omit<WebhookRow, 'tenantId'>): ConfiguredWebhook {
  const { id, name, url, events, active, oldUntil, version, createdAt } = row;
  return { id, name, url, events: events as WebhookEvent[], active, oldSecretUntil: oldUntil, version, createdAt };
}

/** A query of the URL may hold a token. */
function audited({ url, ...others }: Editable): AuditedValues {
  const { origin, pathname } = new URL(url);
  return { ...others, url: `${origin}${pathname}` };
}
