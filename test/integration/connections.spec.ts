import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { publish } from '../support/definitions.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const SECRET = 'sk_live_9f8e7d6c';

const ERP = {
  key: 'erp',
  name: 'ERP',
  baseUrl: 'https://erp.example/api',
  auth: { header: 'Authorization', prefix: 'Bearer ' },
  secret: SECRET,
  operations: {
    refund: { method: 'POST', path: '/orders/{order}/refunds', returns: { id: 'body.refund.id' }, code: 'body.error' },
    find: { method: 'GET', path: '/refunds/{idempotencyKey}', done: 'body.state == "paid"' },
  },
};

const PAYS = `
atende: 1
key: pays
title: Pays
steps:
  - { id: pay, call: { connection: erp, operation: refund, check: find-refund, body: { order: '"1"' } }, on: { ok: look, refused: look, unknown: look } }
  - { id: look, task: { kind: triage }, on: { done: close } }
  - { id: close, close: {} }
`;

describe('connections', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ops = () => stack.as('ops');
  const change = (body: object, match = '*', key = 'erp'): Promise<ApiAnswer> =>
    ops().patch(`/v1/connections/${key}`, body, { headers: { 'if-match': match } });

  it('are set up, and tell of a secret only since when there is one', async () => {
    const created = await ops().post('/v1/connections', ERP);
    expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"']);
    expect(created.body).toMatchObject({
      ...{ key: 'erp', version: 1, requestTimeout: '10s', settleTime: '5s', active: true },
      secretSetAt: expect.any(String),
      operations: { refund: { method: 'POST', headers: {}, done: null }, find: { code: null, returns: {} } },
    });
    const seen = [
      created.body,
      (await ops().get('/v1/connections')).body,
      (await ops().get('/v1/connections/erp')).body,
      await auditOf(stack, 'connection.create'),
    ];
    expect(JSON.stringify(seen)).not.toContain(SECRET);
    const { rows } = await stack.superuser.query(
      `select (select string_agg(to_jsonb(c)::text, '') from connection c)
           || (select string_agg(to_jsonb(v)::text, '') from connection_version v)
           || (select string_agg(to_jsonb(a)::text, '') from audit_event a) as stored`,
    );
    expect(rows[0].stored).not.toContain(SECRET);
    expect(rows[0].stored).not.toContain(Buffer.from(SECRET).toString('hex'));
  });

  it('keep every version, so that what was begun goes on with its own', async () => {
    const operations = { ...ERP.operations, extra: { method: 'GET', path: '/extra' } };
    const changed = await change({ operations, requestTimeout: '20s' }, '"1"');
    expect(changed.body).toMatchObject({ version: 2, requestTimeout: '20s' });
    expect((await change({ operations, requestTimeout: '20s' })).body.version).toBe(2);
    expect((await change({ name: 'X' }, '"1"')).body).toMatchObject({ code: 'version_stale', currentVersion: 2 });
    const versions = (await ops().get('/v1/connections/erp/versions')).body.items as { version: number }[];
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    const first = (await ops().get('/v1/connections/erp/versions/1')).body;
    expect([first.requestTimeout, Object.keys(first.operations as object)]).toEqual(['10s', ['find', 'refund']]);
    expect((await auditOf(stack, 'connection.change')).at(-1)).toMatchObject({
      before: { version: 1 },
      after: { version: 2 },
    });
  });

  it('take no secret along to another host', async () => {
    const away = await change({ baseUrl: 'https://elsewhere.example/api' });
    expect([away.status, away.body.code, away.body.errors[0].pointer]).toEqual([422, 'secret_needed', '/secret']);
    expect((await change({ baseUrl: 'http://erp.example/api' })).body.code).toBe('secret_needed');
    expect((await change({ baseUrl: 'https://erp.example/v2' })).status).toBe(200);
    const given = await change({ baseUrl: 'https://elsewhere.example', secret: 'another' });
    expect(given.body.baseUrl).toBe('https://elsewhere.example');
    expect((await change({ auth: null })).body.secretSetAt).toBeNull();
    expect((await change({ auth: ERP.auth })).body.code).toBe('secret_needed');
    expect((await ops().post('/v1/connections', { ...ERP, key: 'bare', secret: undefined })).body.code).toBe(
      'secret_needed',
    );
    expect((await ops().post('/v1/connections', ERP)).body.code).toBe('key_taken');
  });

  const operation = (part: object): object => ({ operations: { one: { method: 'POST', path: '/one', ...part } } });

  it.each([
    ['an address that is none', { baseUrl: 'erp' }, '/baseUrl'],
    ['a user name in the address', { baseUrl: 'https://a:b@erp.example' }, '/baseUrl'],
    ['a query in the address', { baseUrl: 'https://erp.example?x=1' }, '/baseUrl'],
    ['a path that leads out', operation({ path: '/a/../b' }), '/operations/one/path'],
    ['a path with a fragment', operation({ path: '/a#b' }), '/operations/one/path'],
    ['a path to another host', operation({ path: '//elsewhere.example/a' }), '/operations/one/path'],
    ['a method that is none', operation({ method: 'FETCH' }), '/operations/one/method'],
    ['a header with a secret', { headers: { Authorization: 'Bearer x' } }, '/headers/Authorization'],
    ['a header with a line break', operation({ headers: { 'x-a': 'b\r\nc: d' } }), '/operations/one/headers/x-a'],
    ['an unknown name', operation({ returns: { id: 'answer.id' } }), '/operations/one/returns/id'],
    ['an expression that is none', operation({ code: 'body.(' }), '/operations/one/code'],
    ['a question that is not answered yes or no', operation({ done: 'status' }), '/operations/one/done'],
    ['a time-out of a day', { requestTimeout: '1d' }, '/requestTimeout'],
  ])('refuse %s', async (_, part, pointer) => {
    const body = { key: 'wrong', name: 'Wrong', baseUrl: 'https://erp.example', ...part };
    const answer = await ops().post('/v1/connections', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid']);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('keep the operations that definitions in force call', async () => {
    const { operations } = ERP;
    const kept = { refund: operations.refund, 'find-refund': operations.find };
    expect((await change({ operations: { ...kept, extra: operations.find } })).status).toBe(200);
    await publish(stack, PAYS);
    expect((await change({ operations: kept })).status).toBe(200);
    const gone = await change({ operations: { 'find-refund': operations.find } });
    expect([gone.status, gone.body.code]).toEqual([409, 'in_use']);
    expect(gone.body.errors).toEqual([{ pointer: '/operations/refund', detail: 'is called by pays' }]);
    const unchecked = await change({ operations: { refund: operations.refund } });
    expect(unchecked.body.errors).toEqual([{ pointer: '/operations/find-refund', detail: 'is called by pays' }]);
  });

  it('are each tenant’s own', async () => {
    const theirs = stack.as({ key: stack.other.keys.admin });
    expect((await theirs.get('/v1/connections')).body.items).toEqual([]);
    expect((await theirs.get('/v1/connections/erp')).status).toBe(404);
  });
});
