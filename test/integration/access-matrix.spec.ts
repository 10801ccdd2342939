import { randomUUID } from 'node:crypto';
import { PERMISSIONS } from '../../src/domain/identity/permissions.js';
import type { Permission } from '../../src/domain/identity/permissions.js';
import { eventually } from '../support/eventually.js';
import { routesOf } from '../support/routes.js';
import type { Route } from '../support/routes.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';
import { thingsOf } from '../support/tenant-things.js';
import type { Things } from '../support/tenant-things.js';

const ROLES = ['agent', 'supervisor', 'ops', 'auditor', 'privacyOfficer', 'admin'] as const;
type Role = (typeof ROLES)[number];

const ALL: readonly Role[] = ROLES;
const BUT_AGENTS: readonly Role[] = ['supervisor', 'ops', 'auditor', 'privacyOfficer', 'admin'];

/** Who may: the contract's table "Who may", written out per permission. The code's own table is not read here. */
const MAY: Readonly<Record<Permission, readonly Role[]>> = {
  'inquiries.read': ALL,
  'inquiries.act': ['agent', 'supervisor'],
  'inquiries.supervise': ['supervisor'],
  'inquiries.event': ['supervisor', 'admin'],
  'histories.read': ['supervisor', 'ops', 'auditor', 'privacyOfficer'],
  'audit.read': ['supervisor', 'ops', 'auditor', 'privacyOfficer'],
  'definitions.read': BUT_AGENTS,
  'definitions.write': ['ops'],
  'templates.read': ALL,
  'templates.write': ['ops'],
  'shops.names': BUT_AGENTS,
  'shops.manage': ['admin'],
  'members.names': BUT_AGENTS,
  'members.manage': ['admin'],
  'webhooks.manage': ['admin'],
  'quarantine.manage': ['admin'],
  'retention.read': ['auditor', 'privacyOfficer'],
  'retention.write': ['privacyOfficer'],
  'codec.decode': ['auditor'],
  'metrics.read': ['admin'],
  own: ALL,
};

const RFC_TIME = '2031-01-01T00:00:00.000Z';
const ICAL = 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20310101\r\nEND:VEVENT\r\nEND:VCALENDAR';

/** What a request to a route carries, so that nothing but the thing it names can be wrong; `{}` for those not listed. */
const BODIES: Readonly<Record<string, unknown>> = {
  'PATCH /v1/inquiries/:id': { tags: ['vip'] },
  'PATCH /v1/buyers/:id': { tags: ['vip'] },
  'POST /v1/calendars/:id/import': { kind: 'house', name: 'Casa', source: 'A casa', ical: ICAL },
  'POST /v1/calendars/:id/reapply': {
    version: 1,
    moved: [{ inquiryId: randomUUID(), obligation: 'resolution', instance: 1, to: RFC_TIME }],
  },
  'POST /v1/definitions/:key/migrations': { to: 1 },
  'POST /v1/inquiries/:id/assign': { queue: 'sales-br' },
  'POST /v1/inquiries/:id/close': { reason: 'resolved' },
  'POST /v1/inquiries/:id/events': { name: 'claim_closed' },
  'POST /v1/inquiries/:id/notes': { text: 'Conferir' },
  'POST /v1/inquiries/:id/replies': { text: 'Bom dia!' },
  'POST /v1/inquiries/:id/replies/check': { text: 'Bom dia!' },
  'POST /v1/inquiries/:id/snooze': { until: RFC_TIME, reason: 'waiting_stock' },
  'PUT /v1/inquiries/:id/presence': { state: 'viewing' },
  'POST /v1/tasks/:id/assign': { queue: 'sales-br' },
  'POST /v1/tasks/:id/complete': { action: 'not_needed', token: 0, reason: 'spam' },
  'PUT /v1/tasks/:id/draft': { token: 0, text: 'Bom' },
  'POST /v1/tasks/:id/renew': { token: 0 },
  'POST /v1/holds/:id/release': { reason: 'Encerrado' },
};

