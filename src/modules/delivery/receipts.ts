import { afterVerdict } from '../../domain/messaging/delivery-state.js';
import type { DeliveryState, Verdict } from '../../domain/messaging/delivery-state.js';
import type { ReceiptStatus } from '../../domain/inquiry/events.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { isId, newId } from '../../platform/ids/index.js';
import type { Place, Vault } from '../../platform/crypto/index.js';
import { channelMessageHash, lockConversationRow } from '../conversation/index.js';
import { findDelivery, lockByIntent, saveOutgoing, showOnMessage } from './delivery-rows.js';
import type { DeliveryRow } from './delivery-rows.js';
import { externalIdOf } from './external-id.js';

/** Tells an inquiry what became of one of its messages, in the transaction that learnt it. */
export type ReceiptSink = {
  receipt(
    tx: Tx,
    message: {
      readonly inquiryId: string;
      readonly conversationId: string;
      readonly messageId: string;
      readonly intentId: string;
    },
    fate: { readonly status: ReceiptStatus; readonly at: number; readonly reason: string | null },
  ): Promise<void>;
};

export type ChannelVerdict = {
  readonly intentId?: string | undefined;
  readonly externalId?: string | undefined;
  readonly status: Verdict;
  readonly reason?: string | undefined;
  /** Epoch ms. */
  readonly at: number;
};

/** Applies what channels say about messages, early, late or twice. */
export class Receipts {
  constructor(
    private readonly vault: Vault,
    private readonly sink: ReceiptSink,
  ) {}

  /** Applies a verdict of the shop's channel; one about a message we do not know yet is kept until we do. */
  async verdict(tx: Tx, shopId: string, verdict: ChannelVerdict): Promise<DeliveryRow | null> {
    const row = (await this.#find(tx, shopId, verdict)) ?? (await this.#keepEarly(tx, shopId, verdict));
    if (row) await this.apply(tx, row, verdict);
    return row ?? null;
  }

  /** The channel shows a message of ours, whose fate nobody knew, under this id of its own; the conversation must be locked. */
  async found(tx: Tx, shopId: string, intentId: string, shown: { id: string; at: number }): Promise<void> {
    const row = await lockByIntent(tx, shopId, intentId);
    if (row === undefined) return;
    const external = await externalIdOf(tx, this.vault, row, shown.id);
    await saveOutgoing(tx, intentId, row, { external });
    await this.apply(tx, row, { status: 'available', at: shown.at });
    await this.applyEarly(tx, row, external.hash);
  }

  /** Applies a verdict to a delivery under lock. */
  async apply(tx: Tx, row: DeliveryRow, verdict: ChannelVerdict): Promise<void> {
    const state = afterVerdict(row.state, verdict.status);
    if (state === null) return;
    const at = Math.max(verdict.at, row.queuedAt);
    const reason = verdict.reason === undefined ? null : 'channel_verdict';
    await saveOutgoing(tx, row.intentId, { ...row, state, leaseUntil: null }, { settledAt: at, reason });
    await this.show(tx, row, state, at, verdict.reason ?? null);
    await this.tell(tx, row, { status: verdict.status, at, reason });
  }

  /** Shows on the message what became of it; a reason may be the channel's own words and is sealed. */
  async show(
    tx: Tx,
    { inquiryId, messageId }: Pick<DeliveryRow, 'inquiryId' | 'messageId'>,
    state: DeliveryState,
    at: number,
    reason: string | null,
  ): Promise<void> {
    const owner = { case: inquiryId };
    const place = { owner, table: 'message', column: 'delivery_reason', row: messageId };
    const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
    // A verdict may come after its inquiry was erased; nothing is written there any more.
    const sealed = keys.isErased(owner) ? null : keys.sealOptional(place, reason);
    await showOnMessage(tx, messageId, { state, at, reason: sealed });
  }

  /** Passes a fate on to the inquiry. */
  async tell(
    tx: Tx,
    row: DeliveryRow,
    fate: { status: ReceiptStatus; at: number; reason: string | null },
  ): Promise<void> {
    const { inquiryId, conversationId, messageId, intentId } = row;
    await this.sink.receipt(tx, { inquiryId, conversationId, messageId, intentId }, fate);
  }

  /** Applies verdicts that came before the channel told us the id they are about. */
  async applyEarly(tx: Tx, row: DeliveryRow, externalHash: Buffer): Promise<void> {
    await lockExternal(tx, externalHash);
    const early = await tx.query<{ id: string; status: Verdict; reason: Buffer | null; at: number }>(
      `delete from early_receipt where tenant_id = $1 and shop_id = $2 and external_hash = $3
       returning id, status, reason, at`,
      [tx.tenantId, row.shopId, externalHash],
    );
    if (early.length === 0) return;
    const keys = await this.vault.unlock(tx);
    for (const { id, status, reason: sealed, at } of early.sort((a, b) => a.at - b.at)) {
      const reason = keys.open(earlyPlace(id), sealed);
      const now = (await lockByIntent(tx, row.shopId, row.intentId)) ?? row;
      await this.apply(tx, now, { status, at, ...(reason === null ? {} : { reason }) });
    }
  }

  async #find(tx: Tx, shopId: string, verdict: ChannelVerdict): Promise<DeliveryRow | undefined> {
    const { intentId, externalId } = verdict;
    const found = await findDelivery(tx, shopId, {
      intentId: intentId !== undefined && isId(intentId) ? intentId : null,
      externalHash:
        externalId === undefined ? null : channelMessageHash(await this.vault.unlock(tx), shopId, externalId),
    });
    if (!found) return undefined;
    await lockConversationRow(tx, found.conversationId);
    return lockByIntent(tx, shopId, found.intentId);
  }

  /** Keeps a verdict for a message that nobody knows by that id; the delivery if it has become known this moment. */
  async #keepEarly(tx: Tx, shopId: string, verdict: ChannelVerdict): Promise<DeliveryRow | undefined> {
    const { externalId } = verdict;
    if (externalId === undefined) return undefined;
    const keys = await this.vault.unlock(tx);
    const hash = channelMessageHash(keys, shopId, externalId);
    await lockExternal(tx, hash);
    const known = await this.#find(tx, shopId, verdict);
    if (known) return known;
    const id = newId();
    await tx.post(
      `insert into early_receipt (tenant_id, id, shop_id, external_hash, status, reason, at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        tx.tenantId,
        id,
        shopId,
        hash,
        verdict.status,
        keys.sealOptional(earlyPlace(id), verdict.reason),
        instant(verdict.at),
      ],
    );
    return undefined;
  }
}

/**
 * Who learns the channel's id of a message and who brings a verdict about that id take turns: otherwise each could look
 * before the other has committed, and the verdict would be kept for a message that is known.
 */
async function lockExternal(tx: Tx, hash: Buffer): Promise<void> {
  await tx.post('select pg_advisory_xact_lock($1::bigint)', [hash.readBigInt64BE().toString()]);
}

/** What it is about is not known yet, so it is the tenant's. */
function earlyPlace(row: string): Place {
  return { owner: 'tenant', table: 'early_receipt', column: 'reason', row };
}
