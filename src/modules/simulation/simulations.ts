import type { Plan } from '../../domain/definition/plan.js';
import { unmet } from '../../domain/simulation/expectations.js';
import type { Unmet } from '../../domain/simulation/expectations.js';
import { simulate } from '../../domain/simulation/simulate.js';
import type { SimulatedRun } from '../../domain/simulation/run.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { readScenario } from './compile-scenario.js';
import type { Fault, Reading } from './compile-scenario.js';
import type { Scenario } from './scenario-schema.js';
import { activeShops, readSurroundings, tenantLanguages } from './surroundings-reader.js';

/** A scenario by its name. */
export type NamedScenario = { readonly name: string; readonly scenario: Scenario };

/** What came of a scenario. */
export type ScenarioRun = { readonly name: string; readonly run: SimulatedRun; readonly unmet: readonly Unmet[] };

/** A scenario that cannot be run, because it names what does not exist. */
export type UnreadScenario = { readonly name: string; readonly faults: readonly Fault[] };

/** How long a scenario goes on after the last thing it names, unless the inquiry closes before. */
const GOES_ON_MS = 60 * 86_400_000;

/** Runs definitions on a virtual clock against what the tenant has set up; reads, and never writes. */
export class Simulations {
  constructor(private readonly calendars: CalendarStore) {}

  /** The tenant as simulations of this plan see it. */
  async reading(tx: Tx, plan: Plan): Promise<Reading> {
    return {
      plan,
      surroundings: await readSurroundings(tx, this.calendars, Date.now()),
      shops: await activeShops(tx),
      languages: await tenantLanguages(tx),
    };
  }

  /** Runs each scenario in a world of its own, until it is closed or an instant (epoch ms) has come. */
  async scenarios(
    reading: Reading,
    scenarios: readonly NamedScenario[],
    until: number | null = null,
  ): Promise<(ScenarioRun | UnreadScenario)[]> {
    const runs: (ScenarioRun | UnreadScenario)[] = [];
    for (const { name, scenario } of scenarios) {
      const reads = await readScenario(reading, name, scenario);
      if ('faults' in reads) {
        runs.push({ name, faults: reads.faults });
        continue;
      }
      const { inquiry, assume, expect, lastAt } = reads.read;
      const { plan, surroundings } = reading;
      const end = until ?? lastAt + GOES_ON_MS;
      const [run] = simulate({ plan, surroundings, inquiries: [inquiry], assume, until: end });
      if (run !== undefined) runs.push({ name, run, unmet: unmet(expect, run.timeline) });
    }
    return runs;
  }
}
