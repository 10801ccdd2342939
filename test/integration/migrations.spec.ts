import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { ApiAnswer } from '../support/api.js';
import { auditOf } from '../support/audit-log.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { entriesOf } from '../support/inquiry.js';
import { deliverPatiently } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** What waits for drains and loops may take longer than usual on a busy machine. */
jest.setTimeout(90_000);

const text = (key: string, { reply = 'reply', within = '2h', last = 'deadline' } = {}): string => `
atende: 1
key: ${key}
title: Moving
obligations:
  first_response: { within: ${within}, clock: wall, escalate: chase }
escalations:
  chase:
    - { at: ${last}, do: [ { notify: { to: supervisor } } ] }
steps:
  - { id: person, assign: { queue: [sales-br], strategy: manual } }
  - { id: ${reply}, task: { kind: reply, lease: 20m }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { until: 48h }, on: { message: ${reply}, timeout: close } }
  - { id: close, close: {} }
`;

type Item = {
  inquiryId: string;
  from: number;
  ok: boolean;
  state: string;
  code: string | null;
  place: string | null;
} & {
  deadlines: { obligation: string; from: string | null; to: string | null }[];
};
type Migration = {
  id: string;
  state: string;
  counts: Record<string, number>;
  items: Item[];
  nextCursor: string | null;
};

