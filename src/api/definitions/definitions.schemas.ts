import { z } from 'zod';
import { DEFINITION_PARTS } from '../../domain/definition/plan-changes.js';
import type { PlanChange } from '../../domain/definition/plan-changes.js';
import type { LocalizedText } from '../../domain/definition/plan.js';
import type { DefinitionSummary, PublishedVersion } from '../../modules/definition/index.js';
import type { NamedMember } from '../../modules/identity/index.js';
import { instantShape, instantText, memberShape } from '../http/shapes.js';

export const problemShape = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
  remedy: z.string(),
});

export const checkShape = z.object({ problems: z.array(problemShape) });
export const draftShape = checkShape.extend({ version: z.int() });
export const publishedShape = checkShape.extend({ key: z.string(), version: z.int(), checksum: z.string() });

const localizedText = z.union([z.string(), z.record(z.string(), z.string())]);

export const definitionShape = z.object({
  id: z.uuid(),
  key: z.string(),
  title: localizedText.nullable(),
  version: z.int().nullable(),
  checksum: z.string().nullable(),
  channels: z.array(z.string()).nullable(),
  publishedAt: instantShape.nullable(),
  publishedBy: memberShape.nullable(),
  draft: z.object({ version: z.int(), at: instantShape, by: memberShape.nullable() }).nullable(),
});
export type DefinitionView = Omit<z.infer<typeof definitionShape>, 'title'> & { readonly title: LocalizedText | null };

export const definitionVersionShape = z.object({
  version: z.int(),
  checksum: z.string(),
  contentType: z.string(),
  publishedAt: instantShape,
  publishedBy: memberShape.nullable(),
  /** Who saved the draft it was made of; null = it came with the product. */
  draftedBy: memberShape.nullable(),
  reason: z.string().nullable(),
});
export type DefinitionVersionView = z.infer<typeof definitionVersionShape>;

const ids = z.array(z.string());
const changeShape = z.object({
  part: z.enum(DEFINITION_PARTS),
  /** Its id, name or key. */
  id: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  /** In words of the language, null = absent; a `name` is a dotted place within the part. */
  fields: z.array(z.object({ name: z.string(), before: z.json(), after: z.json() })),
});
const comparedShape = z.object({
  /** The unified format of `diff -u`, without file names; empty when the texts are equal. */
  unified: z.string(),
  steps: z.object({ added: ids, removed: ids, changed: ids }),
  /** What is different by meaning; comments, spelling and defaults that are written out are not. */
  changes: z.array(changeShape),
});

export const diffShape = comparedShape.extend({ from: z.int(), to: z.int() });
export const textDiffShape = checkShape.extend({
  /** The version it was compared with. */
  from: z.int(),
  unified: comparedShape.shape.unified,
  /** null where the text has errors. */
  steps: comparedShape.shape.steps.nullable(),
  changes: comparedShape.shape.changes.nullable(),
});

type DiffView = z.infer<typeof diffShape>;
export type TextDiffView = z.infer<typeof textDiffShape>;

/** Steps that are different, by id. */
export function stepsOf(changes: readonly PlanChange[]): DiffView['steps'] {
  const steps = (change: PlanChange['change']): string[] =>
    changes.flatMap((each) => (each.part === 'step' && each.change === change ? [each.id] : []));
  return { added: steps('added'), removed: steps('removed'), changed: steps('changed') };
}

/** Changes as answers show them. */
export function changesView(changes: readonly PlanChange[]): DiffView['changes'] {
  return changes.map((change) => ({ ...change, fields: [...change.fields] as DiffView['changes'][number]['fields'] }));
}

type Name = (id: string | null) => NamedMember | null;

export function definitionView(definition: DefinitionSummary, named: Name): DefinitionView {
  const { id, key, title, version, checksum, channels, publishedAt, publishedBy, draft } = definition;
  return {
    id,
    key,
    title,
    version,
    checksum,
    channels: channels === null ? null : [...channels],
    publishedAt: instantText(publishedAt),
    publishedBy: named(publishedBy),
    draft: draft === null ? null : { version: draft.version, at: instantText(draft.at), by: named(draft.by) },
  };
}

export function definitionVersionView(published: PublishedVersion, named: Name): DefinitionVersionView {
  const { version, checksum, contentType, reason, publishedAt, publishedBy, draftedBy } = published;
  return {
    ...{ version, checksum, contentType, reason },
    publishedAt: instantText(publishedAt),
    publishedBy: named(publishedBy),
    draftedBy: named(draftedBy),
  };
}
