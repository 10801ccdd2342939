import { addWorking } from '../../src/domain/calendar/working-time.js';
import type { KeyedCalendar } from '../../src/domain/calendar/types.js';
import { decide } from '../../src/domain/inquiry/decide.js';
import type { DecideInput } from '../../src/domain/inquiry/decide.js';
import { definitionEnvironment } from '../../test/support/definition-environment.js';
import { MONDAY, standardPlan, World } from '../../test/support/world.js';
import { checkDefinition } from '../../src/modules/definition/language/index.js';
import { randomFrom, round } from '../statistics.js';
import { microsPer } from './cpu-time.js';
import { largeDefinition } from './large-definition.js';
import { monthSeconds } from './month.js';

/** Figures of pure functions, in this process. */
export type MicroFigures = {
  /** Decisions a second by the shipped definition, all along one inquiry, with the facts at hand. */
  readonly decidePerSecond: number;
  readonly decideMicros: number;
  /** The same decisions with their facts asked for one by one, and made up by the test world that answers. */
  readonly askingMicros: number;
  /** Working time added to an instant on the office calendar: hours, and days across weekends and holidays. */
  readonly addHoursMicros: number;
  readonly addDaysMicros: number;
  /** Reading, checking and compiling a definition of 100 steps that fills every part of the language. */
  readonly compileMillis: number;
  /** Simulating 500 inquiries of a month. */
  readonly monthSeconds: number;
};

/** Additions between two looks at the clock. */
const BATCH = 1_000;

const TEXT = 'Quando chega meu pedido?';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** Takes the figures; some seconds. */
export function microFigures(seed: number): MicroFigures {
  const plan = standardPlan();
  const journey = (): World => {
    const world = new World({ plan });
    world.open(TEXT).receipt('available');
    world.reply();
    world.receipt('available');
    world.command({ kind: 'close', reasonCode: 'resolved' });
    if (world.state.closedAt === null) throw new Error('The journey did not end');
    return world;
  };
  const askingMicros = microsPer(() => journey().steps.length);
  const inputs = inputsOf(journey());
  const decideMicros = microsPer(() => {
    for (const input of inputs) if ('missing' in decide(input)) throw new Error('A recorded fact was missing');
    return inputs.length;
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
    askingMicros: round(askingMicros, 1),
    addHoursMicros: round(add(HOUR_MS), 2),
    addDaysMicros: round(add(27 * HOUR_MS), 2),
    compileMillis: round(microsPer(compiled()) / 1_000, 1),
    monthSeconds: round(monthSeconds(seed), 2),
  };
}

/** What each decision of a journey was taken on. */
function inputsOf(world: World): readonly DecideInput[] {
  return world.steps.map(({ at, event, before, decision }) => ({
    plan: world.plan,
    state: before,
    event,
    facts: decision.facts,
    texts: { m1: TEXT },
    now: at,
  }));
}

/** Compiles the large definition once a call. */
function compiled(): () => number {
  const environment = definitionEnvironment();
  const text = largeDefinition();
  return () => {
    const { plan, problems } = checkDefinition(text, 'application/yaml', environment);
    if (plan === undefined) throw new Error(JSON.stringify(problems));
    return 1;
  };
}

function officeCalendar(): KeyedCalendar {
  const office = definitionEnvironment().calendars.find(({ key }) => key === 'br-office');
  if (office === undefined) throw new Error('The office calendar does not ship any more');
  return office;
}
