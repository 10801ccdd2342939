import type { MetBy } from '../../domain/definition/plan.js';
import { ledgerOf } from '../../domain/obligation/ledger.js';
import type { LedgerSegment, Pause } from '../../domain/obligation/ledger.js';
import { phasesOf } from '../../domain/obligation/phases.js';
import type { PhaseEntry } from '../../domain/obligation/phases.js';
import type { PauseSpan } from '../../domain/inquiry/state.js';
import { instant } from '../../platform/database/index.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { StoredEntry } from '../history/index.js';
import { taskIdOf } from '../inquiry/index.js';
import { rfc3339 } from './present.js';

/** The ledger of one obligation as it is shown (api.md, `GET …/ledger`). */
export type LedgerView = {
  readonly name: string;
  readonly instance: number;
  readonly state: string;
  readonly clock: 'wall' | 'house';
  readonly calendar: { readonly key: string; readonly version: number } | null;
  readonly startedAt: string;
  /** null while it is open; then the segments reach to now. */
  readonly endedAt: string | null;
  readonly deadline: string | null;
  /** Counts from 1 and rises with each change of the target. */
  readonly version: number;
  /** When a later computation took the place of this one; null for the newest. */
  readonly replacedAt: string | null;
  readonly segments: readonly SegmentView[];
  readonly timers: readonly TimerView[];
};

export type SegmentView = Omit<LedgerSegment, 'from' | 'to' | 'by'> & {
  readonly from: string;
  readonly to: string;
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly calendarVersion: number | null;
};

export type TimerView = {
  readonly level: number;
  readonly state: 'pending' | 'fired' | 'cancelled';
  readonly planned: string;
  readonly fired: string | null;
  readonly lateMs: number | null;
};

type ObligationRow = {
  readonly state: string;
  readonly clock: 'wall' | 'house';
  readonly calendarKey: string | null;
  readonly calendarVersion: number | null;
  readonly startedAt: number;
  readonly deadline: number | null;
  readonly metAt: number | null;
  readonly spans: readonly PauseSpan[];
  readonly conversationId: string;
};

const OBLIGATION = `
  select o.state, o.clock, o.calendar_key as "calendarKey", o.calendar_version as "calendarVersion",
         o.started_at as "startedAt", o.deadline, o.met_at as "metAt", o.spans,
         i.conversation_id as "conversationId"
    from obligation o join inquiry i on i.tenant_id = o.tenant_id and i.id = o.inquiry_id
   where o.tenant_id = $1 and o.inquiry_id = $2 and o.name = $3 and o.instance = $4`;

const TIMERS = `
  select level, state, planned_at as planned, fired_at as fired from obligation_level
   where tenant_id = $1 and inquiry_id = $2 and name = $3 and instance = $4 order by level`;

/** Entries about tasks, messages and this obligation, of every inquiry the obligation may have lasted through. */
const ENTRIES = `
  select e.inquiry_id as "inquiryId", e.at, x.entry, e.decision -> 'event' -> 'actor' ->> 'memberId' as "memberId"
    from inquiry i
    join event e on e.tenant_id = i.tenant_id and e.inquiry_id = i.id
    cross join lateral jsonb_array_elements(e.entries) with ordinality as x (entry, place)
   where i.tenant_id = $1 and i.conversation_id = $2 and (i.closed_at is null or i.closed_at >= $3)
     and (x.entry ->> 'kind' like 'task.%' or x.entry ->> 'kind' like 'message.%'
          or x.entry ->> 'kind' like 'obligation.%' or x.entry ->> 'kind' like 'approval.%')
   order by e.at, e.inquiry_id, e.seq, x.place`;

const RECEIVED = `
  select received_at as "receivedAt" from message
   where tenant_id = $1 and conversation_id = $2 and direction = 'in' and sent_at = $3 order by position limit 1`;

type EntryRow = {
  readonly inquiryId: string;
  readonly at: number;
  readonly entry: StoredEntry;
  /** Who gave the command that brought it. */
  readonly memberId: string | null;
};

/** Which ledger: of one instance, and which of its computations; the newest where no version is named. */
export type LedgerOf = {
  readonly inquiryId: string;
  readonly name: string;
  readonly instance: number;
  readonly version?: number | null;
};

/** Accounts for the time of obligations. */
export class Ledger {
  constructor(
    private readonly database: Database,
    private readonly calendars: CalendarStore,
  ) {}

