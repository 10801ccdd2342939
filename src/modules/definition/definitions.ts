import type { LocalizedText, Plan } from '../../domain/definition/plan.js';
import type { Tx } from '../../platform/database/index.js';
import { DefinitionEntity, DefinitionVersionEntity } from './definition.entities.js';
import type { DefinitionVersionRow } from './definition.entities.js';

/** A definition as a list shows it. Instants are epoch ms. */
export type DefinitionSummary = {
  readonly id: string;
  readonly key: string;
  /** Of the newest published version, like what follows; null before the first. */
  readonly title: LocalizedText | null;
  readonly version: number | null;
  readonly checksum: string | null;
  readonly channels: readonly string[] | null;
  readonly publishedAt: number | null;
  readonly publishedBy: string | null;
  readonly draft: { readonly version: number; readonly at: number; readonly by: string | null } | null;
};

/** A published version without its text. */
export type PublishedVersion = {
  readonly version: number;
  readonly checksum: string;
  readonly contentType: string;
  readonly publishedAt: number;
  readonly publishedBy: string | null;
  /** Who saved the draft it was made of. */
  readonly draftedBy: string | null;
  /** Why, in the publisher's words. */
  readonly reason: string | null;
};

/** A text exactly as it was sent. */
export type DefinitionText = { readonly text: string; readonly contentType: string; readonly version: number };

const SUMMARY = `
  select d.id, d.key, v.plan->'title' as title, v.version, v.checksum, v.plan->'channels' as channels,
         v.published_at as "publishedAt", v.published_by as "publishedBy",
         case when d.draft is not null then jsonb_build_object('version', d.draft_version, 'by', d.draft_by) end as draft,
         d.draft_at as "draftAt"
    from definition d
    left join definition_version v on v.tenant_id = d.tenant_id and v.definition_id = d.id and v.version = d.version
   where d.tenant_id = $1`;

type SummaryRow = Omit<DefinitionSummary, 'draft'> & {
  readonly draft: { readonly version: number; readonly by: string | null } | null;
  readonly draftAt: number | null;
};

/** Reading definitions: what exists, and exact texts. */
export class Definitions {
  /** Up to `limit` definitions by key, those after `afterKey`. */
  async list(tx: Tx, afterKey: string | null, limit: number): Promise<DefinitionSummary[]> {
    const rows = await tx.query<SummaryRow>(`${SUMMARY} and ($2::text is null or d.key > $2) order by d.key limit $3`, [
      tx.tenantId,
      afterKey,
      limit,
    ]);
    return rows.map(summarised);
  }

  /** One definition, or null. */
  async read(tx: Tx, key: string): Promise<DefinitionSummary | null> {
    const row = await tx.first<SummaryRow>(`${SUMMARY} and d.key = $2`, [tx.tenantId, key]);
    return row === undefined ? null : summarised(row);
  }

  /** The draft as it was sent, or null. */
  async draft(tx: Tx, key: string): Promise<DefinitionText | null> {
    const row = await tx.em.findOne(DefinitionEntity, { tenantId: tx.tenantId, key });
    if (row === null || row.draft === null || row.draftType === null) return null;
    return { text: row.draft, contentType: row.draftType, version: row.draftVersion };
  }

  /** Up to `limit` versions, newest first, those before `beforeVersion`; null without such a definition. */
  async versions(tx: Tx, key: string, beforeVersion: number | null, limit: number): Promise<PublishedVersion[] | null> {
    const { tenantId } = tx;
    const definition = await tx.em.findOne(DefinitionEntity, { tenantId, key });
    if (definition === null) return null;
    const before = beforeVersion === null ? {} : { version: { $lt: beforeVersion } };
    return tx.em.find(
      DefinitionVersionEntity,
      { tenantId, definitionId: definition.id, ...before },
      {
        orderBy: { version: 'desc' },
        limit,
        fields: ['version', 'checksum', 'contentType', 'publishedAt', 'publishedBy', 'draftedBy', 'reason'],
      },
    );
  }

  /** The text of a published version, to the byte, or null. */
  async text(tx: Tx, key: string, version: number): Promise<DefinitionText | null> {
    const row = await this.#version(tx, key, version);
    return row === null ? null : { text: row.source, contentType: row.contentType, version };
  }

  /** The plan of a published version that exists. */
  async plan(tx: Tx, key: string, version: number): Promise<Plan> {
    const row = await this.#version(tx, key, version);
    if (row === null) throw new Error(`There is no version ${version} of ${key}`);
    return row.plan;
  }

  async #version(tx: Tx, key: string, version: number): Promise<DefinitionVersionRow | null> {
    const { tenantId } = tx;
    const definition = await tx.em.findOne(DefinitionEntity, { tenantId, key });
    if (definition === null) return null;
    return tx.em.findOne(DefinitionVersionEntity, { tenantId, definitionId: definition.id, version });
  }
}

function summarised({ draft, draftAt, ...row }: SummaryRow): DefinitionSummary {
  return { ...row, draft: draft === null || draftAt === null ? null : { ...draft, at: draftAt } };
}
