import { z } from 'zod';
import { actions } from './actions.js';
import { step } from './steps.js';
import {
  anchor,
  clock,
  dataType,
  definitionKey,
  expression,
  fieldName,
  identifier,
  localizedText,
  reference,
  waitReason,
  within,
} from './values.js';

/** How much one definition may hold (docs/definitions.md); more is `limit_exceeded`. */
export const LIMITS = { steps: 100, obligations: 20, levels: 10, rules: 50 } as const;

const target = z.strictObject({ when: expression.optional(), is: within });

const targets = z
  .array(target)
  .min(1)
  .superRefine((list, context) => {
    const last = list.length - 1;
    for (const [index, { when }] of list.entries()) {
      if (index < last && when === undefined) {
        context.addIssue({ code: 'custom', path: [index], message: 'needs "when": only the last target has none' });
      }
    }
    if (list[last]?.when !== undefined) {
      context.addIssue({ code: 'custom', path: [last, 'when'], message: 'must be left out of the last target' });
    }
  });

const obligation = z.strictObject({
  within: z.union([within, targets], { error: 'must be a duration, platform or a list of { when, is }' }),
  clock: clock.optional(),
  calendar: reference.optional(),
  when: expression.optional(),
  escalate: identifier.optional(),
  pauseWhile: z.array(waitReason).min(1).optional(),
  startOn: z
    .string()
    .regex(/^(?:[a-z][a-z0-9_-]{0,62}|event:[a-z][a-z0-9_-]{0,62})$/, {
      error: 'must be opening, the id of a step or event:<name>',
    })
    .optional(),
  metBy: z
    .string()
    .regex(/^(?:human_reply|close|event:[a-z][a-z0-9_-]{0,62})$/, {
      error: 'must be human_reply, close or event:<name>',
    })
    .optional(),
});

const level = z.strictObject({ at: anchor, do: actions });

const rule = z.strictObject({ id: identifier, when: expression, do: actions, stop: z.boolean().optional() });

/** The whole language; what no release executes yet is in it too. */
export const definitionSchema = z
  .strictObject({
    atende: z.literal(1, { error: 'must be 1, the version of the language' }),
    key: definitionKey,
    title: localizedText,
    calendar: reference.optional(),
    channels: z.array(reference).min(1).optional(),
    data: z.record(fieldName, dataType).optional(),
    events: z.record(identifier, z.record(fieldName, dataType)).optional(),
    obligations: z.record(identifier, obligation).meta({ maxProperties: LIMITS.obligations }).optional(),
    escalations: z.record(identifier, z.array(level).min(1).meta({ maxItems: LIMITS.levels })).optional(),
    rules: z.array(rule).meta({ maxItems: LIMITS.rules }).optional(),
    steps: z.array(step).min(1).meta({ maxItems: LIMITS.steps }),
  })
  .meta({ title: 'Atende definition', description: 'How an inquiry is worked: steps, obligations, chains and rules' });

export type DefinitionDocument = z.infer<typeof definitionSchema>;
export type ObligationDocument = z.infer<typeof obligation>;
export type RuleDocument = z.infer<typeof rule>;

let jsonSchema: Readonly<Record<string, unknown>> | undefined;

/** The language as JSON Schema, draft 2020-12, for editors and `GET /v1/definitions/schema.json`. Made once. */
export function definitionJsonSchema(): Readonly<Record<string, unknown>> {
  jsonSchema ??= z.toJSONSchema(definitionSchema, { target: 'draft-2020-12', io: 'input' });
  return jsonSchema;
}
