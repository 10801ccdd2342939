import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Blocking } from '../channels/index.js';
import type { Way, Ways } from '../delivery/index.js';

/** A buyer who can be kept away, as their channel knows them. */
export type Blockable = { readonly way: Way; readonly blocking: Blocking; readonly externalId: string };

/** Why a platform did not do it, for now. */
export type NotNow = { readonly retryAfterMs: number | null; readonly code: string };

/** Asks platforms to keep buyers away. */
export class BuyerBlocks {
  constructor(
    private readonly vault: Vault,
    private readonly ways: Ways,
  ) {}

  /** What it takes to block a buyer; null where their channel has no such thing. */
  async find(tx: Tx, buyerId: string): Promise<Blockable | null> {
    const row = await tx.first<{ shopId: string; externalId: Buffer | null }>(
      'select shop_id as "shopId", external_id as "externalId" from buyer where tenant_id = $1 and id = $2',
      [tx.tenantId, buyerId],
    );
    const way = row === undefined ? 'shop_inactive' : await this.ways.of(tx, row.shopId);
    if (row === undefined || typeof way === 'string' || way.connector.blocking === undefined) return null;
    const keys = await this.vault.unlock(tx, { subjects: [buyerId] });
    const place = { owner: { subject: buyerId }, table: 'buyer', column: 'external_id', row: buyerId };
    const externalId = keys.shown(place, row.externalId);
    return externalId === null ? null : { way, blocking: way.connector.blocking, externalId };
  }

  /** Asks the platform, outside of any transaction; null when it is done. */
  async set({ way, blocking, externalId }: Blockable, blocked: boolean): Promise<NotNow | null> {
    const access = await this.ways.access(way);
    if ('reason' in access) return { retryAfterMs: access.retryAfterMs, code: access.reason };
    const answer = await blocking.set(access, externalId, blocked);
    if (answer.kind === 'read') return null;
    if (answer.kind === 'unauthorised' && answer.code === 'token_invalid') await this.ways.refuse(way, access);
    const code = 'code' in answer ? answer.code : answer.kind === 'absent' ? 'buyer_unknown' : 'answer_unreadable';
    return { retryAfterMs: answer.kind === 'later' ? answer.retryAfterMs : null, code };
  }
}
