import type { WorkingHours } from '../../domain/assignment/duty.js';
import type { ActivityFacts, MemberActivity, PersonFacts, QueueFacts } from '../../domain/inquiry/facts.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { RosterStore } from '../roster/index.js';

/** Where a queue's hours are kept. */
export type HoursStores = { readonly calendars: CalendarStore; readonly rosters: RosterStore };

type HoursKeys = { readonly calendarKey: string; readonly rosterKey: string | null };

/** A calendar that never closes, for a queue whose own calendar is gone: work must not stop for it. */
export const ALWAYS_OPEN = {
  key: 'none',
  version: 0,
  spec: {
    zone: 'UTC',
    week: Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [{ from: '00:00', to: '24:00' }]]),
    ),
    exceptions: [],
  },
} as const;

const QUEUE = `
  select calendar_key as "calendarKey", roster_key as "rosterKey", round_robin_last as "lastChosen",
         case when cap_tasks is not null then jsonb_build_object('tasks', cap_tasks, 'withinMs', cap_within_ms) end as cap,
         coalesce((
           select jsonb_agg(jsonb_build_object(
                    'id', m.id, 'role', m.role, 'languages', m.languages, 'skills', m.skills, 'capacity', m.capacity,
                    'substituteId', m.substitute_id,
                    'away', m.presence = 'away' and (m.presence_until is null or m.presence_until > $3),
                    'openTasks', (select count(*) from task t
                       where t.tenant_id = m.tenant_id and t.ended_at is null
                         and (t.holder_id = m.id or (t.offered_to = m.id and t.offer_until > $3))))
                  order by qm.position, m.id)
             from queue_member qm join member m on m.tenant_id = qm.tenant_id and m.id = qm.member_id
            where qm.tenant_id = q.tenant_id and qm.queue_id = q.id and m.active), '[]') as members
    from queue q where q.tenant_id = $1 and q.key = $2`;

type QueueRow = HoursKeys & Pick<QueueFacts, 'lastChosen' | 'cap' | 'members'>;

/** What an assignment may know about a queue at an instant (epoch ms), or null when the tenant has no such queue. */
export async function queueFacts(tx: Tx, stores: HoursStores, key: string, now: number): Promise<QueueFacts | null> {
  const queue = await tx.first<QueueRow>(QUEUE, [tx.tenantId, key, new Date(now).toISOString()]);
  if (!queue) return null;
  const { lastChosen, cap, members } = queue;
  return { key, ...(await hoursFacts(tx, stores, queue)), members, lastChosen, cap };
}

const ACTIVITY = `
  select m.id as member,
         (select max(t.ended_at) from task t
           where t.tenant_id = $1 and t.holder_id = m.id and t.ended_at is not null) as "idleSince",
         (select count(*)::int from task t
           where t.tenant_id = $1 and t.holder_id = m.id and t.claimed_at > $4
             and (t.ended_at is null or t.ended_at > $4))
         + (select count(*)::int from task t
             where t.tenant_id = $1 and t.offered_to = m.id and t.ended_at is null and t.offer_until > $3) as taken
    from queue q
    join queue_member qm on qm.tenant_id = q.tenant_id and qm.queue_id = q.id
    join member m on m.tenant_id = qm.tenant_id and m.id = qm.member_id
   where q.tenant_id = $1 and q.key = $2 and m.active`;

/** What the members of a queue did before an instant (epoch ms), within the window of its cap. */
export async function queueActivity(
  tx: Tx,
  { key, cap }: Pick<QueueFacts, 'key' | 'cap'>,
  now: number,
): Promise<ActivityFacts> {
  const since = new Date(now - (cap?.withinMs ?? 0)).toISOString();
  const params = [tx.tenantId, key, new Date(now).toISOString(), since];
  const rows = await tx.query<MemberActivity & { member: string }>(ACTIVITY, params);
  return Object.fromEntries(rows.map(({ member, ...activity }) => [member, activity]));
}

async function hoursFacts(
  tx: Tx,
  { calendars, rosters }: HoursStores,
  { calendarKey, rosterKey }: HoursKeys,
): Promise<Pick<QueueFacts, 'calendar' | 'roster'>> {
  const calendar = (await calendars.latest(tx, calendarKey)) ?? ALWAYS_OPEN;
  return { calendar, roster: rosterKey === null ? null : await rosters.latest(tx, rosterKey) };
}

