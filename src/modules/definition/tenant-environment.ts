import { isReading, valuesInPath } from '../../domain/call/connection.js';
import type { ConnectionSpec } from '../../domain/call/connection.js';
import type { Calendar } from '../../domain/calendar/types.js';
import { routedChannels } from '../../domain/definition/routing.js';
import type { RoutedShop, RoutingRule } from '../../domain/definition/routing.js';
import { templateUses } from '../../domain/definition/template-uses.js';
import type { RosterSpec } from '../../domain/roster/types.js';
import type { Tx } from '../../platform/database/index.js';
import { KNOWN_CHANNELS } from './language/index.js';
import type { Environment } from './language/index.js';
import { plansInForce } from './plans-in-force.js';

/** What exists in the tenant of this transaction, as a definition of this key sees it; `now` is epoch ms. */
export async function tenantEnvironment(tx: Tx, key: string, now: number): Promise<Environment> {
  const shops = await activeShops(tx);
  const known = await calendars(tx);
  return {
    now,
    queues: await queues(tx, known),
    templates: await templates(tx, key),
    calendars: known,
    connections: await connections(tx),
    retentionClasses: await retentionClasses(tx),
    locales: await locales(tx),
    channels: KNOWN_CHANNELS,
    shopsChannels: [...new Set(shops.map(({ channel }) => channel))],
    routedChannels: routedChannels(await storedRules(tx), key, shops),
  };
}

/** Shops whose messages are routed. */
export function activeShops(tx: Tx): Promise<RoutedShop[]> {
  return tx.query<RoutedShop>(
    'select key, channel, country, language from shop where tenant_id = $1 and active order by key',
    [tx.tenantId],
  );
}

/** The tenant's routing rules; none before they were first written. */
export async function storedRules(tx: Tx): Promise<readonly RoutingRule[]> {
  const row = await tx.first<{ rules: RoutingRule[] }>('select rules from routing where tenant_id = $1', [tx.tenantId]);
  return row?.rules ?? [];
}

type QueueRow = {
  readonly key: string;
  readonly calendar: string;
  readonly members: readonly string[];
  readonly roster: { readonly key: string; readonly version: number; readonly spec: RosterSpec } | null;
};

async function queues(tx: Tx, known: readonly Calendar[]): Promise<Environment['queues']> {
  const rows = await tx.query<QueueRow>(
    `select q.key, q.calendar_key as calendar,
            array(select m.id::text from queue_member qm join member m on m.tenant_id = qm.tenant_id and m.id = qm.member_id
                   where qm.tenant_id = q.tenant_id and qm.queue_id = q.id and m.active) as members,
            (select jsonb_build_object('key', r.key, 'version', v.version, 'spec', v.spec) from roster r
               join roster_version v on v.tenant_id = r.tenant_id and v.roster_id = r.id and v.version = r.version
              where r.tenant_id = q.tenant_id and r.key = q.roster_key) as roster
       from queue q where q.tenant_id = $1 order by q.key`,
    [tx.tenantId],
  );
  return rows.map(({ key, calendar, members, roster }) => ({
    key,
    calendar,
    hasMembers: members.length > 0,
    duty: roster === null ? null : { members, roster: { ...roster, calendars: calendarsOf(roster.spec, known) } },
  }));
}

function calendarsOf({ shifts }: RosterSpec, known: readonly Calendar[]): readonly Calendar[] {
  return known.filter(({ key }) => shifts.some(({ calendar }) => calendar === key));
}

type LiveTemplate = {
  readonly key: string;
  readonly locale: string;
  readonly form: 'letter' | 'chat';
  readonly variables: readonly string[];
  readonly minLength: number;
};

async function templates(tx: Tx, key: string): Promise<Environment['templates']> {
  const rows = await tx.query<LiveTemplate>(
    `select t.key, t.locale, t.form, v.variables, v.min_length as "minLength" from template t
       join template_version v on v.tenant_id = t.tenant_id and v.template_id = t.id and v.version = t.version
      where t.tenant_id = $1 order by t.key, t.locale, t.form`,
    [tx.tenantId],
  );
  const plans = await plansInForce(tx);
  const elsewhere = new Set(
    plans.filter((plan) => plan.key !== key).flatMap((plan) => templateUses(plan).map(({ template }) => template)),
  );
  return [...Map.groupBy(rows, (row) => row.key)].map(([templateKey, versions]) => ({
    key: templateKey,
    locales: [...new Set(versions.map(({ locale }) => locale))],
    forms: [...new Set(versions.map(({ form }) => form))],
    variables: [...new Set(versions.flatMap(({ variables }) => variables))],
    minLength: Math.max(...versions.map(({ minLength }) => minLength)),
    usedElsewhere: elsewhere.has(templateKey),
  }));
}

function calendars(tx: Tx): Promise<Calendar[]> {
  return tx.query<Calendar>(
    `select c.key, c.version, v.spec from calendar c
       join calendar_version v on v.tenant_id = c.tenant_id and v.calendar_id = c.id and v.version = c.version
      where c.tenant_id = $1 order by c.key`,
    [tx.tenantId],
  );
}

async function connections(tx: Tx): Promise<Environment['connections']> {
  const rows = await tx.query<{ key: string; operations: ConnectionSpec['operations'] }>(
    `select c.key, v.spec->'operations' as operations from connection c
       join connection_version v on v.tenant_id = c.tenant_id and v.connection_id = c.id and v.version = c.version
      where c.tenant_id = $1 order by c.key`,
    [tx.tenantId],
  );
  return rows.map(({ key, operations }) => ({
    key,
    operations: Object.entries(operations).map(([name, operation]) => {
      return { name, reading: isReading(operation), needs: valuesInPath(operation.path) };
    }),
  }));
}

async function retentionClasses(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ key: string }>('select key from retention_class where tenant_id = $1 order by key', [
    tx.tenantId,
  ]);
  return rows.map(({ key }) => key);
}

async function locales(tx: Tx): Promise<readonly string[]> {
  const row = await tx.first<{ languages: string[] }>('select languages from tenant where tenant_id = $1', [
    tx.tenantId,
  ]);
  return row?.languages ?? [];
}
