import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { InquiryData } from '../../domain/definition/plan.js';
import { withoutPersonal } from '../../domain/task/form.js';
import type { PlanStore } from '../definition/index.js';
import { inquiryData } from '../inquiry/index.js';
import { metBy } from '../proof/index.js';

type Person = { readonly id: string; readonly name: string };

/** One inquiry as a whole (api.md, `GET /v1/inquiries/{id}`), without its messages. */
export type InquiryView = {
  readonly id: string;
  readonly number: number;
  readonly conversationId: string;
  readonly shopId: string;
  readonly channel: string;
  readonly buyerId: string;
  /** What kind of news opened it. */
  readonly category: string;
  readonly state: string;
  readonly step: string | null;
  readonly definition: { readonly key: string; readonly version: number };
  /** Every version it has run on, oldest first; `by` is who moved it there, null for routing. */
  readonly definitions: readonly {
    readonly key: string;
    readonly version: number;
    readonly from: string;
    readonly by: Person | null;
  }[];
  readonly classification: ClassificationView | null;
  readonly queue: string | null;
  readonly holder: Person | null;
  readonly tags: readonly string[];
  /** Declared fields, and what forms filled in by step; personal values only for those who work on inquiries. */
  readonly data: InquiryData;
  readonly obligations: readonly ObligationView[];
  /** The earliest open deadline on any clock. */
  readonly nextDue: string | null;
  readonly unansweredSince: string | null;
  readonly snoozedUntil: string | null;
  readonly retention: { readonly class: string | null; readonly until: string | null; readonly onHold: boolean };
  readonly linked: { readonly inquiryId: string; readonly cause: 'reopened' | 'delivery_failed' } | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  /** Only once its content has been erased. */
  readonly erased?: { readonly at: string; readonly requestId: string | null };
};

/** What the inquiry counts as now; evidence, classifier and its version are those of the last classification. */
export type ClassificationView = {
  readonly intent: string | null;
  readonly urgency: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly confidence: number | null;
  readonly evidence: readonly unknown[];
  readonly by: string;
  readonly version: string;
};

export type ObligationView = {
  readonly name: string;
  readonly instance: number;
  readonly state: string;
  readonly clock: 'wall' | 'house';
  readonly calendar: { readonly key: string; readonly version: number } | null;
  readonly startedAt: string;
  /** null while paused. */
  readonly deadline: string | null;
  readonly breachedAt: string | null;
  readonly metAt: string | null;
  readonly metBy: { readonly by: string; readonly messageId?: string } | null;
  readonly cause: string | null;
};

type Row = {
  readonly id: string;
  readonly number: number;
  readonly conversationId: string;
  readonly shopId: string;
  readonly channel: string;
  readonly buyerId: string;
  readonly category: string;
  readonly status: string;
  readonly step: string | null;
  readonly definitionKey: string;
  readonly definitionVersion: number;
  readonly stateful: InquiryState | null;
  readonly data: Buffer | null;
  readonly intent: string | null;
  readonly urgency: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly queue: string | null;
  readonly holderId: string | null;
  readonly holderName: string | null;
  readonly tags: readonly string[];
  readonly nextDue: number | null;
  readonly unansweredSince: number | null;
  readonly retentionClass: string | null;
  readonly retainUntil: number | null;
  readonly onHold: boolean;
  readonly linkedId: string | null;
  readonly linkedCause: 'reopened' | 'delivery_failed' | null;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly erasedAt: number | null;
  readonly version: number;
};

const INQUIRY = `
  select i.id, i.number, i.conversation_id as "conversationId", i.shop_id as "shopId", i.channel,
         i.buyer_id as "buyerId", i.category, i.status, i.step, i.definition_key as "definitionKey",
         i.definition_version as "definitionVersion", i.state as stateful, i.data, i.intent, i.urgency, i.sensitive, i.language,
         i.queue_key as queue, i.holder_id as "holderId", h.name as "holderName", i.tags, i.due_any as "nextDue",
         i.unanswered_since as "unansweredSince", i.retention_class as "retentionClass",
         i.retain_until as "retainUntil", i.linked_inquiry_id as "linkedId", i.linked_cause as "linkedCause",
         i.opened_at as "openedAt", i.closed_at as "closedAt", i.erased_at as "erasedAt", i.version,
         exists (select from hold o where o.tenant_id = i.tenant_id and o.released_at is null
                    and (o.scope_kind = 'tenant' or (o.scope_kind = 'inquiry' and o.scope_id = i.id)
                         or (o.scope_kind = 'buyer' and o.scope_id = i.buyer_id))) as "onHold"
    from inquiry i left join member h on h.tenant_id = i.tenant_id and h.id = i.holder_id
   where i.tenant_id = $1 and i.id = $2`;

const OBLIGATIONS = `
  select name, instance, state, clock, calendar_key as "calendarKey", calendar_version as "calendarVersion",
         started_at as "startedAt", deadline, breached_at as "breachedAt", met_at as "metAt", met_by ->> 'by' as "metBy",
         cause
    from obligation where tenant_id = $1 and inquiry_id = $2 order by started_at, name, instance`;

/** The entry of the last classification: evidence stands in the history, not in the state. */
const CLASSIFIED = `
  select x.entry -> 'data' -> 'evidence' as evidence, x.entry -> 'because' -> 'classifier' as classifier
    from event e cross join lateral jsonb_array_elements(e.entries) with ordinality as x (entry, place)
   where e.tenant_id = $1 and e.inquiry_id = $2 and x.entry ->> 'kind' = 'classification.recorded'
   order by e.seq desc, x.place desc limit 1`;

