import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

/** What a figure depends on beside the code. */
export type Machine = {
  readonly takenAt: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  /** Load averages at the start: a busy machine moves throughput, hardly CPU per inquiry. */
  readonly load: string;
};

/** Describes where a run takes place. */
export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    takenAt: new Date().toISOString(),
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1_073_741_824),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    commit: commitOf(),
    load: loadAverages(),
  };
}

/** One, five and fifteen minute load averages. */
export function loadAverages(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
}

function commitOf(): string {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8', stdio }).trim();
  } catch {
    return process.env['BENCH_COMMIT'] ?? 'unknown';
  }
}
