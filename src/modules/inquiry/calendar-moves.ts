import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Calendar } from '../../domain/calendar/types.js';
import { isMovable, movedDeadline } from '../../domain/inquiry/reapply.js';
import type { ObligationState } from '../../domain/inquiry/state.js';
import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import type { CalendarStore } from '../calendar/index.js';
import { memberOf, recordChange } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { nextPosition } from '../conversation/index.js';
import { requestWork } from '../work/index.js';
import { putInbox } from './inbox.js';

/** A deadline another version of its calendar would move; instants are epoch ms. */
export type Move = {
  readonly inquiryId: string;
  readonly obligation: string;
  readonly instance: number;
  readonly from: number;
  readonly to: number;
};

/** Every deadline that would move, those that bite first listed up to a limit. */
export type Preview = { readonly total: number; readonly moved: readonly Move[] };

/** What was asked for and not done: the obligation has ended, paused or moved since, or would end elsewhere by now. */
export type NotMoved = Omit<Move, 'from' | 'to'> & { readonly code: 'ended' | 'changed' };

export type Reapplied = { readonly applied: number; readonly skipped: readonly NotMoved[] };

/** Inquiries read at a time. */
const PAGE = 500;

type OpenRow = {
  readonly id: string;
  readonly conversationId: string;
  readonly obligations: readonly ObligationState[];
};

const OPEN = `
  select i.id, i.conversation_id as "conversationId", i.state -> 'obligations' as obligations from inquiry i
   where i.tenant_id = $1 and i.closed_at is null and ($4::uuid is null or i.id > $4)
     and exists (select from obligation o where o.tenant_id = i.tenant_id and o.inquiry_id = i.id
                    and o.calendar_key = $2 and o.state = 'running' and o.deadline > $3)
   order by i.id limit ${PAGE}`;

const NAMED = `
  select i.id, i.conversation_id as "conversationId", i.state -> 'obligations' as obligations from inquiry i
   where i.tenant_id = $1 and i.id = any($2) and i.closed_at is null order by i.conversation_id, i.id`;

/** Which open deadlines a version of a calendar would move, and moving them: nothing else touches running obligations. */
export class CalendarMoves {
  constructor(private readonly calendars: CalendarStore) {}

  /** The open deadlines that `next` would move at `now` (epoch ms), earliest new deadline first. */
  async preview(tx: Tx, next: Calendar, now: number, limit: number): Promise<Preview> {
    const all: Move[] = [];
    for (let after: string | null = null; ;) {
      const rows: OpenRow[] = await tx.query<OpenRow>(OPEN, [tx.tenantId, next.key, instant(now), after]);
      for (const row of rows) all.push(...this.#moves(row, next, now));
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE) break;
    }
    return { total: all.length, moved: all.sort((a, b) => a.to - b.to).slice(0, limit) };
  }

  /**
   * Puts obligations onto the newest version of their calendar, as a preview showed them: one that would end elsewhere by now is
   * left alone. Each inquiry hears of it through its inbox, like of anything else.
   */
  async reapply(
    tx: Tx,
    author: Author,
    calendar: { readonly id: string; readonly key: string; readonly version: number },
    moves: readonly Omit<Move, 'from'>[],
  ): Promise<Outcome<Reapplied>> {
    const next = await this.calendars.latest(tx, calendar.key);
    if (next === null) return refused('not_found');
    const stale = staleness(calendar.version, next.version);
    if (stale) return stale;
    const rows = await tx.query<OpenRow>(NAMED, [tx.tenantId, [...new Set(moves.map(({ inquiryId }) => inquiryId))]]);
    const skipped: NotMoved[] = [];
    const good = new Map<OpenRow, Move[]>();
    const found = new Map(rows.map((row) => [row.id, row]));
    const possible = new Map<string, readonly Move[]>();
    for (const row of rows) possible.set(row.id, this.#moves(row, next, author.at));
    for (const { to, ...named } of moves) {
      const [row, move] = [found.get(named.inquiryId), findMove(possible.get(named.inquiryId), named)];
      if (row === undefined || move === undefined) skipped.push({ ...named, code: 'ended' });
      else if (move.to !== to) skipped.push({ ...named, code: 'changed' });
      else good.set(row, [...(good.get(row) ?? []), move]);
    }
    for (const [row, chosen] of good) await tell(tx, author, next, row, chosen);
    const applied = [...good.values()].reduce((sum, chosen) => sum + chosen.length, 0);
    await recordChange(tx, author, {
      action: 'calendar.reapply',
      object: { kind: 'calendar', id: calendar.id },
      before: null,
      after: { key: next.key, version: next.version, applied, skipped: skipped.length },
    });
    return done({ applied, skipped });
  }

  #moves({ id, obligations }: OpenRow, next: Calendar, now: number): Move[] {
    const moves: Move[] = [];
    for (const obligation of obligations.filter((candidate) => isMovable(candidate, next, now))) {
      const { name, instance, deadline: from } = obligation;
      const to = movedDeadline(obligation, next);
      if (from !== null && to !== from) moves.push({ inquiryId: id, obligation: name, instance, from, to });
    }
    return moves;
  }
}

function findMove(moves: readonly Move[] = [], named: Omit<Move, 'from' | 'to'>): Move | undefined {
  return moves.find(({ obligation, instance }) => obligation === named.obligation && instance === named.instance);
}

/** The sweep applies it in the database alone; the workflow is rung only if a level comes earlier than it knows. */
async function tell(tx: Tx, author: Author, next: Calendar, row: OpenRow, moves: readonly Move[]): Promise<void> {
  const memberId = memberOf(author);
  if (memberId === null || author.actor.kind !== 'member') throw new Error('Only a member moves deadlines');
  await putInbox(tx, null, {
    inquiryId: row.id,
    key: `cal:${newId()}`,
    acceptNo: await nextPosition(tx, row.conversationId),
    payload: {
      kind: 'calendar.changed',
      key: next.key,
      version: next.version,
      obligations: moves.map(({ obligation: name, instance }) => ({ name, instance })),
      actor: { memberId, role: author.actor.role },
    },
    acceptedAt: author.at,
  });
  await requestWork(tx, [{ kind: 'sweep', ref: row.id, inquiryId: row.id, dueAt: author.at }]);
}
