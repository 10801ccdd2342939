import { addWorking } from '../../src/domain/calendar/working-time.js';
import type { KeyedCalendar } from '../../src/domain/calendar/types.js';
import { definitionEnvironment } from '../../test/support/definition-environment.js';
import { MONDAY, standardPlan, World } from '../../test/support/world.js';
import { median, randomFrom, round } from '../statistics.js';

/** Figures of pure functions, in this process. */
export type MicroFigures = {
  /** Decisions a second by the shipped definition, facts asked for one by one as a drain does. */
  readonly decidePerSecond: number;
  readonly decideMicros: number;
  /** Working time added to an instant on the office calendar: hours, and days across weekends and holidays. */
  readonly addHoursMicros: number;
  readonly addDaysMicros: number;
};

const ROUNDS = 7;
const ROUND_MICROS = 400_000;
/** Additions between two looks at the clock. */
const BATCH = 1_000;

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** Takes the figures; some seconds. */
export function microFigures(seed: number): MicroFigures {
  const plan = standardPlan();
  const decideMicros = microsPer(() => {
    const world = new World({ plan });
    world.open().receipt('available');
    world.reply();
    world.receipt('available');
    world.command({ kind: 'close', reasonCode: 'resolved' });
    if (world.state.closedAt === null) throw new Error('The journey did not end');
    return world.steps.length;
  });
  const random = randomFrom(seed);
  const calendar = officeCalendar();
  const add = (ms: number): number =>
    microsPer(() => {
      for (let count = 0; count < BATCH; count += 1) addWorking(calendar, MONDAY + Math.floor(random() * YEAR_MS), ms);
      return BATCH;
    });
  return {
    decidePerSecond: round(1_000_000 / decideMicros),
    decideMicros: round(decideMicros, 1),
    addHoursMicros: round(add(HOUR_MS), 2),
    addDaysMicros: round(add(27 * HOUR_MS), 2),
  };
}

function officeCalendar(): KeyedCalendar {
  const office = definitionEnvironment().calendars.find(({ key }) => key === 'br-office');
  if (office === undefined) throw new Error('The office calendar does not ship any more');
  return office;
}

/**
 * Median of some rounds, in microseconds of CPU time per unit, which other load on the machine hardly moves; `work` tells how
 * many units it did. The first round warms up.
 */
function microsPer(work: () => number): number {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
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
  return median(rounds.slice(1));
}
