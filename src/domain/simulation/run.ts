import type { Plan } from '../definition/plan.js';
import type { Entry } from '../inquiry/effects.js';
import type { FactMap } from '../inquiry/facts.js';
import type { ObligationState } from '../inquiry/state.js';
import type { Assumptions } from './happening.js';
import type { Workload } from './workload.js';

/** An entry of a simulated history with its instant (epoch ms). */
export type TimelineEntry = Entry & { readonly at: number };

/** What became of one inquiry. */
export type SimulatedRun = {
  readonly inquiryId: string;
  readonly timeline: readonly TimelineEntry[];
  readonly obligations: readonly ObligationState[];
  /** Epoch ms, or null while it is open. */
  readonly closedAt: number | null;
  /** Happenings that found it closed; in life they would open another inquiry or be refused. */
  readonly afterClose: number;
  /** Acts that found no task to be done to, or nobody to do them. */
  readonly withoutTask: number;
  /** Set where a decision failed and the simulation of this inquiry ended. */
  readonly failed: 'decision_failed' | 'without_end' | null;
};

/** What all inquiries of a simulation share. */
export type Scene = {
  readonly plan: Plan;
  readonly lasting: FactMap;
  readonly workload: Workload;
  readonly assume: Assumptions;
};
