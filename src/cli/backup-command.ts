import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { removeUnknownFiles } from '../modules/attachment/index.js';
import { audit } from '../modules/audit/index.js';
import { doubtUnasked } from '../modules/call/index.js';
import { doubtUnmailed } from '../modules/notification/index.js';
import { verifyUnsent } from '../modules/delivery/index.js';
import { ringOpenInquiries } from '../modules/inquiry/index.js';
import { loadConfig } from '../platform/config/index.js';
import type { Config } from '../platform/config/index.js';
import type { Tx } from '../platform/database/index.js';
import { makeBackup, restoreBackup } from '../platform/embedded/index.js';
import type { BackupManifest } from '../platform/embedded/index.js';
import { namesOnDisk, openFiles } from '../platform/files/index.js';
import { CommandError, complain, withServers, withSession } from './session.js';
import type { Session } from './session.js';

type MakeOptions = { readonly json?: true };
type ResumeOptions = { readonly engineOnly?: true; readonly json?: true };
type RestoreOptions = { readonly rootKey?: string; readonly json?: true };

/** What a restored installation goes on with. */
type TakenUp = Readonly<Record<'inquiries' | 'messages' | 'calls' | 'mails', number>>;

/** Taking up thousands of inquiries is one transaction per tenant. */
const TAKE_UP_WITHIN_MS = 120_000;

const ROOT_KEY_BYTES = 32;

/** `backup`: a copy of the embedded database while it runs, and what follows a restore. */
export function addBackupCommand(program: Command): void {
  const backup = program.command('backup').description('copies of the database and of files, and going on from one');
  backup
    .command('make')
    .argument('<folder>', 'new folder for the backup')
    .description(
      'back up the embedded database of ATENDE_HOME and the files of messages while it runs; the root key is not part of it',
    )
    .option('--json', 'print one JSON document')
    .action((folder: string, options: MakeOptions) => make(resolve(folder), options));
  backup
    .command('restore')
    .argument('<folder>', 'folder of a backup')
    .description('make ATENDE_HOME, which must be empty, from a backup, and take every open inquiry up again')
    .option('--root-key <file>', 'file with the root key; without it ATENDE_ROOT_KEY is used')
    .option('--json', 'print one JSON document')
    .action((folder: string, options: RestoreOptions) => restore(resolve(folder), options));
  backup
    .command('resume')
    .description('take every open inquiry up again, after a restore by other means')
    .option('--engine-only', 'only Temporal has lost its data: messages need not be looked for')
    .option('--json', 'print one JSON document')
    .action((options: ResumeOptions) => withSession((session) => resume(session, options)));
}

/** Takes everything up again in a database that was restored, or beside a Temporal that begins anew. */
async function resume(session: Session, options: ResumeOptions): Promise<number> {
  tell({ takenUp: await takeUp(session, { messages: options.engineOnly !== true }) }, options);
  return 0;
}

async function make(folder: string, options: MakeOptions): Promise<void> {
  await withServers(async (config, { rootKey }) => {
    embeddedOnly(config);
    if (rootKey === undefined) throw new CommandError('there is no root key');
    const made = await makeBackup({ home: config.home, folder, rootKey, messageFiles: messageFilesOf(config) });
    tell({ folder, ...made }, options);
    return 0;
  });
}

async function restore(folder: string, options: RestoreOptions): Promise<void> {
  let made: BackupManifest;
  let config: Config;
  try {
    config = loadConfig();
    embeddedOnly(config);
    const given = options.rootKey === undefined ? undefined : readRootKey(options.rootKey);
    const rootKey = given ?? config.rootKey;
    if (rootKey === undefined) throw new CommandError('name the file of the root key with --root-key');
    const messageFiles = messageFilesOf(config);
    const keepKey = config.rootKey === undefined;
    made = await restoreBackup({ home: config.home, folder, rootKey, messageFiles, keepKey });
  } catch (error) {
    process.exitCode = 1;
    complain(error);
    return;
  }
  await withSession(async (session) => {
    await forgetLaterFiles(session, config);
    tell({ folder, ...made, takenUp: await takeUp(session, { messages: true }) }, options);
    return 0;
  });
}

/**
 * Open inquiries are rung; with `messages`, what may already have been sent is looked for before it is sent.
 *
 * @returns how many of each
 */
async function takeUp(session: Session, what: { readonly messages: boolean }): Promise<TakenUp> {
  const sum = { inquiries: 0, messages: 0, calls: 0, mails: 0 };
  for (const { id } of await session.tenants()) {
    const now = Date.now();
    const work = (tx: Tx): Promise<TakenUp> => takeUpTenant(tx, now, what.messages);
    const taken = await session.database.tenant(id, work, { timeoutMs: TAKE_UP_WITHIN_MS });
    sum.inquiries += taken.inquiries;
    sum.messages += taken.messages;
    sum.calls += taken.calls;
    sum.mails += taken.mails;
  }
  return sum;
}

async function takeUpTenant(tx: Tx, now: number, withMessages: boolean): Promise<TakenUp> {
  const messages = withMessages ? await verifyUnsent(tx, now) : 0;
  // What an outside system was asked for after the backup must not be asked for again.
  const calls = withMessages ? await doubtUnasked(tx, now) : 0;
  const mails = withMessages ? await doubtUnmailed(tx, now) : 0;
  const taken = { inquiries: await ringOpenInquiries(tx, now), messages, calls, mails };
  await audit(tx, [
    {
      at: now,
      actor: { kind: 'system' },
      action: 'backup.resume',
      object: { kind: 'tenant', id: tx.tenantId },
      result: 'ok',
      after: taken,
    },
  ]);
  return taken;
}

/** Files that came while the backup was made, after its database. */
async function forgetLaterFiles(session: Session, config: Config): Promise<void> {
  const folder = messageFilesOf(config);
  if (folder === null) return;
  const tenants = (await session.tenants()).map(({ id }) => id);
  await removeUnknownFiles(session.database, openFiles(config.files), await namesOnDisk(folder), tenants);
}

/** Where files of messages lie; null where that is a bucket. */
function messageFilesOf({ files }: Config): string | null {
  return files.bucket === undefined ? files.folder : null;
}

function embeddedOnly(config: Config): void {
  if (config.embedded.postgres) return;
  throw new CommandError('DATABASE_URL names a server: back it up with pg_basebackup, see docs/operations.md');
}

function readRootKey(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch {
    throw new CommandError(`the root key cannot be read from ${path}`);
  }
  const key = Buffer.from(text, 'base64');
  if (key.byteLength !== ROOT_KEY_BYTES) throw new CommandError(`${path} holds no root key`);
  return new Uint8Array(key);
}

function tell(
  result: Partial<BackupManifest> & { readonly folder?: string; readonly takenUp?: TakenUp },
  { json }: MakeOptions,
): void {
  if (json) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  const { folder, madeAt, bytes = 0, takenUp } = result;
  if (folder !== undefined) console.log(`${folder}: backup of ${madeAt}, ${(bytes / 2 ** 20).toFixed(0)} MB`);
  if (takenUp === undefined) return;
  console.log(`${takenUp.inquiries} open inquiries go on`);
  console.log(`${takenUp.messages} messages are looked for at their channel before they are sent`);
  if (takenUp.mails > 0) console.log(`${takenUp.mails} mails are not sent, but shown inside Atende`);
  if (takenUp.calls > 0) console.log(`${takenUp.calls} calls are looked for at the other side and not made again`);
}
