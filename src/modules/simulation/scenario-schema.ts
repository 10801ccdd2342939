import { z } from 'zod';
import { parseDuration } from '../../domain/definition/durations.js';
import { INTENTS, URGENCIES } from '../../domain/definition/plan.js';

const RFC3339 = z.iso.datetime({ offset: true });
const isDuration = (text: string): boolean => parseDuration(text) !== null;

/** An instant, or `+45m`: that long after the first event of the script. */
const moment = z
  .string()
  .max(40)
  .refine(
    (text) => (text.startsWith('+') ? isDuration(text.slice(1)) : RFC3339.safeParse(text).success),
    'An instant such as 2026-02-17T13:00:00-03:00, or +45m after the first event',
  );
const duration = z.string().max(40).refine(isDuration, 'A duration such as 45m, 2h or 3d');
const isPlain = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
const key = z.string().min(1).max(100).refine(isPlain, 'No NUL characters and no lone surrogates');

const buyer = z.strictObject({
  returning: z.boolean().optional(),
  value: z.number().min(0).optional(),
  tags: z.array(z.string().min(1).max(50)).max(50).optional(),
  language: z.string().min(2).max(20).optional(),
});

const message = z.strictObject({
  text: z.string().max(10_000),
  /** Key of the shop; the tenant's first when left out. Counts for the first message, like `buyer`. */
  shop: key.optional(),
  buyer: buyer.optional(),
  /** A thread that takes one answer takes one for all of the scenario. */
  thread: z
    .strictObject({ answers: z.enum(['one', 'many']).default('many'), public: z.boolean().default(false) })
    .optional(),
  attachments: z
    .array(z.strictObject({ mediaType: z.string().min(3).max(100).refine(isPlain), size: z.int().min(0).optional() }))
    .max(20)
    .optional(),
  respondBy: RFC3339.optional(),
  windowUntil: RFC3339.optional(),
  noResponseNeeded: z.boolean().optional(),
});

/** Fields of a declared event; instants as RFC 3339. */
const reportedData = z.record(key, z.union([z.string().max(1_000).refine(isPlain), z.number(), z.boolean()]));

const by = { by: key.optional() };
const event = <T extends string, S extends z.ZodType>(type: T, data: S) =>
  z.strictObject({ at: moment, type: z.literal(type), data });

/** What happens to the inquiry, in words of the channel's payloads and of the API's acts. `by` is a member's key or id. */
export const scriptEvent = z.discriminatedUnion('type', [
  event('message.received', message),
  event(
    'message.status',
    z.strictObject({
      status: z.enum(['available', 'rejected', 'bounced', 'failed', 'uncertain']),
      reason: z.string().max(100).optional(),
    }),
  ),
  event(
    'reply.external',
    z.strictObject({ author: z.enum(['human', 'automated', 'unknown']).default('human') }).prefault({}),
  ),
  event('platform.event', z.strictObject({ name: key, data: reportedData.default({}) })),
  event('reply', z.strictObject({ ...by, close: z.boolean().default(false) }).prefault({})),
  event('not_needed', z.strictObject({ ...by, reason: key.default('not_needed') }).prefault({})),
  event('approve', z.strictObject(by).prefault({})),
  event('return', z.strictObject({ ...by, reason: key.default('returned') }).prefault({})),
  event('triage', z.strictObject({ ...by, intent: z.enum(INTENTS), urgency: z.enum(URGENCIES), queue: key })),
  event('assign', z.strictObject({ ...by, queue: key.optional(), member: key.optional() })),
  event('snooze', z.strictObject({ ...by, until: RFC3339 })),
  event('close', z.strictObject({ ...by, reason: key.default('resolved') }).prefault({})),
]);
export type ScriptEvent = z.infer<typeof scriptEvent>;

/** What is supposed to happen at a step: `after` is working time of the queue for a task, wall time otherwise. */
const assumption = z.strictObject({
  outcome: key,
  after: duration.default('0s'),
  data: z
    .object({
      text: z.string().max(10_000).optional(),
      reason: key.optional(),
      intent: z.enum(INTENTS).optional(),
      urgency: z.enum(URGENCIES).optional(),
      queue: key.optional(),
    })
    /** Fields of a form, or of the answer to a call. */
    .catchall(z.union([z.string().max(1_000).refine(isPlain), z.number(), z.boolean()]))
    .prefault({}),
});
export const assumptions = z.record(z.string().max(63), assumption);
export type WrittenAssumptions = z.infer<typeof assumptions>;

const expectation = z.strictObject({
  at: moment.optional(),
  kind: z.string().regex(/^[a-z_]+\.[a-z_]+$/, 'The kind of a history entry, such as level.fired'),
  step: z.string().max(63).optional(),
  data: z.record(z.string(), z.unknown()).prefault({}),
  /** True when no such entry may come about. */
  never: z.boolean().default(false),
});

export const scriptEvents = z.array(scriptEvent).min(1).max(200);

/** Whether a script says by itself when it begins. */
export function hasBeginning(events: readonly { readonly at: string }[]): boolean {
  return events[0]?.at.startsWith('+') === false;
}

const script = scriptEvents.refine(hasBeginning, 'The first event needs an instant');

/** A written scenario. */
export const scenarioSchema = z.strictObject({
  script,
  assume: assumptions.prefault({}),
  expect: z.array(expectation).max(200).prefault([]),
});
export type Scenario = z.infer<typeof scenarioSchema>;
export type WrittenExpectation = Scenario['expect'][number];
