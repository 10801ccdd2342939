import type { Calendar, CalendarSpec } from '../../domain/calendar/types.js';
import type { PersonFacts, ShopFacts, TemplateFacts } from '../../domain/inquiry/facts.js';
import type { Surroundings } from '../../domain/simulation/surroundings.js';
import type { MemberReach } from '../../domain/notice/means.js';
import type { Tx } from '../../platform/database/index.js';
import { REACH_COLUMNS } from '../notification/index.js';
import { defaultQueue, queueFacts } from '../queue/index.js';
import type { HoursStores } from '../queue/index.js';
import { shopFacts } from '../shop/index.js';

/** The tenant as simulations see it: configuration of today, everybody present, nobody with work. */
export async function readSurroundings(tx: Tx, stores: HoursStores, now: number): Promise<Surroundings> {
  const queues = await tx.query<{ key: string }>('select key from queue where tenant_id = $1 order by key', [
    tx.tenantId,
  ]);
  const facts = [];
  for (const { key } of queues) {
    const queue = await queueFacts(tx, stores, key, now);
    if (queue === null) continue;
    facts.push({ ...queue, members: queue.members.map((member) => ({ ...member, away: false, openTasks: 0 })) });
  }
  return {
    calendars: await newestCalendars(tx),
    queues: facts,
    defaultQueue: await defaultQueue(tx),
    templates: await liveTemplates(tx),
    people: await activePeople(tx),
  };
}

/** Active shops, oldest first. */
export async function activeShops(tx: Tx): Promise<ShopFacts[]> {
  const rows = await tx.query<Parameters<typeof shopFacts>[0]>(
    `select id, key, channel, country, language, settings from shop
      where tenant_id = $1 and active order by created_at, key`,
    [tx.tenantId],
  );
  return rows.map(shopFacts);
}

/** Languages the tenant answers in. */
export async function tenantLanguages(tx: Tx): Promise<readonly string[]> {
  const row = await tx.one<{ languages: string[] }>('select languages from tenant where tenant_id = $1', [tx.tenantId]);
  return row.languages;
}

async function newestCalendars(tx: Tx): Promise<Calendar[]> {
  return tx.query<{ key: string; version: number; spec: CalendarSpec }>(
    `select c.key, v.version, v.spec from calendar c
       join calendar_version v on v.tenant_id = c.tenant_id and v.calendar_id = c.id and v.version = c.version
      where c.tenant_id = $1`,
    [tx.tenantId],
  );
}

async function liveTemplates(tx: Tx): Promise<Record<string, TemplateFacts>> {
  const rows = await tx.query<{ key: string } & TemplateFacts[number]>(
    'select key, locale, form, version from template where tenant_id = $1 order by key, locale, form',
    [tx.tenantId],
  );
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ key }) => key)].map(([key, versions]) => [
      key,
      versions.map(({ locale, form, version }) => ({ locale, form, version })),
    ]),
  );
}

async function activePeople(tx: Tx): Promise<Surroundings['people']> {
  const rows = await tx.query<PersonFacts & { key: string } & MemberReach>(
    `select m.id, m.key, m.role, m.languages, m.skills, ${REACH_COLUMNS},
            array(select q.key from queue_member qm
                    join queue q on q.tenant_id = qm.tenant_id and q.id = qm.queue_id
                   where qm.tenant_id = m.tenant_id and qm.member_id = m.id order by q.key) as queues
       from member m where m.tenant_id = $1 and m.active order by m.id`,
    [tx.tenantId],
  );
  return rows.map(({ email, webhook, ...person }) => ({ ...person, reach: { email, webhook } }));
}
