import { summaryOf } from '../../domain/history/summary.js';
import type { Because, EntryActor } from '../../domain/inquiry/effects.js';
import type { Keys, Vault } from '../../platform/crypto/index.js';
import { instant } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import { withWords } from '../history/index.js';
import type { StoredEntry } from '../history/index.js';
import { engineRefs } from './engine-events.js';
import type { EngineRef } from './engine-events.js';
import type { EngineReader } from './engine-reader.js';
import { presented, rfc3339 } from './present.js';

/** One line of the auditor's timeline (api.md, `GET …/history`). Holds no text of buyers or agents. */
export type TimelineEntry = {
  /** Number within the inquiry; null for a refused request, which changed nothing and so has none. */
  readonly seq: number | null;
  readonly at: string;
  readonly kind: string;
  readonly actor: { readonly kind: EntryActor['kind']; readonly id: string | null; readonly name: string | null };
  readonly step: string | null;
  readonly summary: string;
  readonly because: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  /** Number of the audit event that proves it; null while it has none. */
  readonly auditSeq: number | null;
  /** Where Temporal's history has it; null while that is not known. */
  readonly engine: readonly EngineRef[] | null;
};

/** Where a page of the timeline ends: instant (epoch ms), number and audit event of its last line. */
export type TimelinePosition = readonly [at: number, seq: number, auditId: string];
export type PlacedEntry = { readonly position: TimelinePosition; readonly entry: TimelineEntry };

type Line = {
  readonly at: number;
  readonly seq: number | null;
  readonly entry: StoredEntry | null;
  /** Number of the last entry of its event, and the words of that event. */
  readonly eventSeq: number | null;
  readonly words: Buffer | null;
  readonly auditId: string | null;
  readonly auditSeq: number | null;
  readonly actorKind: EntryActor['kind'] | null;
  readonly actorId: string | null;
  readonly action: string | null;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly code: string | null;
};

/** A refusal has no number and comes after what happened in the same millisecond. */
const NO_SEQ = 2_147_483_647;
const NO_AUDIT = '00000000-0000-0000-0000-000000000000';

/** Entries of the history, and refused requests that left none. */
const LINES = `
  with entries as (
    select e.at, (e.first_seq + x.place - 1)::int as seq, x.entry, (x.entry ->> 'auditId')::uuid as audit_id,
           e.seq as event_seq, e.words
      from event e cross join lateral jsonb_array_elements(e.entries) with ordinality as x (entry, place)
     where e.tenant_id = $1 and e.inquiry_id = $2),
  lines as (
    select at, seq, entry, audit_id, seq as place, '${NO_AUDIT}'::uuid as audit_place, event_seq, words from entries
    union all
    select a.at, null, null, a.id, ${NO_SEQ}, a.id, null, null from audit_event a
     where a.tenant_id = $1 and a.inquiry_id = $2 and a.result <> 'ok'
       and not exists (select from entries e where e.audit_id = a.id))
  select l.at, l.seq, l.entry, l.event_seq as "eventSeq", l.words, l.audit_id as "auditId", p.seq as "auditSeq", a.actor_kind as "actorKind",
         a.actor_id as "actorId", a.action, a.object_kind as "objectKind", a.object_id as "objectId", a.code
    from lines l
    left join audit_event a on l.seq is null and a.tenant_id = $1 and a.id = l.audit_id
    left join audit_position p on p.tenant_id = $1 and p.event_id = l.audit_id
   where $3::timestamptz is null or (l.at, l.place, l.audit_place) > ($3, $4::int, $5::uuid)
   order by l.at, l.place, l.audit_place limit $6`;

/** Reads the history of inquiries as auditors see it. */
export class Timeline {
  constructor(
    private readonly database: Database,
    private readonly engine: EngineReader,
    private readonly vault: Vault,
  ) {}

