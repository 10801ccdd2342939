import { z } from 'zod';
import type { SimulatedRun, TimelineEntry } from '../../domain/simulation/run.js';
import type { Unmet } from '../../domain/simulation/expectations.js';
import { figuresOf } from '../../domain/simulation/figures.js';
import { assumptions, hasBeginning, scenarioSchema, scriptEvents } from '../../modules/simulation/index.js';
import { instantShape, instantText } from '../http/shapes.js';
import { keyText } from '../http/validation.js';

const version = z.int().min(1).max(999_999_999);
const record = z.record(z.string(), z.unknown());

/** What to simulate. `to` and `version` left out: as long as it takes, and the draft. */
const simulated = scenarioSchema.partial().extend({
  /** As in a scenario; with `from` its first event may be `+5m` too. */
  script: scriptEvents.optional(),
  /** Recorded inquiries of a period, the oldest first; of this definition unless another one is named. */
  inquiries: z
    .strictObject({
      openedFrom: z.iso.datetime({ offset: true }),
      openedTo: z.iso.datetime({ offset: true }),
      limit: z.int().min(1).max(500).default(100),
      definition: keyText.optional(),
    })
    .optional(),
  /** `recorded`: what people really did, which is what is meant for recorded inquiries when left out. */
  assume: z.union([z.literal('recorded'), assumptions]).optional(),
  version: version.optional(),
  /** Beginning of the simulated time: what `+45m` counts from, and the first opening of recorded inquiries. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** End of the simulated time. */
  to: z.iso.datetime({ offset: true }).optional(),
  compareWith: version.optional(),
});
export const simulationBody = simulated
  .refine(({ script, from }) => script === undefined || from !== undefined || hasBeginning(script), {
    path: ['script', 0, 'at'],
    message: 'The first event needs an instant, or the simulation a beginning (from)',
  })
  .refine(({ script, from }) => from === undefined || !script?.some(({ at }) => Date.parse(at) < Date.parse(from)), {
    path: ['from'],
    message: 'Something of the script happens before',
  });
export type SimulationBody = z.infer<typeof simulationBody>;
export type RecordedBody = SimulationBody & { readonly inquiries: NonNullable<SimulationBody['inquiries']> };

const counts = z.record(z.string(), z.int());
const counted = {
  assignments: z.int(),
  byMember: counts,
  byQueue: counts,
  escalations: z.int(),
  breaches: z.int(),
  messages: z.object({ automated: z.int(), human: z.int() }),
};
const figuresShape = z.object({ ...counted, timeToAnswerMs: z.number().nullable(), closed: z.boolean() });
const totalsShape = z.object({
  ...counted,
  inquiries: z.int(),
  answered: z.int(),
  closed: z.int(),
  medianTimeToAnswerMs: z.number().nullable(),
  p90TimeToAnswerMs: z.number().nullable(),
});

const entryShape = z.object({
  at: instantShape,
  kind: z.string(),
  actor: record,
  step: z.string().nullable(),
  because: record,
  data: record,
});

const obligationShape = z.object({
  name: z.string(),
  instance: z.int(),
  state: z.string(),
  clock: z.enum(['wall', 'house']),
  calendar: z.object({ key: z.string(), version: z.int() }).nullable(),
  startedAt: instantShape,
  deadline: instantShape.nullable(),
  breachedAt: instantShape.nullable(),
  metAt: instantShape.nullable(),
});

const unmetShape = z.object({
  index: z.int(),
  expected: record,
  instead: z.array(z.object({ at: instantShape, step: z.string().nullable(), data: record })),
});

const runShape = z.object({
  name: z.string(),
  timeline: z.array(entryShape),
  obligations: z.array(obligationShape),
  figures: figuresShape,
  closedAt: instantShape.nullable(),
  afterClose: z.int(),
  withoutTask: z.int(),
  failed: z.string().nullable(),
  passed: z.boolean(),
  unmet: z.array(unmetShape),
});
export type RunView = z.infer<typeof runShape>;

const differenceShape = z.object({
  name: z.string(),
  figures: z.array(z.string()),
  before: figuresShape,
  after: figuresShape,
});

export const simulationShape = z.object({
  /** null = the draft. */
  version: z.int().nullable(),
  runs: z.array(runShape),
  totals: totalsShape,
  diff: z
    .object({
      with: z.union([z.literal('recorded'), z.object({ version: z.int() })]),
      totals: z.object({ before: totalsShape, after: totalsShape }),
      runs: z.array(differenceShape),
    })
    .nullable(),
});
export type SimulationView = z.infer<typeof simulationShape>;

/** A run as answers show it. */
export function runView(name: string, run: SimulatedRun, unmet: readonly Unmet[]): RunView {
  return {
    name,
    timeline: run.timeline.map(entryView),
    obligations: run.obligations.map((obligation) => ({
      name: obligation.name,
      instance: obligation.instance,
      state: obligation.status,
      clock: obligation.clock,
      calendar: obligation.calendar,
      startedAt: instantText(obligation.startedAt),
      deadline: instantText(obligation.deadline),
      breachedAt: instantText(obligation.breachedAt),
      metAt: instantText(obligation.metAt),
    })),
    figures: figuresOf(run.timeline),
    closedAt: instantText(run.closedAt),
    afterClose: run.afterClose,
    withoutTask: run.withoutTask,
    failed: run.failed,
    passed: run.failed === null && unmet.length === 0,
    unmet: unmet.map(({ index, expected, instead }) => ({
      index,
      expected: { ...expected, at: instantText(expected.at) },
      instead: instead.map((entry) => ({ at: instantText(entry.at), step: entry.step, data: { ...entry.data } })),
    })),
  };
}

function entryView({ at, kind, actor, step, because, data }: TimelineEntry): RunView['timeline'][number] {
  return { at: instantText(at), kind, actor: { ...actor }, step, because: { ...because }, data: { ...data } };
}
