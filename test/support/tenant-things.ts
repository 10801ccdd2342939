import { randomUUID } from 'node:crypto';
import type { DemoCredentials } from '../../src/modules/demo/index.js';
import { eventually } from './eventually.js';
import { messageEvent } from './stack.js';
import type { Stack } from './stack.js';

/** The id, or key, of one thing of each kind, by the name of its path: `inquiries`, `tasks`, … */
export type Things = Readonly<Record<string, string>>;

/** Where the ids come from: the path's word and the tenant table. */
const TABLES: Readonly<Record<string, string>> = {
  attachments: 'attachment',
  buyers: 'buyer',
  calendars: 'calendar',
  commands: 'command',
  connections: 'connection',
  conversations: 'conversation',
  holds: 'hold',
  inquiries: 'inquiry',
  messages: 'message',
  migrations: 'definition_migration',
  notifications: 'notification',
  quarantine: 'quarantine',
  queues: 'queue',
  retention: 'retention_class',
  rosters: 'roster',
  shops: 'shop',
  tasks: 'task',
  templates: 'template',
  webhooks: 'webhook',
};

/** Makes one thing of every kind in a tenant and tells their ids. */
export async function thingsOf(stack: Stack, tenant: DemoCredentials): Promise<Things> {
  const as = (member: keyof DemoCredentials['keys']): ReturnType<Stack['as']> => stack.as({ key: tenant.keys[member] });
  const to = { shopId: tenant.shopId, secret: tenant.webhookSecret };
  const attachments = [{ url: 'https://files.example/a.png', mediaType: 'image/png' }];
  const delivered = await stack.deliver(messageEvent({ attachments }), to);
  const { inquiryId } = (await delivered.json()) as { inquiryId: string };
  await eventually(
    () => stack.superuser.query('select 1 from task where tenant_id = $1', [tenant.tenantId]),
    ({ rows }) => rows.length > 0,
    90_000,
  );
  await stack.deliver({ type: 'message.received', data: {} }, to);
  await as('supervisor').post(`/v1/inquiries/${inquiryId}/notes`, { text: 'Conferir o estoque' });
  await as('ops').post('/v1/rosters', { key: 'nobody', shifts: [] });
  const draft = 'key: standard-br';
  await as('ops').put('/v1/definitions/standard-br/draft', draft, { headers: { 'content-type': 'application/yaml' } });
  await as('ops').post('/v1/definitions/standard-br/migrations', { to: 1 });
  await as('ops').post('/v1/connections', { key: 'erp', name: 'ERP', baseUrl: 'https://erp.example' });
  const told = { name: 'Pager', url: 'https://pager.example/atende', events: ['notification.created'] };
  await as('admin').post('/v1/webhooks', told);
  await as('privacyOfficer').post('/v1/holds', { scope: { inquiryId }, reason: 'Processo em curso' });
  await stack.superuser.query(
    `insert into notification (tenant_id, id, member_id, kind, created_at)
     select tenant_id, $2, id, 'obligation.warned', now() from member where tenant_id = $1 and key = 'agent'`,
    [tenant.tenantId, randomUUID()],
  );
  const ids = await Promise.all(
    Object.entries(TABLES).map(async ([word, table]) => [word, await idOf(stack, tenant.tenantId, table)] as const),
  );
  // A key may be revoked on the way; nobody asks with this one.
  const { rows } = await stack.superuser.query<{ members: string; keyId: string }>(
    `select m.id as members, k.id as "keyId" from member m join member_key k using (tenant_id)
      where tenant_id = $1 and m.key = 'agent2' and k.member_id = m.id`,
    [tenant.tenantId],
  );
  return { ...Object.fromEntries(ids), ...rows[0], definitions: 'standard-br' };
}

async function idOf(stack: Stack, tenantId: string, table: string): Promise<string> {
  const { rows } = await stack.superuser.query<{ id: string }>(`select id from ${table} where tenant_id = $1 limit 1`, [
    tenantId,
  ]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`The tenant has nothing in ${table}`);
  return id;
}
