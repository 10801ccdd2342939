import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process in a form that survives it: a bare pid may belong to another program after a restart. */
export type ProcessRef = {
  readonly pid: number;
  /** When it was started, in a form that two processes with one pid never share. */
  readonly identity: string;
};

const linux = process.platform === 'linux';

/**
 * What tells this process from a later one with the same pid: boot and start tick on Linux, start second elsewhere.
 *
 * @returns undefined if no such process lives; one that has ended but was not reaped counts as ended
 */
export function identityOf(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return linux ? linuxIdentity(pid) : ask(pid, 'lstart');
}

/** This process, for others to find. */
export function thisProcess(): ProcessRef {
  return { pid: process.pid, identity: identityOf(process.pid) ?? '' };
}

/** Whether that very process still lives. */
export function isAlive(ref: ProcessRef): boolean {
  return identityOf(ref.pid) === ref.identity;
}

/** The command line of a process, arguments separated by spaces; empty when it is gone or hidden from us. */
export function commandOf(pid: number): string {
  if (!linux) return ask(pid, 'command') ?? '';
  return readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() ?? '';
}

/** One step of ending a process: the signal, and how long (ms) to wait for its effect. */
export type StopStep = { readonly signal: NodeJS.Signals; readonly waitMs: number };

/**
 * Ends a process by each signal in turn until it is gone.
 *
 * @returns whether it is gone
 */
export async function stopProcess(ref: ProcessRef, steps: readonly StopStep[]): Promise<boolean> {
  for (const step of steps) {
    if (!isAlive(ref)) return true;
    sendSignal(ref.pid, step.signal);
    const end = Date.now() + step.waitMs;
    while (isAlive(ref) && Date.now() < end) await sleep(20);
  }
  return !isAlive(ref);
}

/** Sends a signal; a process that is already gone is what the sender wanted. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function linuxIdentity(pid: number): string | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTick] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' || startTick === undefined ? undefined : `${bootId()}/${startTick}`;
}

let knownBootId: string | undefined;

function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function ask(pid: number, column: string): string | undefined {
  try {
    const output = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
    return output.toString('utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
