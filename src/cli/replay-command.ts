import type { Command } from 'commander';
import { Replay } from '../modules/proof/index.js';
import type { ReplayResult } from '../modules/proof/index.js';
import { CommandError, requireId, withSession } from './session.js';
import type { NamedTenant, Session } from './session.js';

type Options = { readonly tenant?: string; readonly inquiry?: string; readonly json?: true };

type Found = { readonly tenant: string; readonly inquiryId: string } & ReplayResult['differences'][number];
type Report = { inquiries: number; decisions: number; readonly differences: Found[] };

/** `replay`: takes recorded decisions again; exit code 1 when one comes out otherwise. */
export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('take every recorded decision again and report what comes out otherwise')
    .option('--tenant <key>', 'only this tenant')
    .option('--inquiry <id>', 'only this inquiry')
    .option('--json', 'print one JSON document')
    .action((options: Options) => withSession((session) => replay(session, options)));
}

/** Replays what the options name; the exit code is 1 when anything came out otherwise. */
export async function replay(session: Session, { tenant: key, inquiry, json }: Options): Promise<number> {
  if (inquiry !== undefined) requireId(inquiry, 'an inquiry');
  const report: Report = { inquiries: 0, decisions: 0, differences: [] };
  for (const tenant of await session.tenants(key)) await replayTenant(session, tenant, inquiry, report);
  if (inquiry !== undefined && report.inquiries === 0) throw new CommandError(`there is no inquiry ${inquiry}`);
  const same = report.differences.length === 0;
  if (json) console.log(JSON.stringify({ same, ...report }, null, 2));
  else print(report);
  return same ? 0 : 1;
}

async function replayTenant(
  session: Session,
  tenant: NamedTenant,
  only: string | undefined,
  report: Report,
): Promise<void> {
  const replays = session.services.get(Replay, { strict: false });
  const ids = only === undefined ? replays.inquiries(tenant.id) : [only];
  for await (const inquiryId of ids) {
    const result = await replays.inquiry(tenant.id, inquiryId);
    if (result === null) continue;
    report.inquiries += 1;
    report.decisions += result.decisions;
    for (const difference of result.differences)
      report.differences.push({ tenant: tenant.key, inquiryId, ...difference });
  }
}

function print({ inquiries, decisions, differences }: Report): void {
  for (const { tenant, inquiryId, seq, what, expected, actual } of differences) {
    console.log(`${tenant} ${inquiryId} entry ${seq}: ${what} differ`);
    console.log(`  recorded ${JSON.stringify(expected)}`);
    console.log(`  replayed ${JSON.stringify(actual)}`);
  }
  console.log(`${inquiries} inquiries, ${decisions} decisions, ${differences.length} differences`);
}
