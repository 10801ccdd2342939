import type { Command } from 'commander';
import { failedEvents, retryFailedEvent } from '../modules/inquiry/index.js';
import { CommandError, requireId, withSession } from './session.js';
import type { Session } from './session.js';

type ListOptions = { readonly tenant?: string; readonly json?: true };

/** `inbox`: events that were set aside because a decision failed. */
export function addInboxCommand(program: Command): void {
  const inbox = program.command('inbox').description('events set aside because they could not be decided');
  inbox
    .command('list-failed')
    .description('list them, oldest first')
    .option('--tenant <key>', 'only this tenant')
    .option('--json', 'print one JSON document')
    .action((options: ListOptions) => withSession((session) => listFailed(session, options)));
  inbox
    .command('retry')
    .argument('<id>', 'event, as list-failed names it')
    .description('apply one again, after a fix')
    .action((id: string) => withSession((session) => retry(session, id)));
}

/** Lists the events that were set aside. */
export async function listFailed(session: Session, { tenant: key, json }: ListOptions): Promise<number> {
  const failed = [];
  for (const { id: tenantId, key: tenant } of await session.tenants(key)) {
    const events = await session.database.tenant(tenantId, failedEvents);
    for (const { failedAt, ...event } of events)
      failed.push({ tenant, ...event, failedAt: new Date(failedAt).toISOString() });
  }
  if (json) {
    console.log(JSON.stringify({ items: failed }, null, 2));
    return 0;
  }
  for (const { tenant, id, inquiryId, kind, code, failedAt } of failed) {
    console.log(`${tenant}  ${id}  ${failedAt}  ${kind}  ${code}  inquiry ${inquiryId}`);
  }
  console.log(`${failed.length} failed`);
  return 0;
}

/** Puts one back, whichever tenant it belongs to. */
export async function retry(session: Session, id: string): Promise<number> {
  requireId(id, 'an event');
  for (const tenant of await session.tenants()) {
    const inquiryId = await session.database.tenant(tenant.id, (tx) => retryFailedEvent(tx, id, Date.now()));
    if (inquiryId === null) continue;
    console.log(`inquiry ${inquiryId} of ${tenant.key} has the event again`);
    return 0;
  }
  throw new CommandError(`there is no failed event ${id}`);
}
