import { createHash } from 'node:crypto';
import { done, refused } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { memberOf, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { namesGivenTo } from '../definition/index.js';
import { checkTemplate, variablesOf } from './rendering/index.js';
import type { TemplateCheck } from './rendering/index.js';
import { TemplateEntity, TemplateVersionEntity } from './template.entities.js';
import type { TemplateRow, TemplateVersionRow } from './template.entities.js';

/** What a template is called by: one text per key, locale and form is live. */
export type TemplateName = { readonly key: string; readonly locale: string; readonly form: 'letter' | 'chat' };

/** A version of a template as operators see it. Instants are epoch ms. */
export type ConfiguredTemplate = TemplateName & {
  readonly id: string;
  readonly version: number;
  readonly source: string;
  /** SHA-256 of the source, hex. */
  readonly contentHash: string;
  readonly variables: readonly string[];
  readonly createdAt: number;
  readonly createdBy: string | null;
};

export type TemplateSummary = Omit<ConfiguredTemplate, 'source' | 'variables'>;

const LIST = `
  select t.id, t.key, t.locale, t.form, t.version, v.content_hash as "contentHash", v.created_at as "createdAt",
         v.created_by as "createdBy"
    from template t
    join template_version v on v.tenant_id = t.tenant_id and v.template_id = t.id and v.version = t.version
   where t.tenant_id = $1 and ($2::text is null or t.key = $2)
     and ($3::text is null or (t.key, t.locale, t.form) > ($3, $4, $5))
   order by t.key, t.locale, t.form limit $6`;

/** Writing the texts a tenant sends. */
export class Templates {
  /** Up to `limit` live templates by key, locale and form, those after `after`; of one key when it is named. */
  async list(
    tx: Tx,
    filter: { readonly key?: string | undefined },
    after: TemplateName | null,
    limit: number,
  ): Promise<TemplateSummary[]> {
    const { key = null } = filter;
    return tx.query<TemplateSummary>(LIST, [
      tx.tenantId,
      key,
      after?.key ?? null,
      after?.locale ?? null,
      after?.form ?? null,
      limit,
    ]);
  }

  /** One version of a template, the live one when none is named; or null. */
  async read(tx: Tx, id: string, version?: number): Promise<ConfiguredTemplate | null> {
    const { tenantId } = tx;
    const template = await tx.em.findOne(TemplateEntity, { tenantId, id });
    if (template === null) return null;
    const row = await tx.em.findOne(TemplateVersionEntity, {
      tenantId,
      templateId: id,
      version: version ?? template.version,
    });
    return row === null ? null : configured(template, row);
  }

  /** The live version of a template by its name, or null. */
  async live(tx: Tx, name: TemplateName): Promise<ConfiguredTemplate | null> {
    const template = await tx.em.findOne(TemplateEntity, { tenantId: tx.tenantId, ...name });
    return template === null ? null : this.read(tx, template.id);
  }

  /** Up to `limit` versions of a template, newest first, those before `beforeVersion`; null without such a template. */
  async versions(
    tx: Tx,
    id: string,
    beforeVersion: number | null,
    limit: number,
  ): Promise<ConfiguredTemplate[] | null> {
    const { tenantId } = tx;
    const template = await tx.em.findOne(TemplateEntity, { tenantId, id });
    if (template === null) return null;
    const before = beforeVersion === null ? {} : { version: { $lt: beforeVersion } };
    const rows = await tx.em.find(
      TemplateVersionEntity,
      { tenantId, templateId: id, ...before },
      { orderBy: { version: 'desc' }, limit },
    );
    return rows.map((row) => configured(template, row));
  }

  /** Checks a source for what the steps in force give a template of this key. */
  async check(tx: Tx, key: string, source: string): Promise<TemplateCheck> {
    return checkTemplate(source, variablesOf(await namesGivenTo(tx, key)));
  }

  /** Makes a source the live version of its key, locale and form. Refuses one that could not be rendered for every message. */
  async publish(
    tx: Tx,
    author: Author,
    input: TemplateName & { readonly id?: string; readonly source: string },
  ): Promise<Outcome<ConfiguredTemplate>> {
    // Definitions and templates are checked against each other, so they change one at a time.
    await takeTurn(tx, 'definition');
    const { tenantId } = tx;
    const { key, locale, form, source } = input;
    const check = await this.check(tx, key, source);
    if (check.problems.length > 0) return refused('template_invalid', { problems: check.problems });
    const known = await tx.em.findOne(TemplateEntity, { tenantId, key, locale, form });
    const id = known?.id ?? input.id ?? newId();
    const version = (known?.version ?? 0) + 1;
    if (known) await tx.em.nativeUpdate(TemplateEntity, { tenantId, id }, { version });
    else await tx.em.insert(TemplateEntity, { tenantId, id, key, locale, form, version, createdAt: author.at });
    const row = {
      version,
      source,
      contentHash: createHash('sha256').update(source, 'utf8').digest('hex'),
      variables: check.variables.map(({ path }) => path),
      minLength: check.minLength,
      createdAt: author.at,
      createdBy: memberOf(author),
    };
    await tx.em.insert(TemplateVersionEntity, { tenantId, templateId: id, ...row });
    await recordChange(tx, author, {
      action: 'template.publish',
      object: { kind: 'template', id },
      before: known ? { version: known.version } : null,
      after: { key, locale, form, version, contentHash: row.contentHash },
    });
    return done(configured({ id, key, locale, form }, row));
  }
}

function configured(
  { id, key, locale, form }: Pick<TemplateRow, 'id' | 'key' | 'locale' | 'form'>,
  row: Omit<TemplateVersionRow, 'tenantId' | 'templateId'>,
): ConfiguredTemplate {
  const { version, source, contentHash, variables, createdAt, createdBy } = row;
  return { id, key, locale, form, version, source, contentHash, variables, createdAt, createdBy };
}
