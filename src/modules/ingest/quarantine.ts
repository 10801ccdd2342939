import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { recordChange } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Accepted } from './accept.js';
import { QuarantineEntity } from './ingest.entities.js';
import type { QuarantineRow } from './ingest.entities.js';
import { readUnread } from './unread.js';
import type { Receiver, ReplayResult } from './receiver.js';

/** A delivery that could not be read, without its body, which may hold a buyer's words. Instants are epoch ms. */
export type QuarantinedDelivery = Omit<QuarantineRow, 'tenantId' | 'body'>;

/** Place of a delivery in the list. */
export type QuarantinePlace = { readonly receivedAt: number; readonly id: string };

/** Deliveries that could not be read: looking at them, and trying them again after a fix on either side. */
export class Quarantine {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly receiver: Receiver,
  ) {}

  /** Up to `limit` deliveries, newest first, those after `after`. */
  async list(
    tx: Tx,
    filter: { readonly replayed?: boolean | undefined },
    after: QuarantinePlace | null,
    limit: number,
  ): Promise<QuarantinedDelivery[]> {
    const { replayed } = filter;
    const rows = await tx.em.find(
      QuarantineEntity,
      {
        tenantId: tx.tenantId,
        ...(replayed === undefined ? {} : { replayedAt: replayed ? { $ne: null } : null }),
        ...(after === null
          ? {}
          : {
              $or: [{ receivedAt: { $lt: after.receivedAt } }, { receivedAt: after.receivedAt, id: { $lt: after.id } }],
            }),
      },
      { orderBy: { receivedAt: 'desc', id: 'desc' }, limit, exclude: ['body'] },
    );
    return rows.map(({ id, shopId, channel, problem, receivedAt, replayedAt }) => {
      return { id, shopId, channel, problem, receivedAt, replayedAt };
    });
  }

  /**
   * Puts a kept delivery through the acceptance again, as if it came now; its signature was checked when it came. What was
   * accepted in the meantime is recognised like any redelivery. Null without such a delivery.
   */
  async replay(tenantId: string, id: string): Promise<ReplayResult | null> {
    const kept = await this.database.tenant(tenantId, (tx) => readUnread(tx, this.vault, id));
    return kept === null ? null : this.receiver.acceptVerified(kept.shopId, kept.body);
  }

  /** Notes that a delivery was accepted after all. */
  async markReplayed(tx: Tx, author: Author, id: string, accepted: Accepted): Promise<void> {
    const { tenantId } = tx;
    await tx.em.nativeUpdate(QuarantineEntity, { tenantId, id, replayedAt: null }, { replayedAt: author.at });
    await recordChange(tx, author, {
      action: 'quarantine.replay',
      object: { kind: 'quarantine', id },
      before: null,
      after: { ...accepted },
    });
  }
}
