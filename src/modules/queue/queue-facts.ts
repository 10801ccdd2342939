import type { Calendar } from '../../domain/calendar/types.js';
import type { MemberFacts, PersonFacts, QueueFacts } from '../../domain/inquiry/facts.js';
import type { Tx } from '../../platform/database/index.js';
import type { CalendarStore } from '../calendar/index.js';

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

const MEMBERS = `
  select m.id, m.role, m.languages, m.capacity,
         (m.presence = 'away' and (m.presence_until is null or m.presence_until > $3)) as away,
         (select count(*)::int from task t
           where t.tenant_id = m.tenant_id and t.ended_at is null
             and (t.holder_id = m.id or (t.offered_to = m.id and t.offer_until > $3))) as "openTasks"
    from queue_member q join member m on m.tenant_id = q.tenant_id and m.id = q.member_id
   where q.tenant_id = $1 and q.queue_id = $2 and m.active
   order by q.position, m.id`;

/** What an assignment may know about a queue at an instant (epoch ms), or null when the tenant has no such queue. */
export async function queueFacts(
  tx: Tx,
  calendars: CalendarStore,
  key: string,
  now: number,
): Promise<QueueFacts | null> {
  const queue = await tx.first<{ id: string; calendarKey: string; lastChosen: string | null }>(
    `select id, calendar_key as "calendarKey", round_robin_last as "lastChosen" from queue
      where tenant_id = $1 and key = $2`,
    [tx.tenantId, key],
  );
  if (!queue) return null;
  const members = await tx.query<MemberFacts>(MEMBERS, [tx.tenantId, queue.id, new Date(now).toISOString()]);
  const calendar = (await calendars.latest(tx, queue.calendarKey)) ?? ALWAYS_OPEN;
  return { key, calendar, members, lastChosen: queue.lastChosen };
}

/** The calendar whose opening hours are the shift of a queue's members; one that is always open for a queue without any. */
export async function queueCalendar(tx: Tx, calendars: CalendarStore, key: string): Promise<Calendar> {
  const queue = await tx.first<{ calendarKey: string }>(
    'select calendar_key as "calendarKey" from queue where tenant_id = $1 and key = $2',
    [tx.tenantId, key],
  );
  return (queue && (await calendars.latest(tx, queue.calendarKey))) ?? ALWAYS_OPEN;
}

/** Whether the tenant has a queue of this key. */
export async function isQueue(tx: Tx, key: string): Promise<boolean> {
  return (await tx.first('select 1 from queue where tenant_id = $1 and key = $2', [tx.tenantId, key])) !== undefined;
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
