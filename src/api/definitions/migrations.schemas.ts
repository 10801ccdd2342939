import { z } from 'zod';
import { MIGRATION_BLOCKS } from '../../domain/inquiry/migration/blocks.js';
import type { NamedMember } from '../../modules/identity/index.js';
import type { CountedMigration, MigrationItem, NewMigration } from '../../modules/migration/index.js';
import { pageQuery } from '../http/paging.js';
import { instantShape, instantText, memberShape } from '../http/shapes.js';
import { keyText, plainText } from '../http/validation.js';

const MOST_VERSIONS = 100;
const MOST_STEPS = 100;
const MOST_INQUIRIES = 1_000;

const version = z.int().min(1).max(999_999_999);
const stepId = plainText(64);

/** Which open inquiries; without a member all of them. */
const filter = z.strictObject({
  versions: z.array(version).min(1).max(MOST_VERSIONS).optional(),
  step: stepId.optional(),
  queue: keyText.optional(),
  shopId: z.uuid().optional(),
  inquiryIds: z.array(z.uuid()).min(1).max(MOST_INQUIRIES).optional(),
  openedFrom: z.iso.datetime({ offset: true }).optional(),
  openedTo: z.iso.datetime({ offset: true }).optional(),
});

export const newMigrationBody = z.strictObject({
  to: version,
  steps: z
    .record(stepId, stepId)
    .refine((steps) => Object.keys(steps).length <= MOST_STEPS, `At most ${MOST_STEPS} steps`)
    .optional(),
  where: filter.optional(),
});

const STATES = ['checking', 'ready', 'applying', 'done', 'cancelled'] as const;
const ITEM_STATES = ['ok', 'blocked', 'migrated'] as const;

export const migrationQuery = z.strictObject({ ...pageQuery, state: z.enum(ITEM_STATES).optional() });
export type MigrationQuery = z.infer<typeof migrationQuery>;

const itemShape = z.object({
  inquiryId: z.uuid(),
  from: z.int(),
  ok: z.boolean(),
  state: z.enum(ITEM_STATES),
  code: z.enum(MIGRATION_BLOCKS).nullable(),
  place: z.string().nullable(),
  deadlines: z.array(
    z.object({
      obligation: z.string(),
      instance: z.int(),
      from: instantShape.nullable(),
      to: instantShape.nullable(),
    }),
  ),
  /** Levels of escalation that are due at once. */
  levelsDue: z.int(),
});

export const migrationSummaryShape = z.object({
  id: z.uuid(),
  definition: z.string(),
  to: z.int(),
  steps: z.record(z.string(), z.string()),
  where: filter,
  state: z.enum(STATES),
  counts: z.object({ ok: z.int(), blocked: z.int(), migrated: z.int() }),
  createdAt: instantShape,
  createdBy: memberShape.nullable(),
  appliedAt: instantShape.nullable(),
  appliedBy: memberShape.nullable(),
  endedAt: instantShape.nullable(),
});
export type MigrationSummaryView = z.infer<typeof migrationSummaryShape>;

export const migrationShape = migrationSummaryShape.extend({
  items: z.array(itemShape),
  nextCursor: z.string().nullable(),
});
export type MigrationView = z.infer<typeof migrationShape>;

/** What a body asks for. */
export function newMigrationOf({ to, steps = {}, where = {} }: z.infer<typeof newMigrationBody>): NewMigration {
  const { openedFrom, openedTo, ...rest } = where;
  const at = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
  return { to, steps, where: { ...rest, openedFrom: at(openedFrom), openedTo: at(openedTo) } };
}

type Name = (id: string | null) => NamedMember | null;

export function migrationSummaryView(migration: CountedMigration, named: Name): MigrationSummaryView {
  const { id, definition, to, steps, state, counts } = migration;
  const { versions, inquiryIds, openedFrom, openedTo, ...where } = migration.where;
  return {
    ...{ id, definition, to, state, counts },
    steps: { ...steps },
    where: {
      ...where,
      ...(versions === undefined ? {} : { versions: [...versions] }),
      ...(inquiryIds === undefined ? {} : { inquiryIds: [...inquiryIds] }),
      ...(openedFrom === undefined ? {} : { openedFrom: instantText(openedFrom) }),
      ...(openedTo === undefined ? {} : { openedTo: instantText(openedTo) }),
    },
    createdAt: instantText(migration.createdAt),
    createdBy: named(migration.createdBy),
    appliedAt: instantText(migration.appliedAt),
    appliedBy: named(migration.appliedBy),
    endedAt: instantText(migration.endedAt),
  };
}

export function itemView({ deadlines, state, ...item }: MigrationItem): MigrationView['items'][number] {
  return {
    ...item,
    state,
    ok: state !== 'blocked',
    deadlines: deadlines.map(({ from, to, ...named }) => ({ ...named, from: instantText(from), to: instantText(to) })),
  };
}
