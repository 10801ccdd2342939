import { auditOf } from '../support/audit-log.js';
import type { ApiAnswer } from '../support/api.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Named = { readonly id: string; readonly key: string };

describe('queues and retention classes', () => {
  let stack: Stack;
  let members: Readonly<Record<string, string>>;

  beforeAll(async () => {
    stack = await startStack();
    const { body } = await stack.as('admin').get('/v1/members');
    members = Object.fromEntries((body.items as Named[]).map(({ key, id }) => [key, id]));
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const ops = () => stack.as('ops');
  const change = (path: string, body: object, match = '*'): Promise<ApiAnswer> =>
    ops().patch(path, body, { headers: { 'if-match': match } });

  it('lists queues with their members in order', async () => {
    const { body } = await stack.as('supervisor').get('/v1/queues');
    expect(body.items.map(({ key }: Named) => key)).toEqual(['night-sz', 'sales-br', 'supervisors']);
    expect(body.items[1]).toMatchObject({
      name: 'Vendas Brasil',
      calendar: 'always',
      members: [
        { id: members['agent'], name: 'Ana Duarte' },
        { id: members['agent2'], name: 'Bruno Teixeira' },
        { id: members['supervisor'], name: 'Sofia Brandão' },
      ],
    });
  });

  it('creates and changes a queue; a member sees its work at once', async () => {
    const created = await ops().post('/v1/queues', { key: 'returns', name: 'Devoluções', calendar: 'br-office' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ key: 'returns', members: [], version: 1 });
    const path = `/v1/queues/${created.body.id}`;
    const order = [members['agent2'], members['agent']];
    const changed = await change(path, { members: order, name: 'Trocas' }, '"1"');
    expect(changed.body).toMatchObject({ name: 'Trocas', version: 2, members: order.map((id) => ({ id })) });
    const listed = (await stack.as('admin').get(`/v1/members/${members['agent']}`)).body;
    expect(listed.queues).toEqual(['returns', 'sales-br']);
    expect((await change(path, { members: order.toReversed() })).body.members[0].id).toBe(members['agent']);
    const events = (await auditOf(stack, 'queue.change')).filter(({ object }) => object === created.body.id);
    expect(events[0]).toMatchObject({
      before: { members: [], name: 'Devoluções' },
      after: { members: order, name: 'Trocas' },
    });
  });

  it.each([
    ['a taken key', { key: 'sales-br', name: 'X', calendar: 'always' }, 409, 'key_taken', undefined],
    ['an unknown calendar', { key: 'x', name: 'X', calendar: 'never' }, 422, 'reference_unknown', '/calendar'],
    [
      'an unknown member',
      { key: 'x', name: 'X', calendar: 'always', members: ['0192d6b2-0000-7000-8000-000000000000'] },
      422,
      'member_unknown',
      '/members/0',
    ],
    [
      'a member who is no id',
      { key: 'x', name: 'X', calendar: 'always', members: ['ana'] },
      400,
      'request_invalid',
      '/members/0',
    ],
    ['a calendar left out', { key: 'x', name: 'X' }, 400, 'request_invalid', '/calendar'],
  ])('refuses %s', async (_, body, status, code, pointer) => {
    const answer = await ops().post('/v1/queues', body);
    expect([answer.status, answer.body.code, answer.body.errors?.[0].pointer]).toEqual([status, code, pointer]);
  });

  it('takes no members of another tenant', async () => {
    const foreign = await stack.as({ key: stack.other.keys.admin }).get('/v1/members');
    const [stranger] = foreign.body.items as Named[];
    const body = { key: 'mixed', name: 'X', calendar: 'always', members: [stranger?.id] };
    expect((await ops().post('/v1/queues', body)).body.code).toBe('member_unknown');
  });

  it('gives every concurrent creation of one key one winner', async () => {
    const body = { key: 'race', name: 'Race', calendar: 'always' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ops().post('/v1/queues', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });

  it('keeps retention classes within bounds', async () => {
    const officer = stack.as('privacyOfficer');
    const { body } = await stack.as('auditor').get('/v1/retention');
    expect(body.items.map(({ key, days }: Named & { days: number }) => [key, days])).toEqual([
      ['authority', 1826],
      ['dispute', 1826],
      ['order', 730],
      ['presale', 183],
    ]);
    for (const days of [0, 7301, 1.5, '30']) {
      expect((await officer.post('/v1/retention', { key: 'bad', title: 'Bad', days })).status).toBe(400);
    }
    const created = await officer.post('/v1/retention', { key: 'short', title: 'Short', days: 1, basis: 'LGPD 7 V' });
    expect(created.status).toBe(201);
    expect((await officer.post('/v1/retention', { key: 'short', title: 'Short', days: 1 })).body.code).toBe(
      'key_taken',
    );
    const path = `/v1/retention/${created.body.id}`;
    const changed = await officer.patch(path, { days: 7300 }, { headers: { 'if-match': '"1"' } });
    expect(changed.body).toMatchObject({ days: 7300, basis: 'LGPD 7 V', version: 2 });
    expect((await auditOf(stack, 'retention_class.change')).at(-1)).toMatchObject({
      before: { days: 1 },
      after: { days: 7300 },
    });
  });
});
