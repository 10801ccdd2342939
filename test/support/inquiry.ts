import type { WorkflowHandle } from '@temporalio/client';
import { workflowIdOf } from '../../src/modules/inquiry/index.js';
import { eventually } from './eventually.js';
import type { Stack } from './stack.js';

export type StoredEntry = { readonly kind: string; readonly data: Record<string, unknown> };

/** An inquiry's history entries in order, read past the API; only those of some kinds where they are named. */
export async function entriesOf(stack: Stack, inquiryId: string, ...kinds: readonly string[]): Promise<StoredEntry[]> {
  const { rows } = await stack.superuser.query<StoredEntry>(
    `select x->>'kind' as kind, x->'data' as data
       from event e, jsonb_array_elements(e.entries) with ordinality as t (x, n)
      where e.inquiry_id = $1 order by e.seq, n`,
    [inquiryId],
  );
  return kinds.length === 0 ? rows : rows.filter(({ kind }) => kinds.includes(kind));
}

/** The inquiry's execution, whichever run is the newest. */
export function executionOf(stack: Stack, inquiryId: string): WorkflowHandle {
  return stack.runtime.temporal.client.workflow.getHandle(workflowIdOf(stack.demo.tenantId, inquiryId));
}

/** Waits until the execution has this status, for example `COMPLETED`; its run id. */
export async function executionBecomes(stack: Stack, inquiryId: string, status: string): Promise<string> {
  const description = await eventually(
    () => executionOf(stack, inquiryId).describe(),
    ({ status: { name } }) => name === status,
    20_000,
  );
  return description.runId;
}

/** A new inquiry of the demo shop, once its acknowledgement has arrived. */
export async function acknowledgedInquiry(stack: Stack, buyer: string): Promise<string> {
  const { inquiryId } = await stack.send({ buyer });
  await eventually(
    () =>
      stack.superuser.query(
        `select 1 from message where inquiry_id = $1 and author = 'automated' and delivery_state = 'available'`,
        [inquiryId],
      ),
    ({ rowCount }) => rowCount === 1,
    20_000,
  );
  return inquiryId;
}

/** Keeps every drain of an inquiry waiting until the returned function is called; readers and accepts go on. */
export async function holdDrains(stack: Stack, inquiryId: string): Promise<() => Promise<void>> {
  const client = await stack.superuser.connect();
  await client.query('begin');
  await client.query('select 1 from inquiry where id = $1 for no key update', [inquiryId]);
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

/** Waits until `count` statements of the stack's database wait for a lock. */
export async function waitingForLock(stack: Stack, count = 1): Promise<void> {
  await eventually(
    () =>
      stack.superuser.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      ),
    ({ rowCount }) => (rowCount ?? 0) >= count,
    5_000,
    20,
  );
}