/** Each time it was brought onto another version of its definition. */
const MIGRATED = `
  select e.at, x.entry -> 'data' as data, x.entry -> 'actor' ->> 'id' as by, m.name
    from event e
    cross join lateral jsonb_array_elements(e.entries) with ordinality as x (entry, place)
    left join member m on m.tenant_id = e.tenant_id and m.id::text = x.entry -> 'actor' ->> 'id'
   where e.tenant_id = $1 and e.inquiry_id = $2 and e.kind = 'definition.changed'
     and x.entry ->> 'kind' = 'definition.migrated'
   order by e.seq`;

/** Reads single inquiries. */
export class InquiryReader {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly plans: PlanStore,
  ) {}

  /**
   * The inquiry with the version its ETag is made of, or null.
   *
   * @param personal whether the reader may see what was filled into personal fields
   */
  async read(
    tenantId: string,
    inquiryId: string,
    personal: boolean,
  ): Promise<{ readonly view: InquiryView; readonly version: number } | null> {
    return this.database.tenant(tenantId, async (tx) => {
      const row = await tx.first<Row>(INQUIRY, [tenantId, inquiryId]);
      if (!row) return null;
      const obligations = await tx.query<ObligationRow>(OBLIGATIONS, [tenantId, inquiryId]);
      const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
      const data = inquiryData(keys, inquiryId, row.data);
      const plan = await this.plans.plan(tx, row.definitionKey, row.definitionVersion);
      const view = viewOf(
        row,
        personal ? data : withoutPersonal(plan, data),
        await classification(tx, row),
        obligations.map((one) => obligationView(one, inquiryId)),
        await definitionsOf(tx, row),
      );
      return { view, version: row.version };
    });
  }
}

function viewOf(
  row: Row,
  data: InquiryView['data'],
  classified: ClassificationView | null,
  obligations: readonly ObligationView[],
  definitions: InquiryView['definitions'],
): InquiryView {
  const definition = { key: row.definitionKey, version: row.definitionVersion };
  const { linkedId, linkedCause } = row;
  return {
    id: row.id,
    number: row.number,
    conversationId: row.conversationId,
    shopId: row.shopId,
    channel: row.channel,
    buyerId: row.buyerId,
    category: row.category,
    state: row.status,
    step: row.step,
    definition,
    definitions,
    classification: classified,
    queue: row.queue,
    holder: row.holderId === null ? null : { id: row.holderId, name: row.holderName ?? row.holderId },
    tags: row.tags,
    data,
    obligations,
    nextDue: rfc3339(row.nextDue),
    unansweredSince: rfc3339(row.unansweredSince),
    snoozedUntil: rfc3339(row.stateful?.snoozedUntil ?? null),
    retention: { class: row.retentionClass, until: rfc3339(row.retainUntil), onHold: row.onHold },
    linked: linkedId === null || linkedCause === null ? null : { inquiryId: linkedId, cause: linkedCause },
    openedAt: rfc3339(row.openedAt),
    closedAt: rfc3339(row.closedAt),
    ...(row.erasedAt === null ? {} : { erased: { at: rfc3339(row.erasedAt), requestId: null } }),
  };
}

type Migrated = {
  readonly at: number;
  readonly data: { readonly fromVersion: number; readonly toVersion: number };
  readonly by: string;
  readonly name: string | null;
};

/** The versions it has followed, oldest first. */
async function definitionsOf(tx: Tx, row: Row): Promise<InquiryView['definitions']> {
  const migrated = await tx.query<Migrated>(MIGRATED, [tx.tenantId, row.id]);
  const [first] = migrated;
  const { definitionKey: key, definitionVersion } = row;
  const begun = { key, version: first?.data.fromVersion ?? definitionVersion, from: rfc3339(row.openedAt), by: null };
  return [
    begun,
    ...migrated.map(({ at, data, by, name }) => {
      return { key, version: data.toVersion, from: rfc3339(at), by: { id: by, name: name ?? by } };
    }),
  ];
}

async function classification(tx: Tx, row: Row): Promise<ClassificationView | null> {
  const last = await tx.first<{ evidence: unknown[]; classifier: { by: string; version: string } }>(CLASSIFIED, [
    tx.tenantId,
    row.id,
  ]);
  if (!last) return null;
  const { intent, urgency, sensitive, language } = row;
  const confidence = row.stateful?.confidence ?? null;
  return { intent, urgency, sensitive, language, confidence, evidence: last.evidence, ...last.classifier };
}

type ObligationRow = {
  readonly name: string;
  readonly instance: number;
  readonly state: string;
  readonly clock: 'wall' | 'house';
  readonly calendarKey: string | null;
  readonly calendarVersion: number | null;
  readonly startedAt: number;
  readonly deadline: number | null;
  readonly breachedAt: number | null;
  readonly metAt: number | null;
  readonly metBy: string | null;
  readonly cause: string | null;
};

function obligationView(row: ObligationRow, inquiryId: string): ObligationView {
  const { calendarKey: key, calendarVersion: version } = row;
  return {
    name: row.name,
    instance: row.instance,
    state: row.state,
    clock: row.clock,
    calendar: key === null || version === null ? null : { key, version },
    startedAt: rfc3339(row.startedAt),
    deadline: rfc3339(row.deadline),
    breachedAt: rfc3339(row.breachedAt),
    metAt: rfc3339(row.metAt),
    metBy: row.metBy === null ? null : metBy(row.metBy, inquiryId),
    cause: row.cause,
  };
}

function rfc3339(ms: number): string;
function rfc3339(ms: number | null): string | null;
function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
