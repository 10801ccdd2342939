import type { Reach } from '../../domain/identity/permissions.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { recordChange } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';

/** A buyer as readers see them (api.md, `/v1/buyers/{id}`). */
export type BuyerView = {
  readonly id: string;
  readonly shopId: string;
  /** null where the reader sees no names, or the channel gave none. */
  readonly name: string | null;
  readonly language: string | null;
  /** What they bought for in twelve months, in the shop's currency; 0 if unknown. */
  readonly value: number;
  readonly tags: readonly string[];
  readonly blocked: boolean;
  /** Whether they have had more than one inquiry. */
  readonly returning: boolean;
  readonly conversationId: string | null;
  readonly createdAt: string;
};

export type BuyerPatch = { readonly value?: number | undefined; readonly tags?: readonly string[] | undefined };

/** A buyer with what access and versions are decided by. */
export type FoundBuyer = {
  readonly view: BuyerView;
  readonly version: number;
  /** Queues their inquiries are in; null stands for none yet. */
  readonly queues: readonly (string | null)[];
  readonly erased: boolean;
};

type Row = {
  readonly id: string;
  readonly shopId: string;
  readonly name: Buffer | null;
  readonly language: string | null;
  readonly value: number;
  readonly tags: readonly string[];
  readonly blocked: boolean;
  readonly conversationId: string | null;
  readonly inquiries: number;
  readonly queues: readonly (string | null)[] | null;
  readonly createdAt: number;
  readonly erasedAt: number | null;
  readonly version: number;
};

const BUYER = `
  select b.id, b.shop_id as "shopId", b.name, b.language, b.value, b.tags, b.blocked_at is not null as blocked,
         c.id as "conversationId", b.created_at as "createdAt", b.erased_at as "erasedAt", b.version,
         (select count(*) from inquiry i where i.tenant_id = b.tenant_id and i.conversation_id = c.id) as inquiries,
         (select array_agg(distinct i.queue_key) from inquiry i
           where i.tenant_id = b.tenant_id and i.conversation_id = c.id) as queues
    from buyer b left join conversation c on c.tenant_id = b.tenant_id and c.shop_id = b.shop_id and c.buyer_id = b.id
   where b.tenant_id = $1 and b.id = $2`;

/** Reads buyers, and changes what expressions know of them. */
export class Buyers {
  constructor(private readonly vault: Vault) {}

  /** A buyer, or null when the tenant has none of that id. `lock` keeps others from changing it until the commit. */
  async find(tx: Tx, id: string, reach: Reach, options: { readonly lock?: boolean } = {}): Promise<FoundBuyer | null> {
    const row = await tx.first<Row>(options.lock === true ? `${BUYER} for no key update of b` : BUYER, [
      tx.tenantId,
      id,
    ]);
    if (!row) return null;
    const { version, queues, erasedAt } = row;
    const keys = await this.vault.unlock(tx, { subjects: [id] });
    return { view: buyerView(keys, row, reach), version, queues: queues ?? [], erased: erasedAt !== null };
  }

  /** Changes value and tags of a buyer under lock; decisions see it from the next event on. Returns the new version. */
  async change(tx: Tx, found: FoundBuyer, patch: BuyerPatch, author: Author): Promise<number> {
    const { id, value, tags } = found.view;
    const after = { value: patch.value ?? value, tags: [...new Set(patch.tags ?? tags)] };
    await tx.run('update buyer set value = $3, tags = $4, version = version + 1 where tenant_id = $1 and id = $2', [
      tx.tenantId,
      id,
      after.value,
      after.tags,
    ]);
    await recordChange(tx, author, {
      action: 'buyer.change',
      object: { kind: 'buyer', id },
      before: { value, tags },
      after,
    });
    return found.version + 1;
  }

  /** Notes under lock that a buyer is kept away, or not any more; decisions see it from the next event on. */
  async setBlocked(tx: Tx, found: FoundBuyer, blocked: boolean, author: Author): Promise<void> {
    const { id } = found.view;
    if (found.view.blocked === blocked) return;
    await tx.run('update buyer set blocked_at = $3, version = version + 1 where tenant_id = $1 and id = $2', [
      tx.tenantId,
      id,
      blocked ? instant(author.at) : null,
    ]);
    await recordChange(tx, author, {
      action: blocked ? 'buyer.block' : 'buyer.unblock',
      object: { kind: 'buyer', id },
      before: { blocked: !blocked },
      after: { blocked },
    });
  }
}

function buyerView(keys: Keys, row: Row, reach: Reach): BuyerView {
  const place = { owner: { subject: row.id }, table: 'buyer', column: 'name', row: row.id };
  return {
    id: row.id,
    shopId: row.shopId,
    name: reach === 'no_text' ? null : keys.shown(place, row.name),
    language: row.language,
    value: row.value,
    tags: row.tags,
    blocked: row.blocked,
    returning: row.inquiries > 1,
    conversationId: row.conversationId,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
