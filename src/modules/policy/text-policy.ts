import { policyFindings, repetitionFinding } from '../../domain/policy/outgoing.js';
import type { Destination, PolicyFinding } from '../../domain/policy/outgoing.js';
import { REPETITIONS, isAlike, runsOf, sketchOf } from '../../domain/policy/repetition.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Vault } from '../../platform/crypto/index.js';

/** A text on its way to a buyer. */
export type OutgoingText = Destination & {
  readonly conversationId: string;
  readonly author: 'human' | 'automated';
  readonly text: string;
};

/** How far back nearly the same text counts, in ms, and how many of the newest are looked at. */
const WINDOW_MS = 24 * 3_600_000;
const LOOKED_AT = 500;

/** What channels do not allow in texts. What was sent counts for a day, as hashes nobody can read a word from. */
export class TextPolicy {
  constructor(private readonly vault: Vault) {}

  /** What stands in a text that its channel does not allow, or should not see, in the order in which it stands there. */
  async findings(tx: Tx, outgoing: OutgoingText, now: number): Promise<PolicyFinding[]> {
    const repeated = repetitionFinding(outgoing.text, outgoing, outgoing.author);
    const isRepeated = repeated !== null && (await this.#isRepeated(tx, outgoing, now));
    return [...policyFindings(outgoing.text, outgoing), ...(isRepeated ? [repeated] : [])];
  }

  /** Remembers that a text is going out; `id` = its intent, so that a second attempt is no second message. */
  async remember(tx: Tx, id: string, outgoing: OutgoingText & { readonly shopId: string }, now: number): Promise<void> {
    if (repetitionFinding(outgoing.text, outgoing, 'automated') === null) return;
    const sketch = await this.#sketch(tx, outgoing.text);
    if (sketch.length === 0) return;
    await tx.run(
      `insert into sent_sketch (tenant_id, id, shop_id, conversation_id, sketch, sent_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, id) do nothing`,
      [tx.tenantId, id, outgoing.shopId, outgoing.conversationId, sketch.map(String), instant(now)],
    );
  }

  async #isRepeated(tx: Tx, { conversationId, text }: OutgoingText, now: number): Promise<boolean> {
    const own = await this.#sketch(tx, text);
    if (own.length === 0) return false;
    const rows = await tx.query<{ conversationId: string; sketch: string[] }>(
      `select conversation_id as "conversationId", sketch::text[] as sketch from sent_sketch
        where tenant_id = $1 and conversation_id <> $2 and sent_at > $3
          and shop_id = (select shop_id from conversation where tenant_id = $1 and id = $2)
        order by sent_at desc limit $4`,
      [tx.tenantId, conversationId, instant(now - WINDOW_MS), LOOKED_AT],
    );
    const alike = rows.filter(({ sketch }) => isAlike(own, sketch.map(BigInt)));
    return new Set(alike.map((row) => row.conversationId)).size >= REPETITIONS;
  }

  async #sketch(tx: Tx, text: string): Promise<readonly bigint[]> {
    const runs = runsOf(text);
    if (runs.length === 0) return [];
    const keys = await this.vault.unlock(tx);
    return sketchOf(runs.map((run) => keys.lookup('sent text', run).readBigInt64BE(0)));
  }
}
