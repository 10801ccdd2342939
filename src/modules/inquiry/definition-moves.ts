import { migrationOutcome } from '../../domain/inquiry/migration/outcome.js';
import type { MigrationOutcome } from '../../domain/inquiry/migration/outcome.js';
import type { DefinitionChangedEvent } from '../../domain/inquiry/events.js';
import type { Tx } from '../../platform/database/index.js';
import { nextPosition } from '../conversation/index.js';
import type { InquiryEngine } from './engine.js';
import { putInbox } from './inbox.js';

/** What an inquiry is asked to do. */
export type DefinitionMove = Omit<DefinitionChangedEvent, 'kind'>;

const CLOSED: MigrationOutcome = { block: { code: 'inquiry_closed', place: null }, deadlines: [], levelsDue: 0 };

/** Brings single inquiries onto another version of their definition, or looks what would come of it. */
export class DefinitionMoves {
  constructor(private readonly engine: InquiryEngine) {}

  /**
   * What would come of it now; nothing is locked or written.
   *
   * @throws DecisionDefect when it cannot be decided
   */
  async tryOut(tx: Tx, inquiryId: string, move: DefinitionMove, now: number): Promise<MigrationOutcome> {
    const trial = await this.engine.tryOut(tx, inquiryId, { kind: 'definition.changed', ...move }, now);
    return trial === null ? CLOSED : migrationOutcome(trial.before, trial.decision, trial.now);
  }

  /**
   * Does it: the inquiry hears of it through its inbox, after everything it has not heard of yet, and all of it commits with
   * the caller's transaction or not at all.
   *
   * @throws DecisionDefect when it cannot be decided; the transaction must then be rolled back
   */
  async apply(tx: Tx, inquiryId: string, move: DefinitionMove, now: number): Promise<MigrationOutcome> {
    const open = await tx.first<{ conversationId: string }>(
      `select conversation_id as "conversationId" from inquiry where tenant_id = $1 and id = $2 and closed_at is null`,
      [tx.tenantId, inquiryId],
    );
    if (open === undefined) return CLOSED;
    await putInbox(tx, null, {
      inquiryId,
      key: `mig:${move.migrationId}`,
      acceptNo: await nextPosition(tx, open.conversationId),
      payload: { kind: 'definition.changed', ...move },
      acceptedAt: now,
    });
    const trials = (await this.engine.decideIn(tx, inquiryId, now)) ?? [];
    const own = trials.find(
      ({ event }) => event.kind === 'definition.changed' && event.migrationId === move.migrationId,
    );
    return own === undefined ? CLOSED : migrationOutcome(own.before, own.decision, own.now);
  }
}
