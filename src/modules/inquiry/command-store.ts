import type { CommandOutcome } from '../../domain/inquiry/effects.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';

/** The sealed part of a command: what a person wrote, and the fields decisions need only as ids and codes. */
export type CommandPayload = Readonly<Record<string, unknown>> & { readonly memberId: string };

/** Where the words of a command are sealed. */
export function wordsPlace(inquiryId: string, commandId: string): Place {
  return { owner: { case: inquiryId }, table: 'command', column: 'payload', row: commandId };
}

/** Reads and answers command rows inside a drain. */
export class CommandStore {
  /** What the person sent, or null when the row is gone. `keys` hold that of the inquiry. */
  async payload(tx: Tx, keys: Keys, inquiryId: string, commandId: string): Promise<CommandPayload | null> {
    const row = await tx.first<{ payload: Buffer; memberId: string }>(
      'select payload, member_id as "memberId" from command where tenant_id = $1 and id = $2',
      [tx.tenantId, commandId],
    );
    if (!row) return null;
    const words = keys.openJson<Record<string, unknown>>(wordsPlace(inquiryId, commandId), row.payload);
    return { ...words, memberId: row.memberId };
  }

  /** Writes what a command came to; a row that has its answer keeps it. */
  async answer(tx: Tx, inquiryId: string, commandId: string, outcome: CommandOutcome, now: number): Promise<void> {
    const refusal = outcome.state === 'refused' ? outcome.refusal : null;
    await tx.post(
      `update command set state = $4, result = $5::jsonb, problem = $6::jsonb, applied_at = $7
        where tenant_id = $1 and inquiry_id = $2 and id = $3 and state = 'pending'`,
      [
        tx.tenantId,
        inquiryId,
        commandId,
        outcome.state,
        outcome.state === 'applied' ? JSON.stringify(outcome.result) : null,
        refusal === null ? null : JSON.stringify(refusal),
        instant(now),
      ],
    );
  }
}