const STANDS_IN = `
  select q.calendar_key as "calendarKey", q.roster_key as "rosterKey",
         array(select m.id::text from queue_member qm join member m on m.tenant_id = qm.tenant_id and m.id = qm.member_id
                where qm.tenant_id = q.tenant_id and qm.queue_id = q.id and m.active and m.substitute_id = $3
                  and m.presence = 'away' and (m.presence_until is null or m.presence_until > $4)) as absent
    from queue q where q.tenant_id = $1 and q.key = $2`;

/** When a member works for a queue, seen at an instant (epoch ms); always, for a queue that does not exist. */
export async function memberHours(
  tx: Tx,
  stores: HoursStores,
  key: string,
  memberId: string,
  now: number,
): Promise<WorkingHours> {
  const queue = await tx.first<HoursKeys & { absent: string[] }>(STANDS_IN, [
    tx.tenantId,
    key,
    memberId,
    new Date(now).toISOString(),
  ]);
  if (!queue) return { calendar: ALWAYS_OPEN, roster: null, shiftsOf: [memberId] };
  return { ...(await hoursFacts(tx, stores, queue)), shiftsOf: [memberId, ...queue.absent] };
}

/** Whether the tenant has a queue of this key. */
export async function isQueue(tx: Tx, key: string): Promise<boolean> {
  return (await tx.first('select 1 from queue where tenant_id = $1 and key = $2', [tx.tenantId, key])) !== undefined;
}

const CHOICE_TURN = `
  select pg_advisory_xact_lock(hashtextextended($1::text || '|choice|' || member_id, 0))
    from (select distinct qm.member_id from queue q
            join queue_member qm on qm.tenant_id = q.tenant_id and qm.queue_id = q.id
           where q.tenant_id = $1 and q.key = any($2) order by qm.member_id) in_order`;

/**
 * Makes choices among the same people take turns until the transaction ends, so that two of them cannot both fill an agent's
 * last place or go on from the same place of a round robin. What the choice rests on must be read afterwards. Queues without a
 * member in common do not wait for each other; members are taken in one order, after every lock of the inquiry.
 */
export async function takeChoiceTurn(tx: Tx, queues: readonly string[]): Promise<void> {
  await tx.run(CHOICE_TURN, [tx.tenantId, queues]);
}

/** Remembers whom the round robin chose, so that it goes on from there after a restart. */
export async function rotateQueue(tx: Tx, key: string, memberId: string): Promise<void> {
  await tx.post('update queue set round_robin_last = $3 where tenant_id = $1 and key = $2', [
    tx.tenantId,
    key,
    memberId,
  ]);
}

/** Key of the tenant's first queue, where work goes that nothing else places. */
export async function defaultQueue(tx: Tx): Promise<string> {
  const row = await tx.first<{ key: string }>(
    'select key from queue where tenant_id = $1 order by created_at, key limit 1',
    [tx.tenantId],
  );
  return row?.key ?? 'default';
}

const PEOPLE = `
  select m.id, m.role, m.languages, m.skills, coalesce(array_agg(q.key) filter (where q.key is not null), '{}') as queues
    from member m
    left join queue_member qm on qm.tenant_id = m.tenant_id and qm.member_id = m.id
    left join queue q on q.tenant_id = m.tenant_id and q.id = qm.queue_id
   where m.tenant_id = $1 and m.active and`;

/** Active members of a role with their queues. */
export async function peopleOfRole(tx: Tx, role: string): Promise<PersonFacts[]> {
  return tx.query<PersonFacts>(`${PEOPLE} m.role = $2 group by m.id, m.role, m.languages, m.skills order by m.id`, [
    tx.tenantId,
    role,
  ]);
}

/** An active member by id or key, or null. */
export async function person(tx: Tx, idOrKey: string): Promise<PersonFacts | null> {
  const row = await tx.first<PersonFacts>(
    `${PEOPLE} (m.id::text = $2 or m.key = $2) group by m.id, m.role, m.languages, m.skills`,
    [tx.tenantId, idOrKey],
  );
  return row ?? null;
}
