import { auditOf } from '../support/audit-log.js';
import type { Api, ApiAnswer } from '../support/api.js';
import { smallDefinition as small } from '../support/small-definition.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const YAML = { 'content-type': 'application/yaml' };

describe('publishing by another person', () => {
  let stack: Stack;
  let other: Api;
  let otherId: string;

  beforeAll(async () => {
    stack = await startStack();
    const admin = stack.as('admin');
    const { body: member } = await admin.post('/v1/members', { key: 'second-ops', name: 'Íris Prado', role: 'ops' });
    otherId = member.id;
    const { body } = await admin.post(`/v1/members/${otherId}/keys`, { label: 'laptop' });
    other = stack.as({ key: body.key });
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  const policy = (byAnotherPerson: boolean, as: Api = stack.as('admin')): Promise<ApiAnswer> =>
    as.put('/v1/publishing-policy', { byAnotherPerson }, { headers: { 'if-match': '*' } });
  const save = (key: string, text: string, as: Api = stack.as('ops')): Promise<ApiAnswer> =>
    as.put(`/v1/definitions/${key}/draft`, text, { headers: { ...YAML, 'if-match': '*' } });
  const publish = (key: string, as: Api, draft?: string): Promise<ApiAnswer> =>
    as.post(
      `/v1/definitions/${key}/publish`,
      { reason: 'Winter hours' },
      draft === undefined ? {} : { headers: { 'if-match': draft } },
    );

  it('is the administrator’s to ask for, and nobody’s before', async () => {
    const { body, headers } = await stack.as('ops').get('/v1/publishing-policy');
    expect([body, headers.get('etag')]).toEqual([{ byAnotherPerson: false, version: 0 }, '"0"']);
    expect((await policy(true, stack.as('ops'))).status).toBe(403);
    expect((await policy(true)).body).toEqual({ byAnotherPerson: true, version: 1 });
    expect((await policy(true)).body.version).toBe(1);
    const stale = await stack
      .as('admin')
      .put('/v1/publishing-policy', { byAnotherPerson: false }, { headers: { 'if-match': '"0"' } });
    expect(stale.status).toBe(412);
    expect(await auditOf(stack, 'publishing_policy.replace')).toMatchObject([{ after: { byAnotherPerson: true } }]);
    expect((await policy(false)).body).toEqual({ byAnotherPerson: false, version: 2 });
  });

  it('keeps a draft from whoever saved it last, and is recorded with both', async () => {
    await policy(true);
    await save('seen', small('seen'));
    const own = await publish('seen', stack.as('ops'), '"1"');
    expect([own.status, own.body.code]).toEqual([403, 'own_draft']);
    expect(own.body.detail).toContain('somebody else');
    const published = await publish('seen', other, '"1"');
    expect([published.status, published.body.version]).toEqual([201, 1]);
    const { body } = await stack.as('auditor').get('/v1/definitions/seen/versions');
    expect(body.items).toMatchObject([
      { version: 1, publishedBy: { id: otherId }, draftedBy: { name: 'Otávio Lins' }, reason: 'Winter hours' },
    ]);
    const [event] = (await auditOf(stack, 'definition.publish')).filter(({ object }) => object === 'seen');
    expect(event).toMatchObject({ actor: otherId, after: { version: 1, draftedBy: body.items[0].draftedBy.id } });
    const refusals = await stack.superuser.query<{ count: string }>(
      `select count(*) from audit_event where tenant_id = $1 and result = 'refused' and code = 'own_draft'`,
      [stack.demo.tenantId],
    );
    expect(refusals.rows[0]?.count).toBe('1');
  });

  it('publishes the draft that was read and no other', async () => {
    await policy(true);
    await save('moving', small('moving'));
    for (const blind of [undefined, '*']) {
      const answer = await publish('moving', other, blind);
      expect([answer.status, answer.body.code]).toEqual([428, 'if_match_missing']);
    }
    await save('moving', small('moving', 'calendar: always'));
    const unseen = await publish('moving', other, '"1"');
    expect([unseen.status, unseen.body.currentVersion]).toEqual([412, 2]);
    expect((await publish('moving', other, '"2"')).status).toBe(201);
  });

  it('asks nothing of tenants that do not want it, and still knows a stale tag', async () => {
    await policy(false);
    await save('alone', small('alone'));
    expect((await publish('alone', stack.as('ops'))).status).toBe(201);
    expect((await publish('alone', stack.as('ops'), '"7"')).status).toBe(412);
    const { body } = await stack.as({ key: stack.other.keys.admin }).get('/v1/publishing-policy');
    expect(body).toEqual({ byAnotherPerson: false, version: 0 });
  });
});