  /** Up to `limit` lines after a position, oldest first. */
  async read(
    tenantId: string,
    inquiryId: string,
    after: TimelinePosition | null,
    limit: number,
  ): Promise<PlacedEntry[]> {
    const { lines, names } = await this.database.tenant(tenantId, async (tx) => {
      const [at, seq, auditId] = after ?? [null, null, null];
      const stored = await tx.query<Line>(LINES, [tenantId, inquiryId, instant(at), seq, auditId, limit]);
      const keys = await this.vault.unlock(tx, { cases: [inquiryId] });
      const found = stored.map((line) => whole(keys, inquiryId, line));
      return { lines: found, names: await memberNames(tx, found) };
    });
    const engine = await this.#engine(tenantId, inquiryId);
    const nameOf = (id: string): string => names.get(id) ?? id;
    return lines.map((line) => ({
      position: [line.at, line.seq ?? NO_SEQ, line.seq === null ? (line.auditId ?? NO_AUDIT) : NO_AUDIT],
      entry: line.entry === null ? refusal(line, nameOf) : recorded(line, line.entry, inquiryId, nameOf, engine),
    }));
  }

  /** Where Temporal has an entry. An entry the archived history lacks came about without the engine. */
  async #engine(tenantId: string, inquiryId: string): Promise<(seq: number) => readonly EngineRef[] | null> {
    const record = await this.engine.read(tenantId, inquiryId);
    const refs = engineRefs(record?.events ?? []);
    const isWhole = record !== null && record.complete && !record.erased;
    return (seq) => refs.get(seq) ?? (isWhole ? [] : null);
  }
}

/** A line with the words of its entry. */
function whole(keys: Keys, inquiryId: string, line: Line): Line {
  const { entry, eventSeq, words } = line;
  if (entry === null || eventSeq === null) return line;
  return { ...line, entry: withWords(keys, inquiryId, eventSeq, words, entry) };
}

type NameOf = (memberId: string) => string;

function recorded(
  line: Line,
  entry: StoredEntry,
  inquiryId: string,
  nameOf: NameOf,
  engine: (seq: number) => readonly EngineRef[] | null,
): TimelineEntry {
  const data = presented(entry.data, inquiryId);
  return {
    seq: line.seq,
    at: rfc3339(line.at),
    kind: entry.kind,
    actor: actor(entry.actor.kind, entry.actor.kind === 'member' ? entry.actor.id : null, nameOf),
    step: entry.step,
    summary: summaryOf({ kind: entry.kind, actor: entry.actor, data }, nameOf),
    because: reasons(entry.because, inquiryId),
    data,
    auditSeq: line.auditSeq,
    engine: line.seq === null ? null : engine(line.seq),
  };
}

/** Values and what was passed over may hold instants; the rest is ids and versions already. */
function reasons(because: Partial<Because>, inquiryId: string): Record<string, unknown> {
  const { values, passedOver, ...rest } = because;
  return {
    ...rest,
    ...(values === undefined ? {} : { values: presented(values, inquiryId) }),
    ...(passedOver === undefined ? {} : presented({ passedOver }, inquiryId)),
  };
}

/** A request that was refused before it could become an event of the inquiry. */
function refusal(line: Line, nameOf: NameOf): TimelineEntry {
  const kind = refusalKind(line.action ?? 'request');
  const by: EntryActor =
    line.actorKind === 'member' && line.actorId !== null ? { kind: 'member', id: line.actorId } : { kind: 'system' };
  const data = { code: line.code, action: line.action, object: { kind: line.objectKind, id: line.objectId } };
  return {
    seq: null,
    at: rfc3339(line.at),
    kind,
    actor: actor(line.actorKind ?? 'system', line.actorId, nameOf),
    step: null,
    summary: summaryOf({ kind, actor: by, data }, nameOf),
    because: {},
    data,
    auditSeq: line.auditSeq,
    engine: [],
  };
}

/** `task.claim` becomes `claim.refused`, like the refusals of commands; a request is named by its route in the data. */
function refusalKind(action: string): string {
  return /^[a-z_]+\.[a-z_]+$/.test(action) ? `${action.split('.')[1]}.refused` : 'request.refused';
}

function actor(kind: EntryActor['kind'], id: string | null, nameOf: NameOf): TimelineEntry['actor'] {
  return { kind, id, name: id === null ? null : nameOf(id) };
}

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Names of the members that entries mention; ids of other things are simply not found. */
async function memberNames(tx: Tx, lines: readonly Line[]): Promise<Map<string, string>> {
  const ids = lines.flatMap(
    (line) => JSON.stringify([line.entry?.actor, line.entry?.data, line.actorId]).match(UUIDS) ?? [],
  );
  const rows = await tx.query<{ id: string; name: string }>(
    'select id, name from member where tenant_id = $1 and id = any($2::uuid[])',
    [tx.tenantId, [...new Set(ids)]],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