/** Named by the caller and not by us: the same key exists in every tenant, so that there is nothing foreign about it. */
const NAMED_BY_KEY = /^\/v1\/definitions\/(?!:key\/migrations\/:id)/;

/** What is theirs to ask for and yet answered otherwise, each for a reason. */
const OTHERWISE: Readonly<Record<string, { readonly status: number; readonly roles: readonly Role[] }>> = {
  // Only what is on its way out can be cancelled; this one came in.
  'POST /v1/messages/:id/cancel': { status: 404, roles: ['agent', 'supervisor'] },
  // The supervisor's command is not the agent's to follow.
  'GET /v1/commands/:id': { status: 404, roles: ['agent'] },
  // Everybody's own; this one is the agent's.
  'POST /v1/notifications/:id/read': { status: 404, roles: BUT_AGENTS },
  // No scenario can have such a name.
  'GET /v1/definitions/:key/scenarios/:name': { status: 404, roles: BUT_AGENTS },
  'DELETE /v1/definitions/:key/scenarios/:name': { status: 404, roles: ['ops'] },
  // Whoever placed a hold does not release it.
  'POST /v1/holds/:id/release': { status: 403, roles: ['privacyOfficer'] },
};

type Sent = { readonly status: number; readonly code: string | null; readonly requestId: string };

