import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { waitingForLock } from '../support/inquiry.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('members', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const admin = () => stack.as('admin');
  const change = (id: string, body: object, match = '*'): Promise<ApiAnswer> =>
    admin().patch(`/v1/members/${id}`, body, { headers: { 'if-match': match } });
  const create = async (key: string, more: object = {}): Promise<ApiAnswer['body']> => {
    const answer = await admin().post('/v1/members', { key, name: 'Caio Reis', role: 'agent', ...more });
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const idOf = async (key: string): Promise<string> => {
    const { body } = await admin().get('/v1/members');
    return (body.items as { key: string; id: string }[]).find((member) => member.key === key)?.id ?? '';
  };
  const whoAmI = async (key: string): Promise<number> => (await stack.as({ key }).get('/v1/templates')).status;

  it('shows administrators everything, others the names', async () => {
    const { body } = await admin().get('/v1/members');
    expect(body.items.map((member: { key: string }) => member.key)).toEqual([
      'admin',
      'agent',
      'agent2',
      'auditor',
      'ops',
      'privacyofficer',
      'supervisor',
    ]);
    expect(body.items[1]).toMatchObject({
      name: 'Ana Duarte',
      role: 'agent',
      queues: ['sales-br'],
      capacity: 50,
      active: true,
    });
    const named = await stack.as('auditor').get(`/v1/members/${body.items[1].id}`);
    expect(named.body).toEqual({ id: body.items[1].id, key: 'agent', name: 'Ana Duarte' });
  });

  it('reads a long list in pages', async () => {
    const first = await admin().get('/v1/members?limit=3');
    const second = await admin().get(`/v1/members?limit=200&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ key }: { key: string }) => key).slice(0, 4)).toEqual([
      'admin',
      'agent',
      'agent2',
      'auditor',
    ]);
    expect((await admin().get('/v1/members?limit=201')).status).toBe(400);
    expect((await stack.as('ops').get(`/v1/queues?cursor=${first.body.nextCursor}`)).body.code).toBe('cursor_invalid');
    expect((await admin().get('/v1/members?colour=red')).status).toBe(400);
  });

  it('creates a member, who may do nothing until there is a key', async () => {
    const member = await create('caio', {
      languages: ['pt-BR', 'zh-CN'],
      skills: ['invoices'],
      country: 'CN',
      capacity: 5,
    });
    expect(member).toMatchObject({
      languages: ['pt-BR', 'zh-CN'],
      skills: ['invoices'],
      country: 'CN',
      capacity: 5,
      queues: [],
    });
    const issued = await admin().post(`/v1/members/${member.id}/keys`, { label: 'laptop' });
    expect(issued.status).toBe(201);
    expect(issued.body.key).toMatch(/^atk_[A-Za-z0-9_-]{43}$/);
    expect(await whoAmI(issued.body.key)).toBe(200);
    const listed = await admin().get(`/v1/members/${member.id}/keys`);
    expect(listed.body.items).toMatchObject([
      { id: issued.body.id, label: 'laptop', prefix: issued.body.key.slice(0, 8), revokedAt: null },
    ]);
    expect(JSON.stringify(listed.body)).not.toContain(issued.body.key);
  });

  it('keeps keys as hashes, in no table otherwise, and answers a repetition alike', async () => {
    const { id } = await create('hashed');
    const again = { idempotencyKey: 'one-key' };
    const first = await admin().post(`/v1/members/${id}/keys`, {}, again);
    const second = await admin().post(`/v1/members/${id}/keys`, {}, again);
    expect(second.body).toEqual(first.body);
    expect((await admin().get(`/v1/members/${id}/keys`)).body.items).toHaveLength(1);
    const secret = first.body.key.slice(4) as string;
    const tables = await stack.superuser.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await stack.superuser.query<{ found: number }>(
        `select count(*)::int as found from ${name} t where t::text like $1 or t::text like $2`,
        [`%${secret}%`, `%${Buffer.from(secret).toString('hex')}%`],
      );
      expect([name, rows[0]?.found]).toEqual([name, 0]);
    }
  });

  it('revokes a key at once', async () => {
    const { id } = await create('leaver');
    const { body: issued } = await admin().post(`/v1/members/${id}/keys`, {});
    expect(await whoAmI(issued.key)).toBe(200);
    const revoke = () => admin().delete(`/v1/members/${id}/keys/${issued.id}`);
    expect((await revoke()).status).toBe(204);
    expect(await whoAmI(issued.key)).toBe(401);
    expect((await revoke()).status).toBe(204);
    expect((await auditOf(stack, 'member_key.revoke')).filter(({ object }) => object === issued.id)).toHaveLength(1);
  });

  it('gives keys an end', async () => {
    const { id } = await create('visitor');
    const past = await admin().post(`/v1/members/${id}/keys`, { expiresAt: '2020-01-01T00:00:00Z' });
    expect([past.status, past.body.code]).toEqual([422, 'until_past']);
    const soon = await admin().post(`/v1/members/${id}/keys`, {
      expiresAt: new Date(Date.now() + 1_500).toISOString(),
    });
    expect(await whoAmI(soon.body.key)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2_600));
    expect(await whoAmI(soon.body.key)).toBe(401);
  });

  it('changes what a key may do at once', async () => {
    const { id } = await create('riser');
    const { body: issued } = await admin().post(`/v1/members/${id}/keys`, {});
    const readsQueues = async (): Promise<number> => (await stack.as({ key: issued.key }).get('/v1/queues')).status;
    expect(await readsQueues()).toBe(403);
    expect((await change(id, { role: 'supervisor' })).status).toBe(200);
    expect(await readsQueues()).toBe(200);
    await change(id, { active: false });
    expect(await readsQueues()).toBe(401);
  });

  it('writes who changed what, without names of people', async () => {
    const { id } = await create('renamed', { name: 'Iara Lopes' });
    await change(id, { name: 'Iara Lopes Dias', capacity: 7, skills: ['refunds'] }, '"1"');
    const [event] = (await auditOf(stack, 'member.change')).filter(({ object }) => object === id);
    expect(event).toMatchObject({
      actor: await idOf('admin'),
      before: { capacity: 50, skills: [] },
      after: { capacity: 7, skills: ['refunds'], nameChanged: true },
    });
    const all = [...(await auditOf(stack, 'member.create')), ...(await auditOf(stack, 'member.change'))];
    expect(JSON.stringify(all)).not.toContain('Iara');
  });

  it('lets nobody change their own role', async () => {
    const own = await change(await idOf('admin'), { role: 'ops' });
    expect([own.status, own.body.code]).toEqual([403, 'own_role']);
    const same = await change(await idOf('admin'), { role: 'admin', capacity: 40 });
    expect([same.status, same.body.capacity]).toEqual([200, 40]);
  });

  it('never leaves a tenant without an administrator who can act', async () => {
    const id = await idOf('admin');
    const keys = (await admin().get(`/v1/members/${id}/keys`)).body.items as { id: string }[];
    const off = await change(id, { active: false });
    expect([off.status, off.body.code]).toEqual([409, 'last_admin']);
    const revoked = await admin().delete(`/v1/members/${id}/keys/${keys[0]?.id}`);
    expect([revoked.status, revoked.body.code]).toEqual([409, 'last_admin']);
    const second = await create('second-admin', { role: 'admin' });
    expect((await change(id, { active: false })).body.code).toBe('last_admin');
    const { body: issued } = await admin().post(`/v1/members/${second.id}/keys`, {});
    const other = stack.as({ key: issued.key });
    const demote = (body: object) => other.patch(`/v1/members/${id}`, body, { headers: { 'if-match': '*' } });
    expect((await demote({ role: 'ops' })).status).toBe(200);
    const last = await other.patch(`/v1/members/${second.id}`, { active: false }, { headers: { 'if-match': '*' } });
    expect(last.body.code).toBe('last_admin');
    expect((await demote({ role: 'admin' })).status).toBe(200);
  });

  it('keeps one of two administrators who switch each other off at the same time', async () => {
    const rival = await create('rival', { role: 'admin' });
    const { body: issued } = await admin().post(`/v1/members/${rival.id}/keys`, {});
    const others = (await admin().get('/v1/members')).body.items as { id: string; role: string; key: string }[];
    for (const { id, role, key } of others) {
      if (role === 'admin' && key !== 'admin' && key !== 'rival') await change(id, { role: 'agent' });
    }
    const id = await idOf('admin');
    // Both are held where changes of members take turns, so that both were let in as administrators.
    const turn = await stack.superuser.connect();
    await turn.query('begin');
    await turn.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${stack.demo.tenantId}|member`]);
    const both = Promise.all([
      change(rival.id, { active: false }),
      stack.as({ key: issued.key }).patch(`/v1/members/${id}`, { active: false }, { headers: { 'if-match': '*' } }),
    ]);
    await waitingForLock(stack, 2);
    await turn.query('rollback');
    turn.release();
    const answers = await both;
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const left = await stack.superuser.query(
      `select 1 from member where tenant_id = $1 and role = 'admin' and active`,
      [stack.demo.tenantId],
    );
    expect(left.rowCount).toBe(1);
  });
});
