import { readdirSync, readFileSync } from 'node:fs';

/** CPU and memory of groups of processes, from procfs. */

/** Length of a clock tick of `/proc/<pid>/stat` in ms: Linux reports 100 a second on every platform Node runs on. */
const TICK_MS = 10;

/** Groups by name, each with the process at its root. */
export type Roots = Readonly<Record<string, number>>;
export type ByGroup = Readonly<Record<string, number>>;

type Stat = { readonly pid: number; readonly parent: number; readonly cpuMs: number };

/**
 * CPU time in ms each group has used, of processes that have ended too. A group is the tree below its root without the trees
 * of other groups.
 */
export function cpuOf(roots: Roots): ByGroup {
  const stats = readStats();
  return perGroup(roots, stats, (pid) => stats.get(pid)?.cpuMs ?? 0);
}

/** Memory of each group in bytes: what is shared counts in parts (PSS). */
export function memoryOf(roots: Roots): ByGroup {
  return perGroup(roots, readStats(), pssOf);
}

/** What each group has used between two readings. */
export function difference(before: ByGroup, after: ByGroup): ByGroup {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

function perGroup(roots: Roots, stats: ReadonlyMap<number, Stat>, measure: (pid: number) => number): ByGroup {
  const groupOf = new Map(Object.entries(roots).map(([name, pid]) => [pid, name]));
  const sums = Object.fromEntries(Object.keys(roots).map((name) => [name, 0]));
  for (const { pid } of stats.values()) {
    const group = nearest(pid, stats, groupOf);
    if (group !== null) sums[group] = (sums[group] ?? 0) + measure(pid);
  }
  return sums;
}

function nearest(pid: number, stats: ReadonlyMap<number, Stat>, groupOf: ReadonlyMap<number, string>): string | null {
  for (let current = pid; current > 1; current = stats.get(current)?.parent ?? 0) {
    const group = groupOf.get(current);
    if (group !== undefined) return group;
  }
  return null;
}

function readStats(): ReadonlyMap<number, Stat> {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [parseStat(readFileSync(`/proc/${name}/stat`, 'utf8'))];
      } catch {
        // It has ended meanwhile; its parent has its time.
        return [];
      }
    });
  return new Map(stats.map((stat) => [stat.pid, stat]));
}

/** proc_pid_stat(5): after the name in brackets come state, parent, …; times of the process and of its ended children. */
function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return { pid: Number.parseInt(text, 10), parent: Number(fields[1]), cpuMs: ticks * TICK_MS };
}

function pssOf(pid: number): number {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
