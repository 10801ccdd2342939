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

/**
 * Runs inquiries through a plan on a virtual clock, all together, so that they share people and turns. Plain values in,
 * plain values out: the same arguments give the same answer, and no side effect is possible.
 *
 * @returns what became of each, in the order given
 */
export function simulate({ plan, surroundings, inquiries, assume, until }: Simulation): SimulatedRun[] {
  const scene = { plan, lasting: lastingFacts(surroundings), workload: new Workload(surroundings), assume };
  const virtual = inquiries.map((inquiry) => new VirtualInquiry(scene, inquiry));
  for (;;) {
    const next = earliest(virtual);
    if (next?.nextAt == null || next.nextAt > until) return virtual.map((inquiry) => inquiry.run());
    next.advanceTo(next.nextAt);
  }
}

/** The inquiry to which something happens first; of several the one that comes first in the list. */
function earliest(inquiries: readonly VirtualInquiry[]): VirtualInquiry | null {
  let first: VirtualInquiry | null = null;
  for (const inquiry of inquiries) {
    if (inquiry.nextAt === null) continue;
    if (first?.nextAt == null || inquiry.nextAt < first.nextAt) first = inquiry;
  }
  return first;
}
