import { createHmac, randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BootError } from '../config/index.js';
import { namesOnDisk } from '../files/index.js';
import { chooseAccount } from './account.js';
import { readIfThere, readJson, writeAtomically } from './atomic-file.js';
import { lockHome } from './home-lock.js';
import { copyNamed, copyRunningData, copyStill } from './postgres-copy.js';
import type { Copied } from './postgres-copy.js';
import { POSTGRES_MAJOR, ensureFolder, postgresPaths, postgresPrograms } from './postgres-files.js';
import { asSuperuser } from './postgres-roles.js';
import { loadCredentials } from './secrets.js';

/** The checkpoint a backup begins with writes everything that is dirty; on a slow disk that takes a while. */
const CHECKPOINT_WITHIN_MS = 10 * 60_000;

/** Folder of a backup with the files of messages, as they lie in the folder of files. */
const MESSAGE_FILES = 'files';

const manifest = z.object({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  postgres: z.number().int(),
  /** Proof of the root key without the key. */
  rootKey: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
  /** Files of messages in it; null where they are in a bucket, which is backed up by itself. */
  messageFiles: z.number().int().nullable(),
});

/** What a backup says about itself; written last, so a folder without it is none. */
export type BackupManifest = Readonly<z.output<typeof manifest>>;

export type BackupOptions = {
  readonly home: string;
  readonly folder: string;
  readonly rootKey: Uint8Array;
  /** Where files of messages lie; null where that is a bucket. */
  readonly messageFiles: string | null;
};

/**
 * Backs up the embedded PostgreSQL of a home while it runs: its data, and the passwords that open it; and the files of messages,
 * after the data, so that every file the data knows is there. Not the root key, without which nothing in it can be read, and not
 * Temporal's file, which is made again from what PostgreSQL knows.
 *
 * @throws {BootError} if the folder cannot be used
 */
export async function makeBackup({ home, folder, rootKey, messageFiles }: BackupOptions): Promise<BackupManifest> {
  makeEmpty(folder, 'the backup', 'name a folder that does not exist yet');
  const { data, portFile, socketFolder } = postgresPaths(home);
  const endpoint = { port: Number(readIfThere(portFile)), socketFolder, credentials: loadCredentials(home) };
  const copied = await asSuperuser<Copied>(
    endpoint,
    'postgres',
    (client) => copyRunningData(client, data, join(folder, 'data')),
    CHECKPOINT_WITHIN_MS,
  );
  copyPrivately(join(home, 'credentials.json'), join(folder, 'credentials.json'));
  const stored =
    messageFiles === null
      ? null
      : await copyNamed(await namesOnDisk(messageFiles), messageFiles, join(folder, MESSAGE_FILES));
  const made: BackupManifest = {
    format: 1,
    madeAt: new Date().toISOString(),
    postgres: POSTGRES_MAJOR,
    rootKey: proofOf(rootKey),
    files: copied.files + (stored?.files ?? 0),
    bytes: copied.bytes + (stored?.bytes ?? 0),
    messageFiles: stored?.files ?? null,
  };
  writeAtomically(join(folder, 'backup.json'), `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/**
 * Makes a home from a backup; the next start recovers and goes on from there. The home must be new or empty. A restore that
 * was cut short leaves a home that holds no database, to be emptied and done again.
 *
 * @param keepKey whether the root key is written to the home; false where the environment gives it
 * @throws {BootError} if the backup is none, of another major version or root key, or the home is not empty
 */
export async function restoreBackup(options: BackupOptions & { readonly keepKey: boolean }): Promise<BackupManifest> {
  const { home, folder, rootKey, messageFiles, keepKey } = options;
  const made = readManifest(folder);
  if (made.rootKey !== proofOf(rootKey)) {
    throw new BootError({
      variable: 'ATENDE_ROOT_KEY',
      message: `the backup ${folder} was made with another root key`,
      remedy: 'give the root key that was in force when it was made',
    });
  }
  makeEmpty(home, 'the home', 'set ATENDE_HOME to a new folder', 0o711);
  // Files in it would be another installation's, perhaps one that works.
  if (messageFiles !== null) makeEmpty(messageFiles, 'the folder of files', 'set ATENDE_FILES to a new folder');
  const lock = lockHome(home);
  try {
    copyPrivately(join(folder, 'credentials.json'), join(home, 'credentials.json'));
    if (keepKey) writeAtomically(join(home, 'root.key'), `${Buffer.from(rootKey).toString('base64')}\n`);
    await restoreData(home, join(folder, 'data'));
    const kept = join(folder, MESSAGE_FILES);
    if (messageFiles !== null) await copyNamed(await namesOnDisk(kept), kept, messageFiles);
  } finally {
    lock.release();
  }
  return made;
}

async function restoreData(home: string, from: string): Promise<void> {
  const paths = postgresPaths(home);
  ensureFolder(paths);
  const draft = join(paths.folder, `draft-${randomBytes(6).toString('hex')}`);
  await copyStill(from, draft);
  const { owner } = await chooseAccount(join(postgresPrograms(), 'postgres'), paths.folder);
  if (owner !== undefined) giveTo(owner, draft);
  renameSync(draft, paths.data);
}

/** PostgreSQL refuses a data folder of another user. */
function giveTo(owner: { readonly uid: number; readonly gid: number }, folder: string): void {
  chownSync(folder, owner.uid, owner.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    chownSync(join(entry.parentPath, entry.name), owner.uid, owner.gid);
  }
}

function readManifest(folder: string): BackupManifest {
  const parsed = manifest.safeParse(readJson(join(folder, 'backup.json')));
  const wrong = !parsed.success
    ? 'is no complete backup'
    : parsed.data.postgres !== POSTGRES_MAJOR
      ? `is of PostgreSQL ${parsed.data.postgres}, not ${POSTGRES_MAJOR}`
      : null;
  if (parsed.success && wrong === null) return parsed.data;
  throw new BootError({
    variable: 'folder',
    message: `${folder} ${wrong}`,
    remedy: 'name a folder that backup make has finished with this version',
  });
}

function makeEmpty(folder: string, what: string, remedy: string, mode = 0o700): void {
  const refuse = (message: string): never => {
    throw new BootError({ variable: 'folder', message: `${what} ${folder} ${message}`, remedy });
  };
  if (existsSync(folder) && readdirSync(folder).length > 0) refuse('is not empty');
  try {
    mkdirSync(folder, { recursive: true, mode });
  } catch (error) {
    refuse(`cannot be made (${error instanceof Error ? error.message : String(error)})`);
  }
}

function copyPrivately(from: string, to: string): void {
  rmSync(to, { force: true });
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

function proofOf(rootKey: Uint8Array): string {
  return createHmac('sha256', rootKey).update('atende backup').digest('hex').slice(0, 32);
}
