import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';

/** A text by key, locale and form; `version` is the live one. */
export const TemplateEntity = defineEntity({
  name: 'Template',
  tableName: 'template',
  uniques: [{ name: 'template_tenant_id_key_locale_form_key', properties: ['tenantId', 'key', 'locale', 'form'] }],
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    key: p.text(),
    locale: p.text(),
    form: p.enum(['letter', 'chat']),
    version: p.integer(),
    createdAt: p.type(InstantType).defaultRaw('now()'),
  },
});
export type TemplateRow = InferEntity<typeof TemplateEntity>;

/** One immutable version of a text. */
export const TemplateVersionEntity = defineEntity({
  name: 'TemplateVersion',
  tableName: 'template_version',
  properties: {
    tenantId: p.uuid().primary(),
    templateId: p.uuid().primary(),
    version: p.integer().primary(),
    source: p.text(),
    /** SHA-256 of the source, hex. */
    contentHash: p.text(),
    /** Paths of the variables it names. */
    variables: p.json<readonly string[]>().default('[]'),
    /** UTF-16 units every rendering has at least. */
    minLength: p.integer().default(0),
    createdAt: p.type(InstantType).defaultRaw('now()'),
    createdBy: p.uuid().strictNullable(),
  },
});
export type TemplateVersionRow = InferEntity<typeof TemplateVersionEntity>;