describe('migrations of open inquiries', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(() => stack.stop());

  const path = (key: string, rest = ''): string => `/v1/definitions/${key}/migrations${rest}`;
  const plan = async (key: string, body: object): Promise<Migration> => {
    const answer = await stack.as('ops').post(path(key), body);
    expect([answer.status, answer.body.code]).toEqual([201, undefined]);
    return settled(key, answer.body as Migration, ({ state }) => state !== 'checking');
  };
  const read = async (key: string, id: string, query = ''): Promise<Migration> =>
    (await stack.as('supervisor').get(path(key, `/${id}${query}`))).body as Migration;
  const settled = (key: string, { id }: { id: string }, done: (migration: Migration) => boolean): Promise<Migration> =>
    eventually(() => read(key, id), done, 60_000);
  const apply = (key: string, { id }: Migration): Promise<ApiAnswer> => stack.as('ops').post(path(key, `/${id}/apply`));
  const applied = async (key: string, migration: Migration): Promise<Migration> => {
    expect((await apply(key, migration)).status).toBe(202);
    return settled(key, migration, ({ state }) => state === 'done');
  };
  /** An inquiry whose task is open. */
  const open = async (buyer: string): Promise<string> => {
    const { inquiryId } = await deliverPatiently(stack, { buyer, messageId: `m-${buyer}` });
    await eventually(
      () => stack.superuser.query('select 1 from task where inquiry_id = $1', [inquiryId]),
      ({ rowCount }) => rowCount === 1,
      30_000,
    );
    return inquiryId;
  };
  const inquiry = async (id: string): Promise<ApiAnswer['body']> =>
    (await stack.as('supervisor').get(`/v1/inquiries/${id}`)).body;
  const taskOf = async (id: string): Promise<Record<string, unknown>> => {
    const { rows } = await stack.superuser.query<Record<string, unknown>>(
      `select id, state, step, holder_id, token, lease_until, draft, draft_at, ended_at from task where inquiry_id = $1`,
      [id],
    );
    return rows[0] ?? {};
  };

  describe('a dry run', () => {
    let first = '';
    let second = '';

    beforeAll(async () => {
      await publish(stack, text('dry'));
      [first, second] = [await open('dry-1'), await open('dry-2')];
      await publish(stack, text('dry', { within: '3h' }));
      await publish(stack, text('dry', { reply: 'answer' }));
    }, 90_000);

    it('tells of each inquiry where its deadlines would go, and moves nothing', async () => {
      const before = await inquiry(first);
      const { state, counts, items } = await plan('dry', { to: 2 });
      expect([state, counts]).toEqual(['ready', { ok: 2, blocked: 0, migrated: 0 }]);
      expect(items.map(({ inquiryId }) => inquiryId).sort()).toEqual([first, second].sort());
      const [own] = items.filter(({ inquiryId }) => inquiryId === first);
      const from = before.obligations[0].deadline as string;
      const to = new Date(Date.parse(from) + 3_600_000).toISOString();
      expect(own).toMatchObject({ from: 1, ok: true, state: 'ok', code: null, levelsDue: 0 });
      expect(own?.deadlines).toEqual([{ obligation: 'first_response', instance: 1, from, to }]);
      expect(await inquiry(first)).toEqual(before);
    });

    it('tells what keeps an inquiry where it is, and what a renamed step is called', async () => {
      const blocked = await plan('dry', { to: 3 });
      expect(blocked.counts).toEqual({ ok: 0, blocked: 2, migrated: 0 });
      expect(blocked.items[0]).toMatchObject({
        ok: false,
        state: 'blocked',
        code: 'step_missing',
        place: 'steps.reply',
      });
      expect((await plan('dry', { to: 3, steps: { reply: 'answer' } })).counts).toMatchObject({ ok: 2, blocked: 0 });
    });

    it.each<[string, () => object, () => string[]]>([
      ['their version', () => ({ versions: [2] }), () => []],
      ['their ids', () => ({ inquiryIds: [second, randomUUID()] }), () => [second]],
      ['their step', () => ({ step: 'buyer' }), () => []],
      ['their queue', () => ({ queue: 'sales-br' }), () => [first, second]],
      ['their shop', () => ({ shopId: randomUUID() }), () => []],
      [
        'when they were opened',
        () => ({ openedFrom: '2020-01-01T00:00:00Z', openedTo: '2020-01-02T00:00:00Z' }),
        () => [],
      ],
    ])('looks at those named by %s', async (_case, where, expected) => {
      const { items } = await plan('dry', { to: 2, where: where() });
      expect(items.map(({ inquiryId }) => inquiryId).sort()).toEqual(expected().sort());
    });

    it.each<[string, object, number, string, string | undefined]>([
      ['a version that does not exist', { to: 9 }, 422, 'reference_unknown', '/to'],
      [
        'a step that does not exist there',
        { to: 2, steps: { reply: 'answer' } },
        422,
        'reference_unknown',
        '/steps/reply',
      ],
      ['a member nobody knows', { to: 2, when: 'now' }, 400, 'request_invalid', ''],
    ])('is refused for %s', async (_case, body, status, code, pointer) => {
      const answer = await stack.as('ops').post(path('dry'), body);
      expect([answer.status, answer.body.code, answer.body.errors?.[0]?.pointer]).toEqual([status, code, pointer]);
    });

    it('is for operators; others may read it', async () => {
      expect((await stack.as('supervisor').post(path('dry'), { to: 2 })).status).toBe(403);
      const { body } = await stack.as('auditor').get(path('dry', '?limit=1'));
      expect(body.items).toHaveLength(1);
      expect((await stack.as('auditor').get(path('other', `/${body.items[0].id}`))).status).toBe(404);
      expect((await stack.as('agent').get(path('dry'))).status).toBe(403);
    });
  });

  it('keep holder, draft and lease; history, ledger and replay tell of them', async () => {
    await publish(stack, text('keep'));
    const id = await open('keep-1');
    const { id: taskId } = await taskOf(id);
    const claimed = await stack.as('agent').post(`/v1/tasks/${String(taskId)}/claim`);
    const { token } = claimed.body as { token: number };
    await stack.as('agent').put(`/v1/tasks/${String(taskId)}/draft`, { token, text: 'Chega am' });
    const held = await taskOf(id);
    await publish(stack, text('keep', { reply: 'answer', within: '1h', last: 'deadline-30m' }));
    const done = await applied('keep', await plan('keep', { to: 2, steps: { reply: 'answer' } }));
    expect(done).toMatchObject({
      counts: { ok: 0, blocked: 0, migrated: 1 },
      items: [{ inquiryId: id, state: 'migrated', ok: true }],
    });
    expect(await taskOf(id)).toEqual({ ...held, step: 'answer' });

    const moved = await inquiry(id);
    expect(moved).toMatchObject({ step: 'answer', definition: { key: 'keep', version: 2 } });
    expect(moved.definitions).toMatchObject([
      { version: 1, by: null },
      { version: 2, by: { name: expect.any(String) } },
    ]);
    const [entry] = await entriesOf(stack, id, 'definition.migrated');
    expect(entry?.data).toMatchObject({ migrationId: done.id, fromVersion: 1, toVersion: 2, fromStep: 'reply' });
    const ledger = await stack.as('auditor').get(`/v1/inquiries/${id}/obligations/first_response/1/ledger`);
    expect(ledger.body).toMatchObject({ version: 2, timers: [{ level: 1, state: 'pending' }] });
    const finished = await stack
      .as('agent')
      .post(`/v1/tasks/${String(taskId)}/complete`, { token, action: 'send', text: 'Chega amanhã.' });
    expect([finished.status, finished.body.code]).toEqual([200, undefined]);
    await eventually(
      () => inquiry(id),
      ({ step }) => step === 'buyer',
      30_000,
    );
    const replayed = await stack.as('auditor').post(`/v1/inquiries/${id}/replay`);
    expect(replayed.body).toMatchObject({ same: true, differences: [] });
    const [event] = await auditOf(stack, 'definition.apply_migration');
    expect(event).toMatchObject({ result: 'ok', object: 'keep', after: { migrationId: done.id, to: 2, ok: 1 } });
  });

  it('decide each inquiry again as it then stands', async () => {
    await publish(stack, text('late'));
    const [closed, waiting, moved] = [await open('late-1'), await open('late-2'), await open('late-3')];
    await publish(
      stack,
      text('late', { reply: 'answer' }).replace('wait: { until: 48h }', 'wait: { until: 48h, for: [buyer_message] }'),
    );
    const dry = await plan('late', { to: 2, steps: { reply: 'answer', buyer: 'close' } });
    expect(dry.counts).toEqual({ ok: 3, blocked: 0, migrated: 0 });
    expect(
      (await stack.as('supervisor').post(`/v1/inquiries/${closed}/close`, { reason: 'spam' })).status,
    ).toBeLessThan(300);
    await stack.as('agent').post(`/v1/inquiries/${waiting}/replies`, { text: 'Chega amanhã.' });
    await eventually(
      () => inquiry(waiting),
      ({ step }) => step === 'buyer',
      30_000,
    );
    const done = await applied('late', dry);
    const codes = Object.fromEntries(done.items.map(({ inquiryId, state, code }) => [inquiryId, code ?? state]));
    expect(codes).toEqual({ [closed]: 'inquiry_closed', [waiting]: 'step_differs', [moved]: 'migrated' });
    expect((await inquiry(waiting)).definition.version).toBe(1);
    expect(await entriesOf(stack, waiting, 'definition.migration_refused')).toMatchObject([
      { data: { code: 'step_differs', place: 'steps.buyer' } },
    ]);
    expect((await apply('late', dry)).body).toMatchObject({ status: 409, code: 'migration_ended' });
    const told = await stack.as('ops').get('/v1/notifications?limit=50');
    expect(told.body.items).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ kind: 'migration_incomplete', inquiryId: null, urgent: false },
          data: { migrationId: done.id, definition: 'late', to: 2, migrated: 1, blocked: 2 },
        }),
      ]),
    );
    const others = await stack.as('supervisor').get('/v1/notifications?limit=50');
    expect(JSON.stringify(others.body.items)).not.toContain('migration_');
  });

  it('move many, page by page, stop when they are told to, and go on', async () => {
    await publish(stack, text('many'));
    const ids: string[] = [];
    for (let count = 0; count < 30; count += 1) ids.push(await open(`many-${count}`));
    await publish(stack, text('many', { within: '4h' }));
    const dry = await plan('many', { to: 2 });
    expect(dry.counts).toEqual({ ok: 30, blocked: 0, migrated: 0 });
    const page = await read('many', dry.id, '?limit=20&state=ok');
    const rest = await read('many', dry.id, `?limit=20&state=ok&cursor=${encodeURIComponent(page.nextCursor ?? '')}`);
    expect([...page.items, ...rest.items].map(({ inquiryId }) => inquiryId)).toEqual([...ids].sort());
    expect((await apply('many', dry)).status).toBe(202);
    const stopped = await stack.as('ops').post(path('many', `/${dry.id}/cancel`));
    expect(stopped.body.state).toBe('cancelled');
    expect(stopped.body.counts.ok).toBeGreaterThan(0);
    expect((await applied('many', dry)).counts).toEqual({ ok: 0, blocked: 0, migrated: 30 });
    const versions = await stack.superuser.query(
      'select distinct definition_version as version from inquiry where id = any($1)',
      [ids],
    );
    expect(versions.rows).toEqual([{ version: 2 }]);
    expect(await auditOf(stack, 'definition.end_migration')).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ object: 'many', actor: null })]),
    );
  });

  it('that are asked for twice with one key are one', async () => {
    const key = randomUUID();
    const [one, other] = [
      await stack.as('ops').post(path('many'), { to: 1 }, { idempotencyKey: key }),
      await stack.as('ops').post(path('many'), { to: 1 }, { idempotencyKey: key }),
    ];
    expect([other.status, other.body.id]).toEqual([201, one.body.id]);
  });
});
