import { z } from 'zod';
import type { NamedMember } from '../../modules/identity/index.js';
import type { ConfiguredTemplate, TemplateSummary } from '../../modules/template/index.js';
import { instantShape, instantText, localeText, memberShape } from '../http/shapes.js';
import { isPlainText, keyText, plainText } from '../http/validation.js';

/** What can be sent; a template's own limit is smaller and told with its place. */
const MAX_SOURCE = 65_536;

const source = plainText(MAX_SOURCE).refine((text) => text.trim() !== '', 'Some text');
const name = { key: keyText, locale: localeText, form: z.enum(['letter', 'chat']) };

export const newTemplateBody = z.strictObject({ ...name, source });

const value = z.string().max(10_000).refine(isPlainText, 'No NUL characters and no lone surrogates');
const variables = z.record(z.string().max(200), z.union([value, z.array(value).max(200)])).default({});
export const previewBody = z.union([z.strictObject({ source, variables }), z.strictObject({ ...name, variables })]);

export const templatesQuery = { key: plainText(63).optional() };

export const templateSummaryShape = z.object({
  id: z.uuid(),
  key: z.string(),
  locale: z.string(),
  form: z.enum(['letter', 'chat']),
  version: z.int(),
  contentHash: z.string(),
  createdAt: instantShape,
  createdBy: memberShape.nullable(),
});
export type TemplateSummaryView = z.infer<typeof templateSummaryShape>;

export const templateShape = templateSummaryShape.extend({ source: z.string(), variables: z.array(z.string()) });
export type TemplateView = z.infer<typeof templateShape>;

export const previewShape = z.object({
  text: z.string(),
  length: z.int(),
  variables: z.array(z.object({ path: z.string(), optional: z.boolean(), list: z.boolean() })),
});

type Name = (id: string | null) => NamedMember | null;

export function templateSummaryView(template: TemplateSummary, named: Name): TemplateSummaryView {
  const { id, key, locale, form, version, contentHash, createdAt, createdBy } = template;
  return {
    id,
    key,
    locale,
    form,
    version,
    contentHash,
    createdAt: instantText(createdAt),
    createdBy: named(createdBy),
  };
}

export function templateView(template: ConfiguredTemplate, named: Name): TemplateView {
  return { ...templateSummaryView(template, named), source: template.source, variables: [...template.variables] };
}
