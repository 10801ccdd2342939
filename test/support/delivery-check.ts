import type { BuyerServer } from './buyer-server.js';
import type { Stack } from './stack.js';

type Row = {
  readonly intentId: string;
  readonly state: string;
  readonly shown: string;
  readonly author: 'human' | 'automated';
  readonly reason: string | null;
  readonly rewrite: boolean;
  readonly confirm: boolean;
};

const ROWS = `
  select d.intent_id as "intentId", d.state, m.delivery_state as shown, m.author, d.reason,
         exists (select from task t where t.about_message_id = m.id and t.kind = 'rewrite') as rewrite,
         exists (select from task t where t.about_message_id = m.id and t.kind = 'confirm_delivery') as confirm
    from delivery d join message m on m.tenant_id = d.tenant_id and m.id = d.message_id`;

const SETTLED = new Set(['available', 'rejected', 'bounced', 'failed', 'uncertain', 'cancelled']);
const NEVER_LEFT = new Set(['failed', 'cancelled']);
const NOT_ARRIVED = new Set(['rejected', 'bounced', 'failed']);

/** How many messages are still on their way. */
export async function onTheirWay(stack: Stack): Promise<number> {
  const { rows } = await stack.superuser.query<{ count: number }>(
    `select count(*)::int as count from delivery where state in ('held', 'queued', 'sending', 'verifying', 'accepted')`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * What is wrong with the messages of a database after everything has come to rest, against what the buyer's side has taken;
 * empty when nothing is. Every message has ended, is there once at most, shows what is true, and somebody has been asked
 * wherever somebody has to act.
 */
export async function deliveryFaults(stack: Stack, buyer: BuyerServer): Promise<string[]> {
  const { rows } = await stack.superuser.query<Row>(ROWS);
  const taken = new Map<string, number>();
  for (const { intentId } of buyer.taken) taken.set(intentId, (taken.get(intentId) ?? 0) + 1);
  return rows.flatMap((row) => faultsOf(row, taken.get(row.intentId) ?? 0).map((fault) => tell(row, fault)));
}

function tell({ intentId, state, author, reason }: Row, fault: string): string {
  return `${fault}: ${author} message ${intentId}, ${state} because ${reason ?? 'nothing'}`;
}

function faultsOf(row: Row, times: number): string[] {
  const faults: string[] = [];
  if (times > 1) faults.push(`taken ${times} times`);
  if (!SETTLED.has(row.state)) faults.push('in limbo');
  if (row.shown !== row.state) faults.push(`shown as ${row.shown}`);
  if (NEVER_LEFT.has(row.state) && times > 0) faults.push('taken all the same');
  if (['available', 'rejected', 'bounced'].includes(row.state) && times === 0) faults.push('never taken');
  if (row.state === 'uncertain' && !row.confirm) faults.push('nobody was asked');
  if (row.author === 'human' && NOT_ARRIVED.has(row.state) && !row.rewrite) faults.push('nobody writes it again');
  return faults;
}