describe('who may do what', () => {
  let stack: Stack;
  let routes: readonly Route[];
  let own: Things;
  let foreign: Things;
  let suspended: string;
  const refusedRequests: string[] = [];

  beforeAll(async () => {
    stack = await startStack();
    routes = routesOf(stack.application.nest).filter(({ access }) => access !== 'open');
    [own, foreign] = await Promise.all([thingsOf(stack, stack.demo), thingsOf(stack, stack.other)]);
    suspended = await suspendedKey(stack);
  }, 240_000);

  afterAll(() => stack.stop(), 30_000);

  it('is asked of every route that is not open to all', () => {
    expect(routes.length).toBeGreaterThan(80);
    expect(routes.filter(({ access }) => !PERMISSIONS.some((known) => known === access))).toEqual([]);
  });

  const send = async (route: Route, key: string | null, things: Things): Promise<Sent> => {
    const name = `${route.method} ${route.path}`;
    const bodied = ['POST', 'PUT', 'PATCH'].includes(route.method);
    const stop = new AbortController();
    const response = await fetch(`${stack.baseUrl}${filled(route.path, things)}`, {
      method: route.method,
      signal: stop.signal,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(bodied ? { 'content-type': 'application/json', 'if-match': '*', 'idempotency-key': randomUUID() } : {}),
      },
      ...(bodied ? { body: JSON.stringify(BODIES[name] ?? {}) } : {}),
    });
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    const code = isProblem ? ((await response.json()) as { code: string }).code : null;
    // A stream has no end; everything else may be left unread alike.
    stop.abort();
    return { status: response.status, code, requestId: response.headers.get('x-request-id') ?? '' };
  };

  it('nobody without a key, with a wrong one, or suspended may anything', async () => {
    const wrong: unknown[] = [];
    for (const route of routes) {
      for (const key of [null, 'atk_wrong', suspended]) {
        const { status, code } = await send(route, key, own);
        if (status !== 401 || code !== 'unauthenticated') wrong.push([route.name, key, status, code]);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it.each(ROLES)(
    '%s: what the table does not give is refused, for own and for foreign things alike',
    async (role) => {
      const key = stack.demo.keys[role];
      const wrong: unknown[] = [];
      for (const route of routes.filter(({ access }) => !MAY[access as Permission].includes(role))) {
        for (const things of [own, foreign]) {
          const { status, code, requestId } = await send(route, key, things);
          if (status !== 403 || code !== 'forbidden') wrong.push([route.name, status, code]);
          refusedRequests.push(requestId);
        }
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it.each(ROLES)(
    '%s: things of another tenant do not exist',
    async (role) => {
      const key = stack.demo.keys[role];
      const named = routes.filter(
        ({ access, path }) =>
          MAY[access as Permission].includes(role) && path.includes('/:') && !NAMED_BY_KEY.test(path),
      );
      const wrong: unknown[] = [];
      for (const route of named) {
        const { status, code } = await send(route, key, foreign);
        if (status !== 404 || code !== 'not_found') wrong.push([route.name, status, code]);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it.each(ROLES)(
    '%s: what the table gives is given, for own things',
    async (role) => {
      const key = stack.demo.keys[role];
      const wrong: unknown[] = [];
      for (const route of routes.filter(({ access }) => MAY[access as Permission].includes(role))) {
        const { status, code } = await send(route, key, own);
        const otherwise = OTHERWISE[`${route.method} ${route.path}`];
        const refused = [401, 403, 404, 405].includes(status) || status >= 500;
        const right = otherwise?.roles.includes(role) === true ? status === otherwise.status : !refused;
        if (!right) wrong.push([route.name, status, code]);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('every refusal stands in the audit log, once', async () => {
    const { rows } = await stack.superuser.query<{ requestId: string; times: string }>(
      `select request_id as "requestId", count(*) as times from audit_event
        where tenant_id = $1 and result = 'refused' and code = 'forbidden' group by 1`,
      [stack.demo.tenantId],
    );
    const times = new Map(rows.map((row) => [row.requestId, Number(row.times)]));
    expect(refusedRequests.length).toBeGreaterThan(300);
    expect(refusedRequests.filter((id) => times.get(id) !== 1)).toEqual([]);
  });

  it('what a command brought carries the request it came with', async () => {
    const note = await stack
      .as('supervisor')
      .post(
        `/v1/inquiries/${own['inquiries']}/notes`,
        { text: 'Segue' },
        { headers: { 'x-request-id': 'note-with-request' } },
      );
    expect(note.status).toBeLessThan(500);
    const { rows } = await eventually(
      () =>
        stack.superuser.query<{ action: string }>(
          `select action from audit_event where tenant_id = $1 and request_id = 'note-with-request'`,
          [stack.demo.tenantId],
        ),
      (result) => result.rows.length > 0,
    );
    expect(rows.map(({ action }) => action)).toEqual(['inquiry.note']);
  });

  it('nothing of one tenant was changed with keys of the other', async () => {
    const { rows } = await stack.superuser.query(
      `select action from audit_event where tenant_id = $1 and actor_id in (select id from member where tenant_id = $2)`,
      [stack.other.tenantId, stack.demo.tenantId],
    );
    expect(rows).toEqual([]);
  });
});

/** A path with its parameters filled in; each names a thing of the kind before it, else of the path's own. */
function filled(path: string, things: Things): string {
  const [, , own = ''] = path.split('/');
  const others: Readonly<Record<string, string>> = {
    version: '1',
    name: 'first_response',
    instance: '1',
    keyId: things['keyId'] ?? '',
  };
  const parts = path.split('/');
  const value = (part: string, at: number): string =>
    part.startsWith(':') ? (others[part.slice(1)] ?? things[parts[at - 1] ?? ''] ?? things[own] ?? '') : part;
  return parts.map(value).join('/');
}

/** The key of a member who was suspended after it had been issued. */
async function suspendedKey(stack: Stack): Promise<string> {
  const admin = stack.as('admin');
  const member = await admin.post('/v1/members', { key: 'gone', name: 'Rita Campos', role: 'supervisor' });
  const { id } = member.body as { id: string };
  const issued = await admin.post(`/v1/members/${id}/keys`, {});
  const { key } = issued.body as { key: string };
  expect((await stack.as({ key }).get('/v1/me')).status).toBe(200);
  const left = await admin.patch(`/v1/members/${id}`, { active: false }, { headers: { 'if-match': '*' } });
  expect(left.status).toBe(200);
  return key;
}
