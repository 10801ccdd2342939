import type { Plan } from '../../domain/definition/plan.js';
import { unmet } from '../../domain/simulation/expectations.js';
import type { Unmet } from '../../domain/simulation/expectations.js';
import { simulate, simulating } from '../../domain/simulation/simulate.js';
import type { Simulation } from '../../domain/simulation/simulate.js';
import { figuresOf } from '../../domain/simulation/figures.js';
import type { Figures } from '../../domain/simulation/figures.js';
import type { SimulatedInquiry } from '../../domain/simulation/happening.js';
import type { SimulatedRun, TimelineEntry } from '../../domain/simulation/run.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { RosterStore } from '../roster/index.js';
import { classifyMessage } from '../classification/index.js';
import { liftWords, WORDS_OF_HISTORY } from '../history/index.js';
import { readAssumptions } from './compile-assumptions.js';
import type { Fault } from './compile-assumptions.js';
import { readScenario } from './compile-scenario.js';
import type { Reading } from './compile-scenario.js';
import { readRecorded } from './recorded-inquiries.js';
import type { RecordedInquiry, RecordedPeriod } from './recorded-inquiries.js';
import type { Scenario, WrittenAssumptions } from './scenario-schema.js';
import { activeShops, readSurroundings, tenantLanguages } from './surroundings-reader.js';

/** A scenario by its name. */
export type NamedScenario = { readonly name: string; readonly scenario: Scenario };

/** What came of a scenario. */
export type ScenarioRun = { readonly name: string; readonly run: SimulatedRun; readonly unmet: readonly Unmet[] };

/** A scenario that cannot be run, because it names what does not exist. */
export type UnreadScenario = { readonly name: string; readonly faults: readonly Fault[] };

/** What came of an inquiry that really happened. */
export type RecordedRun = {
  readonly run: SimulatedRun;
  /** What it really came to, by the end of the simulated time. */
  readonly actual: Figures;
};

/** How long a scenario goes on after the last thing it names, unless the inquiry closes before. */
const GOES_ON_MS = 60 * 86_400_000;

/** Runs definitions on a virtual clock against what the tenant has set up; reads, and never writes. */
export class Simulations {
  constructor(
    readonly calendars: CalendarStore,
    readonly rosters: RosterStore,
    private readonly vault: Vault,
  ) {}

  /** The tenant as simulations of this plan see it. */
  async reading(tx: Tx, plan: Plan): Promise<Reading> {
    return {
      plan,
      surroundings: await readSurroundings(tx, this, Date.now()),
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

  /** Inquiries of a period as they happened. */
  recorded(tx: Tx, period: RecordedPeriod): Promise<RecordedInquiry[]> {
    return readRecorded(tx, this.vault, period);
  }

  /**
   * Runs recorded inquiries together through a plan until an instant (epoch ms): with what people really did, or with what is
   * assumed of them. What is shown of their histories holds nobody's words.
   */
  async again(
    reading: Reading,
    recorded: readonly RecordedInquiry[],
    assume: WrittenAssumptions | 'recorded',
    until: number,
  ): Promise<readonly RecordedRun[] | { readonly faults: readonly Fault[] }> {
    const { plan, surroundings, languages } = reading;
    const written = assume === 'recorded' ? {} : assume;
    const classified = (text: string) => classifyMessage({ text, tenantLanguages: languages, prior: null });
    const assumed = await readAssumptions(reading, written, classified);
    if ('faults' in assumed) return assumed;
    const inquiries = recorded.map(({ inquiry }) => (assume === 'recorded' ? inquiry : withoutActs(inquiry)));
    const runs = await driven({ plan, surroundings, inquiries, assume: assumed.read, until });
    return runs.map((run, index) => {
      const actual = (recorded[index]?.actual ?? []).filter(({ at }) => at <= until);
      return { run: { ...run, timeline: run.timeline.map(wordless) }, actual: figuresOf(actual) };
    });
  }
}

function withoutActs(inquiry: SimulatedInquiry): SimulatedInquiry {
  return { ...inquiry, happenings: inquiry.happenings.filter(({ kind }) => kind !== 'act') };
}

function wordless(entry: TimelineEntry): TimelineEntry {
  const [clear] = liftWords({ entries: [entry] }, WORDS_OF_HISTORY).clear.entries;
  return clear ?? entry;
}

/** Runs a simulation without keeping the process from anything else. */
async function driven(simulation: Simulation): Promise<SimulatedRun[]> {
  const steps = simulating(simulation);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
