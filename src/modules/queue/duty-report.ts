import { isOpen } from '../../domain/calendar/working-time.js';
import type { Calendar } from '../../domain/calendar/types.js';
import { uncoveredSpans } from '../../domain/roster/coverage.js';
import type { Gap, StaffedQueue } from '../../domain/roster/coverage.js';
import { dutySpans, handoverWindow } from '../../domain/roster/duty-spans.js';
import type { Roster } from '../../domain/roster/types.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { RosterStore } from '../roster/index.js';
import { ALWAYS_OPEN } from './queue-facts.js';

/** Somebody at work for a queue: the shift, and since and until when it lasts (epoch ms); null where there is no roster. */
export type OnDuty = {
  readonly member: { readonly id: string; readonly name: string };
  readonly shift: {
    readonly key: string;
    readonly date: string;
    readonly from: number;
    readonly to: number;
    /** From when on who takes over is there as well. */
    readonly handover: { readonly from: number; readonly to: readonly OnDuty['member'][] } | null;
  } | null;
  /** Away at this instant, so that nothing is offered to them; null when another instant is asked about. */
  readonly away: boolean | null;
  /** Who works in their shift while they are away. */
  readonly substitute: { readonly id: string; readonly name: string } | null;
};

export type QueueOnDuty = {
  readonly queue: string;
  readonly roster: { readonly key: string; readonly version: number } | null;
  readonly onDuty: readonly OnDuty[];
};

/** Hours in which nobody answers a queue, or nobody in a language (null = in any). */
export type QueueGap = Gap & { readonly queue: string; readonly language: string | null; readonly zone: string };

type Member = {
  readonly id: string;
  readonly name: string;
  readonly languages: readonly string[];
  readonly away: boolean;
  readonly substituteId: string | null;
};
type QueueRow = {
  readonly key: string;
  readonly calendarKey: string;
  readonly rosterKey: string | null;
  readonly members: readonly Member[];
};
type Staffed = Omit<StaffedQueue, 'members'> & { readonly key: string; readonly members: readonly Member[] };

const QUEUES = `
  select q.key, q.calendar_key as "calendarKey", q.roster_key as "rosterKey",
         coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name, 'languages', m.languages, 'substituteId', m.substitute_id, 'away',
                            m.presence = 'away' and (m.presence_until is null or m.presence_until > statement_timestamp()))
                            order by qm.position, m.id)
                     from queue_member qm join member m on m.tenant_id = qm.tenant_id and m.id = qm.member_id
                    where qm.tenant_id = q.tenant_id and qm.queue_id = q.id and m.active), '[]') as members
    from queue q where q.tenant_id = $1 and ($2::text is null or q.key = $2) order by q.key`;

/** Who is on duty, and when nobody is: rosters seen with the queues that follow them. */
export class DutyReport {
  constructor(
    private readonly calendars: CalendarStore,
    private readonly rosters: RosterStore,
  ) {}

  /**
   * Who works for each queue, or the one named, at an instant (epoch ms), by the roster that was in force then. `now` is
   * the instant to which presence belongs; presence at another one is not known.
   */
  async onDuty(tx: Tx, at: number | null, queue: string | null, now: number): Promise<QueueOnDuty[]> {
    const instant = at ?? now;
    const queues = await this.#queues(tx, queue, (key) => this.rosters.inForceAt(tx, key, instant));
    return queues.map((staffed) => ({
      queue: staffed.key,
      roster: staffed.roster === null ? null : { key: staffed.roster.key, version: staffed.roster.version },
      onDuty: atWork(staffed, instant).map((duty) => (at === null ? duty : { ...duty, away: null, substitute: null })),
    }));
  }

  /**
   * Hours of `[from, to)` (epoch ms) in which a queue is to be answered and nobody is there, by the newest rosters and
   * calendars: for every queue or the one named; in any language and in each of those given, or those of the tenant's shops.
   */
  async uncovered(
    tx: Tx,
    period: { readonly from: number; readonly to: number },
    queue: string | null,
    languages: readonly string[] | null,
  ): Promise<QueueGap[]> {
    const asked = [null, ...(languages ?? (await shopLanguages(tx)))];
    const queues = await this.#queues(tx, queue, (key) => this.rosters.latest(tx, key));
    const gaps = queues.flatMap((staffed) =>
      asked.flatMap((language) =>
        uncoveredSpans(staffed, language, period.from, period.to).map((gap) => ({
          queue: staffed.key,
          language,
          zone: zoneOf(staffed),
          ...gap,
        })),
      ),
    );
    return gaps.sort((a, b) => a.from - b.from || compare(placeOf(a), placeOf(b)));
  }

  async #queues(tx: Tx, key: string | null, rosterOf: (key: string) => Promise<Roster | null>): Promise<Staffed[]> {
    const staffed: Staffed[] = [];
    for (const row of await tx.query<QueueRow>(QUEUES, [tx.tenantId, key])) {
      const calendar: Calendar = (await this.calendars.latest(tx, row.calendarKey)) ?? ALWAYS_OPEN;
      const roster = row.rosterKey === null ? null : await rosterOf(row.rosterKey);
      staffed.push({ key: row.key, calendar, roster, members: row.members });
    }
    return staffed;
  }
}

/** Where gaps are told in local time: with the first shift of the roster, else with the calendar. */
function zoneOf({ roster, calendar }: Staffed): string {
  return roster?.spec.shifts[0]?.zone ?? calendar.spec.zone;
}

function atWork({ members, roster, calendar }: Staffed, at: number): OnDuty[] {
  const named = (ids: readonly (string | null)[]): OnDuty['member'][] =>
    members.filter(({ id }) => ids.includes(id)).map(({ id, name }) => ({ id, name }));
  const present = ({ id, name, away, substituteId }: Member): Omit<OnDuty, 'shift'> => {
    const [substitute = null] = away ? named([substituteId]) : [];
    return { member: { id, name }, away, substitute };
  };
  if (roster === null) {
    if (!isOpen(calendar, at)) return [];
    return members.map((member) => ({ ...present(member), shift: null }));
  }
  return dutySpans(roster, at, at + 1).flatMap((span) => {
    const member = members.find(({ id }) => id === span.memberId);
    if (member === undefined) return [];
    const { shift: key, date, from, to } = span;
    const window = handoverWindow(roster, span);
    const next = named(window?.members ?? []);
    const handover = window === null || next.length === 0 ? null : { from: window.from, to: next };
    return [{ ...present(member), shift: { key, date, from, to, handover } }];
  });
}

/** Languages in which buyers are written to: those of the shops that take messages. */
async function shopLanguages(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ language: string }>(
    'select distinct language from shop where tenant_id = $1 and active order by language',
    [tx.tenantId],
  );
  return rows.map(({ language }) => language);
}

/** Gaps that begin at one instant stand by queue and language, any language first. */
export function placeOf({ queue, language }: Pick<QueueGap, 'queue' | 'language'>): string {
  return `${queue} ${language ?? ''}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
