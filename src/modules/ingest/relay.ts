import type { Database, Tx } from '../../platform/database/index.js';
import type { RingKind } from '../../workflows/messages.js';
import type { InquiryEngine } from '../inquiry/index.js';
import type { WorkItem } from '../work/index.js';
import type { Doorbell } from './doorbell.js';

type Standing = {
  readonly closed: boolean;
  readonly definition: string;
  readonly channel: string;
  /** Kind of the oldest unapplied row, or null. */
  readonly waiting: string | null;
  readonly overdue: boolean;
  /** A drain without the workflow changed the course. */
  readonly wanted: boolean;
};

/** A ring may be lost with its execution; until a drain has answered it, it is given again after this. */
const AGAIN_MS = 60_000;

const STANDING = `
  select i.closed_at is not null as closed, i.definition_key || '@' || i.definition_version as definition, i.channel,
         (select b.kind from inbox b where b.tenant_id = i.tenant_id and b.inquiry_id = i.id and b.applied_at is null
           order by b.accept_no limit 1) as waiting,
         coalesce(i.next_wake < statement_timestamp() - interval '55 seconds', false) as overdue,
         i.ring_wanted as wanted
    from inquiry i where i.tenant_id = $1 and i.id = $2 and i.erased_at is null`;

const RING_KINDS: Readonly<Record<string, RingKind>> = {
  'inquiry.opened': 'opened',
  'message.received': 'buyerMessage',
  'reply.external': 'receipt',
  'delivery.receipt': 'receipt',
  'platform.event': 'poke',
  'call.answered': 'callResult',
  command: 'command',
};

/** Brings what was accepted to the workflow: one ring covers everything an inquiry's inbox holds. */
export class Relay {
  constructor(
    private readonly database: Database,
    private readonly doorbell: Doorbell,
    private readonly engine: InquiryEngine,
  ) {}

  /**
   * Handles one `ring` item; throws what Temporal or PostgreSQL threw, to be tried again.
   *
   * @returns when to look again (epoch ms), or null when there was nothing to ring for
   */
  async handle(item: WorkItem): Promise<number | null> {
    return (await this.ring(item.tenantId, item.inquiryId ?? item.ref)) ? Date.now() + AGAIN_MS : null;
  }

  /** Rings one inquiry if there is anything to ring for; true when it was rung. */
  async ring(tenantId: string, inquiryId: string): Promise<boolean> {
    const look = (tx: Tx): Promise<Standing | undefined> => tx.first<Standing>(STANDING, [tenantId, inquiryId]);
    const standing = await this.database.tenant(tenantId, look, { byKeys: true });
    if (!standing) return false;
    const { definition, channel, waiting, overdue, wanted, closed } = standing;
    // Late rows of a closed inquiry attach to it without the engine: its execution has completed for good.
    if (closed && waiting !== null) await this.engine.sweep(tenantId, inquiryId);
    else if (waiting === null && !overdue && !wanted) return false;
    const kind = waiting === null ? 'poke' : (RING_KINDS[waiting] ?? 'poke');
    const request = { tenantId, inquiryId, kind, definition, channel };
    if (overdue && !closed) await this.doorbell.resume(request);
    else if (!(await this.doorbell.ring(request)) && !closed) await this.doorbell.resume(request);
    return !closed;
  }
}
