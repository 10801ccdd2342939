import type { Plan } from '../definition/plan.js';
import type { Assumptions, SimulatedInquiry } from './happening.js';
import { lastingFacts } from './surroundings.js';
import type { Surroundings } from './surroundings.js';
import { VirtualInquiry } from './virtual-inquiry.js';
import type { SimulatedRun } from './run.js';
import { Workload } from './workload.js';

export type Simulation = {
  readonly plan: Plan;
  readonly surroundings: Surroundings;
  readonly inquiries: readonly SimulatedInquiry[];
  readonly assume: Assumptions;
  /** Epoch ms; nothing that would happen later is looked at. */
  readonly until: number;
};

/** After so many steps of the clock a simulation lets others have the process. */
const STEPS_AT_A_TIME = 50;

/**
 * Runs inquiries through a plan on a virtual clock, all together, so that they share people and turns. Plain values in,
 * plain values out: the same arguments give the same answer, and no side effect is possible.
 *
 * @returns what became of each, in the order given
 */
export function simulate(simulation: Simulation): SimulatedRun[] {
  const steps = simulating(simulation);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same with pauses: whoever drives it may do something else at each, so that a long one stops nobody. */
export function* simulating(simulation: Simulation): Generator<undefined, SimulatedRun[]> {
  const { plan, surroundings, inquiries, assume, until } = simulation;
  const scene = { plan, lasting: lastingFacts(surroundings), workload: new Workload(surroundings), assume };
  const virtual = inquiries.map((inquiry) => new VirtualInquiry(scene, inquiry));
  for (let step = 1; ; step += 1) {
    if (step % STEPS_AT_A_TIME === 0) yield;
    const next = earliest(virtual);
    const at = next?.nextAt ?? null;
    if (next === null || at === null || at > until) return virtual.map((inquiry) => inquiry.run());
    next.advanceTo(at);
  }
}

/** The inquiry to which something happens first; of several the one that comes first in the list. */
function earliest(inquiries: readonly VirtualInquiry[]): VirtualInquiry | null {
  let first: VirtualInquiry | null = null;
  let soonest = Infinity;
  for (const inquiry of inquiries) {
    if (inquiry.nextAt === null || inquiry.nextAt >= soonest) continue;
    first = inquiry;
    soonest = inquiry.nextAt;
  }
  return first;
}
