import { median } from '../statistics.js';

const ROUNDS = 7;
const ROUND_MICROS = 400_000;

/**
 * Median of some rounds, in microseconds of CPU time per unit, which other load on the machine hardly moves; `work` tells how
 * many units it did. The first round warms up.
 */
export function microsPer(work: () => number, rounds = ROUNDS): number {
  const taken = Array.from({ length: rounds + 1 }, () => {
    const before = process.cpuUsage();
    let used = 0;
    let units = 0;
    while (used < ROUND_MICROS) {
      units += work();
      const { user, system } = process.cpuUsage(before);
      used = user + system;
    }
    return used / units;
  });
  return median(taken.slice(1));
}
