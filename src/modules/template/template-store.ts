import type { TemplateFacts } from '../../domain/inquiry/facts.js';
import type { Tx } from '../../platform/database/index.js';

/** Sources kept in memory per process; versions never change. */
const KEPT = 5_000;

export type TemplateVersion = {
  readonly key: string;
  readonly locale: string;
  readonly form: 'letter' | 'chat';
  readonly version: number;
};

/** Reads templates for decisions and drafts. */
export class TemplateStore {
  readonly #sources = new Map<string, string>();

  /** The live versions of a template, one per locale and form. */
  async live(tx: Tx, key: string): Promise<TemplateFacts> {
    return tx.query<TemplateFacts[number]>(
      'select locale, form, version from template where tenant_id = $1 and key = $2 order by locale, form',
      [tx.tenantId, key],
    );
  }

  /** The source of one version; a missing one is a defect, because versions are never deleted. */
  async source(tx: Tx, template: TemplateVersion): Promise<string> {
    const cacheKey = [tx.tenantId, template.key, template.locale, template.form, template.version].join('|');
    const known = this.#sources.get(cacheKey);
    if (known !== undefined) return known;
    const row = await tx.one<{ source: string }>(
      `select v.source from template t
         join template_version v on v.tenant_id = t.tenant_id and v.template_id = t.id
        where t.tenant_id = $1 and t.key = $2 and t.locale = $3 and t.form = $4 and v.version = $5`,
      [tx.tenantId, template.key, template.locale, template.form, template.version],
    );
    if (this.#sources.size >= KEPT) this.#sources.clear();
    this.#sources.set(cacheKey, row.source);
    return row.source;
  }
}
