import { auditOf } from '../support/audit-log.js';
import type { Api, ApiAnswer } from '../support/api.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Role = 'admin' | 'ops' | 'supervisor' | 'agent' | 'auditor' | 'privacyOfficer';
const ROLES: readonly Role[] = ['admin', 'ops', 'supervisor', 'agent', 'auditor', 'privacyOfficer'];

const READ_ALL: readonly Role[] = ['admin', 'ops', 'supervisor', 'auditor', 'privacyOfficer'];

/** Who may, by the contract's table; the bodies are such that nothing is changed by those who may. */
const ROUTES: readonly (readonly [string, string, readonly Role[]])[] = [
  ['GET', '/v1/shops', READ_ALL],
  ['GET', '/v1/shops/{shop}', READ_ALL],
  ['POST', '/v1/shops', ['admin']],
  ['PATCH', '/v1/shops/{shop}', ['admin']],
  ['POST', '/v1/shops/{none}/secrets', ['admin']],
  ['GET', '/v1/members', READ_ALL],
  ['POST', '/v1/members', ['admin']],
  ['PATCH', '/v1/members/{member}', ['admin']],
  ['GET', '/v1/members/{member}/keys', ['admin']],
  ['POST', '/v1/members/{none}/keys', ['admin']],
  ['DELETE', '/v1/members/{none}/keys/{none}', ['admin']],
  ['GET', '/v1/queues', READ_ALL],
  ['POST', '/v1/queues', ['ops']],
  ['PATCH', '/v1/queues/{queue}', ['ops']],
  ['GET', '/v1/calendars', READ_ALL],
  ['GET', '/v1/calendars/always', READ_ALL],
  ['GET', '/v1/calendars/always/versions', READ_ALL],
  ['POST', '/v1/calendars', ['ops']],
  ['PATCH', '/v1/calendars/always', ['ops']],
  ['GET', '/v1/connections', READ_ALL],
  ['GET', '/v1/connections/{none}', READ_ALL],
  ['GET', '/v1/connections/{none}/versions', READ_ALL],
  ['POST', '/v1/connections', ['ops']],
  ['PATCH', '/v1/connections/{none}', ['ops']],
  ['GET', '/v1/rosters', READ_ALL],
  ['GET', '/v1/rosters/on-duty', READ_ALL],
  ['POST', '/v1/rosters', ['ops']],
  ['GET', '/v1/templates', ROLES],
  ['POST', '/v1/templates', ['ops']],
  ['POST', '/v1/templates/preview', ROLES],
  ['GET', '/v1/routing', READ_ALL],
  ['PUT', '/v1/routing', ['ops']],
  ['GET', '/v1/retention', ['auditor', 'privacyOfficer']],
  ['POST', '/v1/retention', ['privacyOfficer']],
  ['PATCH', '/v1/retention/{retention}', ['privacyOfficer']],
  ['GET', '/v1/definitions', READ_ALL],
  ['GET', '/v1/definitions/schema.json', READ_ALL],
  ['GET', '/v1/definitions/standard-br', READ_ALL],
  ['GET', '/v1/definitions/standard-br/versions/1', READ_ALL],
  ['GET', '/v1/definitions/standard-br/diff?from=1&to=1', READ_ALL],
  ['POST', '/v1/definitions/standard-br/validate', READ_ALL],
  ['PUT', '/v1/definitions/standard-br/draft', ['ops']],
  ['POST', '/v1/definitions/never-seen/publish', ['ops']],
  ['POST', '/v1/definitions/standard-br/simulate', ['ops']],
  ['GET', '/v1/definitions/standard-br/migrations', READ_ALL],
  ['POST', '/v1/definitions/never-seen/migrations', ['ops']],
  ['GET', '/v1/definitions/standard-br/scenarios', READ_ALL],
  ['PUT', '/v1/definitions/standard-br/scenarios/any', ['ops']],
  ['GET', '/v1/quarantine', ['admin']],
  ['POST', '/v1/quarantine/{none}/replay', ['admin']],
];

