import { sameLanguage } from '../../domain/inquiry/sending.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { renderTemplate } from '../template/index.js';
import type { TemplateStore, TemplateValues } from '../template/index.js';
import type { AutomatedText, Subject } from './automated-text.js';

export type ReplyTemplate = {
  readonly key: string;
  readonly variables: Readonly<Record<string, string>>;
};

export type ReplyText = {
  readonly text: string;
  readonly language: string;
  readonly template: { readonly key: string; readonly version: number };
};

type Context = Subject & {
  readonly language: string | null;
  readonly shopLanguage: string;
  readonly form: 'letter' | 'chat';
};

const CONTEXT = `
  select i.id, i.number, i.language, s.name as "shopName", s.language as "shopLanguage", b.id as "buyerId",
         b.name as "buyerName", case when i.channel in ('email', 'amazon') then 'letter' else 'chat' end as form
    from inquiry i
    join shop s on s.tenant_id = i.tenant_id and s.id = i.shop_id
    join buyer b on b.tenant_id = i.tenant_id and b.id = i.buyer_id
   where i.tenant_id = $1 and i.id = $2`;

/** Puts a template into words for a person who answers with it. */
export class ReplyWriter {
  constructor(
    private readonly database: Database,
    private readonly templates: TemplateStore,
    private readonly texts: AutomatedText,
  ) {}

  /**
   * The text of a template for one inquiry, in `language`, else the buyer's, else the shop's, else English.
   *
   * @returns the text, or why there is none: no such template, or a variable that nobody gave
   */
  async write(
    tenantId: string,
    inquiryId: string,
    request: { readonly template: ReplyTemplate; readonly language: string | null; readonly agentName: string },
  ): Promise<
    ReplyText | { readonly missing: 'template' } | { readonly missing: 'variable'; readonly name: string | null }
  > {
    return this.database.tenant(tenantId, async (tx) => {
      const context = await tx.one<Context>(CONTEXT, [tenantId, inquiryId]);
      const version = await this.#choose(tx, request.template.key, request.language, context);
      if (!version) return { missing: 'template' };
      const source = await this.templates.source(tx, { key: request.template.key, ...version });
      const values: TemplateValues = {
        ...(await this.texts.variables(tx, context)),
        'agent.name': request.agentName,
        ...request.template.variables,
      };
      const rendered = renderTemplate(source, values);
      if (!rendered.ok) return { missing: 'variable', name: rendered.variable ?? null };
      return {
        text: rendered.text,
        language: version.locale,
        template: { key: request.template.key, version: version.version },
      };
    });
  }

  async #choose(
    tx: Tx,
    key: string,
    language: string | null,
    context: Context,
  ): Promise<{ locale: string; form: 'letter' | 'chat'; version: number } | undefined> {
    const live = await this.templates.live(tx, key);
    for (const wanted of [language, context.language, context.shopLanguage, 'en']) {
      const spoken = wanted === null ? [] : live.filter((version) => sameLanguage(version.locale, wanted));
      const chosen = spoken.find((version) => version.form === context.form) ?? spoken[0];
      if (chosen) return chosen;
    }
    return undefined;
  }
}
