import { randomUUID } from 'node:crypto';
import { notifyMembers } from '../../src/modules/notification/index.js';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { followStream } from '../support/event-stream.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Who = 'agent' | 'agent2' | 'supervisor';

const HOUR = 3_600_000;

describe('people at work', () => {
  let stack: Stack;
  const ids: Record<Who, string> = { agent: '', agent2: '', supervisor: '' };

  beforeAll(async () => {
    stack = await startStack();
    for (const who of ['agent', 'agent2', 'supervisor'] as const)
      ids[who] = (await stack.as(who).get('/v1/me')).body.id as string;
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const taskOf = async (inquiryId: string): Promise<{ id: string; key: string | null }> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query(
          `select t.id, m.key from task t left join member m on m.id = t.offered_to
            where t.inquiry_id = $1 and t.ended_at is null`,
          [inquiryId],
        ),
      (result) => result.rows.length > 0,
    );
    return rows[0] as { id: string; key: string | null };
  };

  describe('the caller', () => {
    it('is who the key says', async () => {
      const { status, body } = await stack.as('agent').get('/v1/me');
      expect([status, body]).toEqual([
        200,
        {
          id: ids.agent,
          name: 'Ana Duarte',
          role: 'agent',
          queues: ['sales-br'],
          languages: ['pt-BR', 'es', 'en', 'zh-CN'],
          presence: { state: 'available', until: null },
          quietHours: null,
        },
      ]);
      expect((await stack.as('supervisor').get('/v1/me')).body.queues).toEqual(['night-sz', 'sales-br', 'supervisors']);
      expect((await stack.as('auditor').get('/v1/me')).body.role).toBe('auditor');
    });

    it('is offered nothing while away, and comes back by itself', async () => {
      const agent = stack.as('agent');
      const until = new Date(Date.now() + HOUR).toISOString();
      const away = await agent.put('/v1/me/presence', { state: 'away', until });
      expect([away.status, away.body]).toEqual([200, { state: 'away', until }]);
      expect((await agent.get('/v1/me')).body.presence).toEqual({ state: 'away', until });
      for (let count = 0; count < 3; count += 1) {
        const { inquiryId } = await stack.send();
        expect((await taskOf(inquiryId)).key).toBe('agent2');
      }
      await stack.superuser.query(`update member set presence_until = now() - interval '1 second' where id = $1`, [
        ids.agent,
      ]);
      expect((await agent.get('/v1/me')).body.presence).toEqual({ state: 'available', until: null });
      const { inquiryId } = await stack.send();
      expect((await taskOf(inquiryId)).key).toBe('agent');
      const back = await agent.put('/v1/me/presence', { state: 'available' });
      expect(back.body).toEqual({ state: 'available', until: null });
      const { rows } = await stack.superuser.query(
        `select before, after from audit_event where action = 'member.presence' and object_id = $1 order by id`,
        [ids.agent],
      );
      expect(rows.map(({ after }) => after.state)).toEqual(['away', 'available']);
    });

    it.each([
      [{ state: 'away', until: '2020-01-01T00:00:00Z' }, 422, 'until_past'],
      [{ state: 'available', until: '2120-01-01T00:00:00Z' }, 400, 'request_invalid'],
      [{ state: 'asleep' }, 400, 'request_invalid'],
      [{}, 400, 'request_invalid'],
    ])('refuses the presence %j', async (body, status, code) => {
      const answer = await stack.as('agent').put('/v1/me/presence', body);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });
  });

  describe('at an inquiry', () => {
    it('is seen by the others for ten seconds, and not in the history', async () => {
      const { inquiryId } = await stack.send();
      await taskOf(inquiryId);
      const stream = await followStream(stack.baseUrl, stack.demo.keys.agent2);
      const show = (who: Who, state: string): Promise<ApiAnswer> =>
        stack.as(who).put(`/v1/inquiries/${inquiryId}/presence`, { state });
      const first = await show('agent', 'viewing');
      expect([first.status, first.body.others]).toEqual([200, []]);
      const left = Date.parse(first.body.until) - Date.now();
      expect(left).toBeGreaterThan(8_000);
      expect(left).toBeLessThanOrEqual(10_000);
      await show('agent', 'typing');
      expect((await show('agent2', 'viewing')).body.others).toMatchObject([
        { id: ids.agent, name: 'Ana Duarte', state: 'typing' },
      ]);
      await eventually(
        () => Promise.resolve(stream.events().filter((block) => block.event === 'presence')),
        (events) => events.length === 3,
      );
      await stream.close();
      await stack.superuser.query(`update presence set until = now() - interval '1 millisecond' where member_id = $1`, [
        ids.agent,
      ]);
      expect((await show('agent2', 'viewing')).body.others).toEqual([]);
      const { rows } = await stack.superuser.query(
        `select from event where inquiry_id = $1 and entries::text like '%presence%'`,
        [inquiryId],
      );
      expect(rows).toEqual([]);
    });

    it('is for those who act, where there is such an inquiry', async () => {
      const { inquiryId } = await stack.send();
      await taskOf(inquiryId);
      const put = (who: 'ops' | 'agent', id: string, body: unknown): Promise<ApiAnswer> =>
        stack.as(who).put(`/v1/inquiries/${id}/presence`, body);
      expect((await put('ops', inquiryId, { state: 'viewing' })).status).toBe(403);
      expect((await put('agent', randomUUID(), { state: 'viewing' })).status).toBe(404);
      expect((await put('agent', 'nonsense', { state: 'viewing' })).status).toBe(404);
      expect((await put('agent', inquiryId, { state: 'sleeping' })).status).toBe(400);
    });
  });

  describe('notices', () => {
    const notify = (who: Who, mark: string, at: number): Promise<void> =>
      stack.database.tenant(stack.demo.tenantId, (tx) =>
        notifyMembers(tx, {
          members: [ids[who]],
          kind: 'escalation',
          inquiryId: null,
          data: { mark },
          urgent: false,
          at,
        }),
      );

    it('are listed unread first, newest first, and ticked off once', async () => {
      const agent = stack.as('agent');
      const start = Date.now();
      for (let n = 0; n < 5; n += 1) await notify('agent', `n${n}`, start + n);
      await notify('agent2', 'not mine', start);
      const marks = (body: ApiAnswer['body']): string[] =>
        body.items.map((item: { data: { mark: string } }) => item.data.mark);
      const all = await agent.get('/v1/notifications');
      expect(marks(all.body)).toEqual(['n4', 'n3', 'n2', 'n1', 'n0']);
      const id = all.body.items[1].id as string;
      const read = await agent.post(`/v1/notifications/${id}/read`);
      expect(read.status).toBe(200);
      expect(read.body).toMatchObject({ id, kind: 'escalation', urgent: false, readAt: expect.stringMatching(/Z$/) });
      const again = await agent.post(`/v1/notifications/${id}/read`);
      expect(again.body.readAt).toBe(read.body.readAt);
      const pages: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body }: ApiAnswer = await agent.get(
          `/v1/notifications?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        pages.push(...marks(body));
        cursor = body.nextCursor;
      }
      expect(pages).toEqual(['n4', 'n2', 'n1', 'n0', 'n3']);
      expect(marks((await agent.get('/v1/notifications?unread=true')).body)).toEqual(['n4', 'n2', 'n1', 'n0']);
      expect((await stack.as('agent2').post(`/v1/notifications/${id}/read`)).status).toBe(404);
      expect((await agent.post(`/v1/notifications/${id}/read`, undefined, { idempotencyKey: null })).status).toBe(400);
    });
  });

  describe('the end of a shift', () => {
    it('hands over what one holds, with a note, in one call that may be repeated', async () => {
      const agent = stack.as('agent');
      await agent.put('/v1/me/presence', { state: 'available' });
      await stack.as('agent2').put('/v1/me/presence', { state: 'away' });
      const tasks: string[] = [];
      for (let count = 0; count < 3; count += 1) {
        const { id } = await taskOf((await stack.send()).inquiryId);
        expect((await agent.post(`/v1/tasks/${id}/claim`)).status).toBe(200);
        tasks.push(id);
      }
      await stack.as('agent2').put('/v1/me/presence', { state: 'available' });
      const [kept] = tasks as [string];
      const idempotencyKey = randomUUID();
      const some = { to: { memberId: ids.agent2 }, note: 'Falta o rastreio', taskIds: tasks.slice(1) };
      const first = await agent.post('/v1/me/handover', some, { idempotencyKey });
      expect([first.status, first.body]).toEqual([
        200,
        { items: tasks.slice(1).map((taskId) => ({ taskId, state: 'applied', code: null })) },
      ]);
      expect((await agent.post('/v1/me/handover', some, { idempotencyKey })).body).toEqual(first.body);
      const { body } = await stack.as('agent2').get(`/v1/tasks/${tasks[1]}`);
      expect(body).toMatchObject({
        state: 'offered',
        assignee: { id: ids.agent2 },
        holder: null,
        handover: { from: { id: ids.agent, name: 'Ana Duarte' }, note: 'Falta o rastreio' },
      });
      const all = await agent.post('/v1/me/handover', { to: { queue: 'supervisors' }, note: 'Fim do turno' });
      expect(all.body).toEqual({ items: [{ taskId: kept, state: 'applied', code: null }] });
      expect((await stack.as('supervisor').get(`/v1/tasks/${kept}`)).body).toMatchObject({
        queue: 'supervisors',
        state: 'ready',
        token: null,
      });
      const foreign = await agent.post('/v1/me/handover', {
        to: { queue: 'supervisors' },
        note: 'x',
        taskIds: [tasks[1]],
      });
      expect(foreign.body).toEqual({ items: [{ taskId: tasks[1], state: 'refused', code: 'token_stale' }] });
      const nowhere = await agent.post('/v1/me/handover', { to: { queue: 'nowhere' }, note: 'x' });
      expect([nowhere.status, nowhere.body]).toEqual([200, { items: [] }]);
    }, 30_000);
  });

  describe('the start of a shift', () => {
    /** Opening hours of the demo queue, as the calendar it is given. */
    const hours = async (open: boolean, opensAt: number): Promise<void> => {
      const hhmm = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
      const day = open ? [{ from: '00:00', to: '24:00' }] : [{ from: hhmm(opensAt), to: hhmm(opensAt + 2 * HOUR) }];
      const week = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, day]));
      const spec = JSON.stringify({ zone: 'UTC', week, exceptions: [] });
      const { rows } = await stack.superuser.query(
        'select id, version from calendar where tenant_id = $1 and key = $2',
        [stack.demo.tenantId, 'always'],
      );
      await stack.superuser.query('update calendar set version = version + 1 where id = $1', [rows[0].id]);
      await stack.superuser.query(
        'insert into calendar_version (tenant_id, calendar_id, version, spec) values ($1, $2, $3, $4)',
        [stack.demo.tenantId, rows[0].id, Number(rows[0].version) + 1, spec],
      );
    };

    it('offers what came in while nobody was there', async () => {
      const opensAt = Math.ceil(Date.now() / HOUR) * HOUR + HOUR;
      await hours(false, opensAt);
      const { inquiryId } = await stack.send();
      const task = await taskOf(inquiryId);
      expect(task.key).toBeNull();
      const { rows } = await eventually(
        () =>
          stack.superuser.query(`select due_at from work_queue where kind = 'lease' and ref = $1 and due_at > now()`, [
            task.id,
          ]),
        (result) => result.rows.length === 1,
      );
      expect(new Date(rows[0].due_at as string).getTime()).toBe(opensAt);
      await hours(true, 0);
      await stack.superuser.query(`update work_queue set due_at = now() where kind = 'lease' and ref = $1`, [task.id]);
      const offered = await eventually(
        () => taskOf(inquiryId),
        ({ key }) => key !== null,
      );
      expect(['agent', 'agent2']).toContain(offered.key);
      const history = await stack.superuser.query(
        `select x from event, jsonb_array_elements(entries) as x where inquiry_id = $1 and x ->> 'kind' = 'task.offered'`,
        [inquiryId],
      );
      expect(history.rows[0].x).toMatchObject({
        actor: { kind: 'system' },
        data: { task: 'task:1', by: 'least_loaded', memberId: ids[offered.key as Who] },
        because: { values: { candidates: expect.any(Array) } },
      });
      expect((await stack.as(offered.key as Who).post(`/v1/tasks/${task.id}/claim`)).status).toBe(200);

      // The offer can be made again from its record, and comes out otherwise once the record is another.
      const replay = (): Promise<ApiAnswer> => stack.as('auditor').post(`/v1/inquiries/${inquiryId}/replay`);
      const { body: proof } = await replay();
      expect(proof).toMatchObject({ same: true, differences: [] });
      await stack.superuser.query(
        `update event set decision = jsonb_set(decision, '{request,queue,members}', '[]')
          where inquiry_id = $1 and kind = 'task.offered'`,
        [inquiryId],
      );
      const { body: forged } = await replay();
      expect(forged).toMatchObject({ same: false, decisions: proof.decisions, differences: [{ what: 'entries' }] });
    }, 30_000);
  });
});
