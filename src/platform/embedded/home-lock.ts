import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BootError } from '../config/index.js';
import { readJson, writeAtomically } from './atomic-file.js';
import { isAlive, thisProcess } from './processes.js';
import type { ProcessRef } from './processes.js';

/** The right to run embedded servers on a home; held until released or the process ends, however it ends. */
export type HomeLock = { release(): void };

/** Between two looks at the folder somebody else can only have made progress, so a handful of rounds settle it. */
const MAX_ROUNDS = 20;

/**
 * Takes the home for this process.
 *
 * The lock is the newest of numbered files in `<home>/lock`, each naming a process. A file whose process has ended is
 * succeeded by the next number, never replaced: of two starts that both find the holder dead, only one can make the next
 * number (a link to a finished file is all or nothing), and the other then finds a living holder. Numbers only grow, so a
 * start that is slow cannot undo what a faster one did.
 *
 * @throws {BootError} if a living process holds the home
 */
export function lockHome(home: string): HomeLock {
  const folder = join(home, 'lock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `draft-${process.pid}-${randomBytes(6).toString('hex')}`);
  writeAtomically(draft, JSON.stringify(thisProcess()));
  try {
    return { release: release(folder, acquire(folder, draft, home)) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The living process that holds the home, undefined if there is none. */
export function findHolder(home: string): ProcessRef | undefined {
  const folder = join(home, 'lock');
  const holder = existsSync(folder) ? readHolder(join(folder, String(newestNumber(folder)))) : undefined;
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

function acquire(folder: string, draft: string, home: string): number {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const newest = newestNumber(folder);
    const holder = readHolder(join(folder, String(newest)));
    if (holder !== undefined && isAlive(holder)) throw heldBy(holder, home);
    if (!link(draft, join(folder, String(newest + 1)))) continue;
    // A listing made while another start succeeded a dead holder may have shown neither file.
    if (newestNumber(folder) === newest + 1) {
      removeOlder(folder, newest + 1);
      return newest + 1;
    }
    rmSync(join(folder, String(newest + 1)), { force: true });
  }
  throw new Error(`could not settle who owns ${folder}`);
}

/** Leaves the newest number in place but names nobody in it, so that numbers keep growing. */
function release(folder: string, number: number): () => void {
  return () => writeAtomically(join(folder, String(number)), '{}');
}

function newestNumber(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
  );
}

function removeOlder(folder: string, number: number): void {
  for (const name of readdirSync(folder)) {
    if (/^\d+$/.test(name) && Number(name) < number) rmSync(join(folder, name), { force: true });
  }
}

function readHolder(path: string): ProcessRef | undefined {
  const value = readJson(path) as Partial<ProcessRef> | undefined;
  return value?.pid === undefined || value.identity === undefined
    ? undefined
    : { pid: value.pid, identity: value.identity };
}

function link(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function heldBy(holder: ProcessRef, home: string): BootError {
  return new BootError({
    variable: 'ATENDE_HOME',
    message: `already running on ${home} as process ${holder.pid}`,
    remedy: `stop it (kill ${holder.pid}) or set ATENDE_HOME to another folder`,
  });
}
