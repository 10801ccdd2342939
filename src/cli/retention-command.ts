import type { Command } from 'commander';
import { AGED_RECORDS, RetentionSweep, sweepTotals } from '../modules/retention/index.js';
import type { TenantSweep } from '../modules/retention/index.js';
import { withSession } from './session.js';
import type { Session } from './session.js';

type Options = { readonly dryRun?: true; readonly json?: true };

/** `retention sweep`: what the daily schedule does, now; or only what it would do. */
export function addRetentionCommand(program: Command): void {
  program
    .command('retention')
    .description('what becomes of closed inquiries')
    .command('sweep')
    .description('archive what can no longer be reopened, erase what is past its time')
    .option('--dry-run', 'print what would go, and change nothing')
    .option('--json', 'print one JSON document')
    .action((options: Options) => withSession((session) => sweep(session, options)));
}

/** One sweep over all tenants, and what became of it on standard output. */
export async function sweep(
  session: Session,
  { dryRun = false, json }: { dryRun?: boolean; json?: true },
): Promise<number> {
  const sweeps = await session.services
    .get(RetentionSweep, { strict: false })
    .run({ now: Date.now(), dryRun, onProgress: () => undefined });
  if (json) console.log(JSON.stringify({ dryRun, tenants: sweeps, totals: sweepTotals(sweeps) }, null, 2));
  else print(sweeps, dryRun);
  return 0;
}

const RECORDS: Readonly<Record<(typeof AGED_RECORDS)[number], string>> = {
  rawDeliveries: 'raw deliveries',
  quarantined: 'quarantined deliveries',
  earlyReceipts: 'receipts of unknown messages',
  hints: 'hints of platforms',
  syncEntries: 'entries of logs of platforms',
  sketches: 'sketches of sent texts',
  testRuns: 'test runs',
  answers: 'answers to repeated requests',
};

function print(sweeps: readonly TenantSweep[], dryRun: boolean): void {
  const verb = dryRun ? 'would be ' : '';
  for (const { tenant, classes, records } of sweeps) {
    for (const [name, { archived, erased, held }] of Object.entries(classes)) {
      console.log(`${tenant}  ${name}: ${archived} ${verb}archived, ${erased} ${verb}erased, ${held} held`);
    }
    for (const kind of AGED_RECORDS.filter((candidate) => records[candidate] > 0)) {
      console.log(`${tenant}  ${RECORDS[kind]}: ${records[kind]} ${verb}deleted`);
    }
  }
  const { archived, erased, held } = sweepTotals(sweeps);
  console.log(`${archived} inquiries ${verb}archived, ${erased} ${verb}erased, ${held} held`);
}