  /**
   * The ledger of one instance at `now` (epoch ms): the newest computation, or an earlier one, which counts the same time on the
   * calendar it had, up to the deadline of then. Null when the inquiry has no such instance, or the instance no such version.
   */
  async read(
    tenantId: string,
    { inquiryId, name, instance, version = null }: LedgerOf,
    now: number,
  ): Promise<LedgerView | null> {
    return this.database.tenant(tenantId, async (tx) => {
      const newest = await tx.first<ObligationRow>(OBLIGATION, [tenantId, inquiryId, name, instance]);
      if (!newest) return null;
      const entries = await tx.query<EntryRow>(ENTRIES, [tenantId, newest.conversationId, instant(newest.startedAt)]);
      const own = entries.filter(
        ({ inquiryId: of, entry }) =>
          of === inquiryId && entry.data['name'] === name && entry.data['instance'] === instance,
      );
      const computed = computation(newest, own, version);
      if (computed === null) return null;
      const { row, replacedAt } = computed;
      const endedAt = endOf(row, own);
      const segments = await this.#segments(tx, row, {
        own,
        entries,
        to: endedAt ?? Math.max(now, row.startedAt),
      });
      const timers = await tx.query<TimerRow>(TIMERS, [tenantId, inquiryId, name, instance]);
      return {
        name,
        instance,
        state: row.state,
        clock: row.clock,
        calendar: calendarOf(row),
        startedAt: rfc3339(row.startedAt),
        endedAt: rfc3339(endedAt),
        deadline: rfc3339(row.deadline),
        version: computed.version,
        replacedAt: rfc3339(replacedAt),
        segments: await shownSegments(tx, segments, row.calendarVersion),
        timers: timers.filter(({ fired }) => replacedAt === null || (fired ?? Infinity) <= replacedAt).map(timerView),
      };
    });
  }

  async #segments(
    tx: Tx,
    row: ObligationRow,
    known: { readonly own: readonly EntryRow[]; readonly entries: readonly EntryRow[]; readonly to: number },
  ): Promise<LedgerSegment[]> {
    const span = { from: row.startedAt, to: known.to };
    const calendar = calendarOf(row);
    const received = await tx.first<{ receivedAt: number }>(RECEIVED, [
      tx.tenantId,
      row.conversationId,
      instant(row.startedAt),
    ]);
    return ledgerOf({
      ...span,
      clock: row.clock,
      calendar: calendar === null ? null : await this.calendars.version(tx, calendar.key, calendar.version),
      pauses: row.spans.map((pause) => pauseOf(pause, span.to, known.own)),
      phases: phasesOf(needsOf(known.own), span, received?.receivedAt ?? null, known.entries.map(phaseEntry)),
    });
  }
}

function calendarOf({ calendarKey: key, calendarVersion: version }: ObligationRow): LedgerView['calendar'] {
  return key === null || version === null ? null : { key, version };
}

type Computation = { readonly row: ObligationRow; readonly version: number; readonly replacedAt: number | null };

/**
 * A computation of an obligation by its version, the newest where none is named: each change of its target or calendar made one,
 * and tells what there was before it. Null when there is none of that number.
 */
function computation(row: ObligationRow, own: readonly EntryRow[], version: number | null): Computation | null {
  const changes = own.filter(({ entry }) => entry.kind === 'obligation.policy_applied');
  const newest = changes.length + 1;
  const next = changes[(version ?? newest) - 1];
  if (next === undefined) return (version ?? newest) === newest ? { row, version: newest, replacedAt: null } : null;
  const until = own.slice(0, own.indexOf(next));
  const calendar = until.findLast(({ entry }) => entry.because.calendar !== undefined)?.entry.because.calendar;
  const { from } = next.entry.data;
  return {
    row: {
      ...row,
      calendarKey: calendar?.key ?? null,
      calendarVersion: calendar?.version ?? null,
      deadline: typeof from === 'number' ? from : null,
    },
    version: version ?? newest,
    replacedAt: next.at,
  };
}

/** When an obligation ended: met, or cancelled at the instant its history tells; null while it is open. */
function endOf(row: ObligationRow, own: readonly EntryRow[]): number | null {
  if (row.metAt !== null) return row.metAt;
  if (row.state !== 'cancelled') return null;
  return own.findLast(({ entry }) => entry.kind === 'obligation.cancelled')?.at ?? null;
}

/** What meets it, as its history tells. */
function needsOf(own: readonly EntryRow[]): MetBy {
  const started = own.find(({ entry }) => entry.kind === 'obligation.activated');
  return started?.entry.data['needs'] as MetBy;
}

/** The act of a member that paused it, if it was one: a reply, for example, after which the buyer is waited for. */
function pauseOf(pause: PauseSpan, end: number, own: readonly EntryRow[]): Pause {
  const cause = own.find(({ entry, at }) => entry.kind === 'obligation.paused' && at === pause.from);
  return { from: pause.from, to: pause.to ?? end, reason: pause.reason, by: cause?.memberId ?? null };
}

function phaseEntry({ inquiryId, at, entry }: EntryRow): PhaseEntry {
  const { task, taskId, send, author, offeredTo, memberId } = entry.data;
  const moved = entry.kind === 'task.handed_over' || entry.kind === 'task.reassigned';
  const offered = moved ? memberId : offeredTo;
  return {
    at,
    kind: entry.kind,
    task: typeof task === 'string' ? taskIdOf(inquiryId, task) : typeof taskId === 'string' ? taskId : null,
    send: typeof send === 'string' ? `${inquiryId}/${send}` : null,
    author: author === 'human' || author === 'automated' ? author : null,
    offered: typeof offered === 'string',
  };
}

type TimerRow = { level: number; state: TimerView['state']; planned: number; fired: number | null };

function timerView({ level, state, planned, fired }: TimerRow): TimerView {
  const lateMs = fired === null ? null : Math.max(0, fired - planned);
  return { level, state, planned: rfc3339(planned), fired: rfc3339(fired), lateMs };
}

async function shownSegments(
  tx: Tx,
  segments: readonly LedgerSegment[],
  version: number | null,
): Promise<SegmentView[]> {
  const ids = [...new Set(segments.flatMap(({ by }) => (by === null ? [] : [by])))];
  const rows =
    ids.length === 0
      ? []
      : await tx.query<{ id: string; name: string }>(
          'select id, name from member where tenant_id = $1 and id = any($2::uuid[])',
          [tx.tenantId, ids],
        );
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return segments.map((segment) => ({
    ...segment,
    from: rfc3339(segment.from),
    to: rfc3339(segment.to),
    by: segment.by === null ? null : { id: segment.by, name: names.get(segment.by) ?? segment.by },
    calendarVersion: version,
  }));
}