describe('who may set up what', () => {
  let stack: Stack;
  let ids: Readonly<Record<string, string>>;
  let foreign: Readonly<Record<string, string>>;

  /** Ids of one thing of each kind. */
  async function idsOf(admin: Api, officer: Api | null): Promise<Record<string, string>> {
    const first = async (api: Api, path: string): Promise<string> =>
      (await api.get(`${path}?limit=1`)).body.items[0].id as string;
    return {
      shop: await first(admin, '/v1/shops'),
      member: await first(admin, '/v1/members'),
      queue: await first(admin, '/v1/queues'),
      calendar: await first(admin, '/v1/calendars'),
      template: await first(admin, '/v1/templates'),
      ...(officer === null ? {} : { retention: await first(officer, '/v1/retention') }),
    };
  }

  beforeAll(async () => {
    stack = await startStack();
    ids = {
      ...(await idsOf(stack.as('admin'), stack.as('privacyOfficer'))),
      none: '0192d6b2-0000-7000-8000-000000000000',
    };
    foreign = await idsOf(stack.as({ key: stack.other.keys.admin }), null);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const filled = (path: string): string => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');

  function call(api: Api, method: string, path: string): Promise<ApiAnswer> {
    if (method === 'GET') return api.get(path);
    if (method === 'DELETE') return api.delete(path);
    if (method === 'POST') return api.post(path, {});
    return method === 'PUT' ? api.put(path, {}) : api.patch(path, {});
  }

  it.each(ROUTES)('%s %s', async (method, pattern, allowed) => {
    const path = filled(pattern);
    for (const role of ROLES) {
      const { status, body } = await call(stack.as(role), method, path);
      if (allowed.includes(role)) expect([role, status]).not.toEqual([role, 403]);
      else expect([role, status, body.code]).toEqual([role, 403, 'forbidden']);
      expect(status).toBeLessThan(500);
    }
    expect((await call(stack.as(null), method, path)).status).toBe(401);
    expect((await call(stack.as({ key: 'atk_wrong' }), method, path)).status).toBe(401);
  });

  it('writes refusals down, with the actor and the object', async () => {
    await stack.as('agent').get(`/v1/shops/${ids['shop']}`);
    const refused = await auditOf(stack, 'get /v1/shops/:id');
    expect(refused.at(-1)).toMatchObject({ result: 'refused', code: 'forbidden', object: ids['shop'] });
    await stack.as('admin').post('/v1/shops', { key: 'demo', name: 'X', channel: 'webhook' });
    expect((await auditOf(stack, 'post /v1/shops')).at(-1)).toMatchObject({ result: 'conflict', code: 'key_taken' });
  });

  it.each([
    ['shops', 'shop', 'admin'],
    ['members', 'member', 'admin'],
    ['queues', 'queue', 'ops'],
    ['calendars', 'calendar', 'ops'],
    ['templates', 'template', 'ops'],
    ['retention', 'retention', 'privacyOfficer'],
  ] as const)('%s of another tenant, of nobody, and what is no id do not exist', async (word, kind, role) => {
    const api = stack.as(role);
    for (const id of [foreign[kind], ids['none'], 'not-an-id', '%00', encodeURIComponent("' or true --")]) {
      if (id === undefined) continue;
      expect([id, (await api.get(`/v1/${word}/${id}`)).status]).toEqual([id, 404]);
      if (word === 'templates') continue;
      const patched = await api.patch(`/v1/${word}/${id}`, {}, { headers: { 'if-match': '*' } });
      expect([id, patched.status]).toEqual([id, 404]);
    }
  });

  it('a search for what no text can hold is malformed', async () => {
    expect((await stack.as('ops').get('/v1/templates?key=%00')).status).toBe(400);
  });

  it('the other tenant has definitions, routing and templates of its own', async () => {
    const theirs = stack.as({ key: stack.other.keys.admin });
    await stack
      .as('ops')
      .put('/v1/definitions/secret/draft', 'key: secret', { headers: { 'content-type': 'application/yaml' } });
    expect((await theirs.get('/v1/definitions/secret')).status).toBe(404);
    expect((await theirs.get('/v1/definitions/secret/draft')).status).toBe(404);
    const names = (await theirs.get('/v1/definitions')).body.items.map(({ key }: { key: string }) => key);
    expect(names).toEqual(['standard-br']);
  });

  it.each([
    ['shops', 'shop', 'admin', { name: 'Aurora' }],
    ['members', 'member', 'admin', { capacity: 9 }],
    ['queues', 'queue', 'ops', { name: 'Noite' }],
    ['calendars', 'calendar', 'ops', { zone: 'America/Bahia' }],
    ['retention', 'retention', 'privacyOfficer', { days: 99 }],
  ] as const)('%s: a change names the version that was read, and one of two wins', async (word, kind, role, body) => {
    const api = stack.as(role);
    const path = `/v1/${word}/${ids[kind]}`;
    const tag = (await api.get(path)).headers.get('etag') ?? '';
    expect(tag).toMatch(/^"\d+"$/);
    const blind = await api.patch(path, body);
    expect([blind.status, blind.body.code]).toEqual([428, 'if_match_missing']);
    expect((await api.patch(path, body, { headers: { 'if-match': 'W/"1"' } })).status).toBe(412);
    expect((await api.patch(path, { ...body, tenantId: ids['none'] }, { headers: { 'if-match': tag } })).status).toBe(
      400,
    );
    const race = await Promise.all([1, 2, 3].map(() => api.patch(path, body, { headers: { 'if-match': tag } })));
    expect(race.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const stale = race.find(({ status }) => status === 412);
    expect([stale?.body.code, stale?.headers.get('etag')]).toEqual([
      'version_stale',
      `"${stale?.body.currentVersion}"`,
    ]);
    expect((await api.get(path)).headers.get('etag')).toBe(stale?.headers.get('etag'));
  });

  it.each([
    ['/v1/shops', 'admin', { key: 'k1', name: 'K', channel: 'webhook' }],
    ['/v1/members', 'admin', { key: 'k1', name: 'K', role: 'agent' }],
    ['/v1/queues', 'ops', { key: 'k1', name: 'K', calendar: 'always' }],
    ['/v1/templates', 'ops', { key: 'k1', locale: 'en', form: 'chat', source: 'Hi' }],
    ['/v1/retention', 'privacyOfficer', { key: 'k1', title: 'K', days: 5 }],
    ['/v1/connections', 'ops', { key: 'k1', name: 'K', baseUrl: 'https://erp.example' }],
    ['/v1/calendars', 'ops', { key: 'k1', zone: 'UTC', week: { mon: [{ from: '00:00', to: '24:00' }] } }],
  ] as const)('POST %s is done once for one Idempotency-Key', async (path, role, body) => {
    const api = stack.as(role);
    const without = await api.post(path, body, { idempotencyKey: null });
    expect([without.status, without.body.code]).toEqual([400, 'idempotency_key_missing']);
    const [first, second] = await Promise.all([1, 2].map(() => api.post(path, body, { idempotencyKey: 'same' })));
    expect([first?.status, second?.status]).toEqual([201, 201]);
    expect(second?.body).toEqual(first?.body);
    const other = await api.post(path, { ...body, key: 'k2' }, { idempotencyKey: 'same' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });
});
