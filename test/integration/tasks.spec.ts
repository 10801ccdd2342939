import { randomUUID } from 'node:crypto';
import type { Api, ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Who = 'agent' | 'agent2' | 'supervisor';

describe('tasks', () => {
  let stack: Stack;
  const ids: Record<Who, string> = { agent: '', agent2: '', supervisor: '' };

  beforeAll(async () => {
    stack = await startStack();
    for (const who of ['agent', 'agent2', 'supervisor'] as const) {
      const { rows } = await stack.superuser.query('select id from member where tenant_id = $1 and key = $2', [
        stack.demo.tenantId,
        who,
      ]);
      ids[who] = rows[0].id as string;
    }
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const update = (taskId: string, set: string, ...values: unknown[]): Promise<unknown> =>
    stack.superuser.query(`update task set ${set} where id = $1`, [taskId, ...values]);

  /** A new inquiry with its reply task: offered as the engine offered it, or free for everybody. */
  const newTask = async (
    standing: 'offered' | 'free' = 'free',
  ): Promise<{ taskId: string; inquiryId: string; offeredTo: Who }> => {
    const { inquiryId } = await stack.send();
    const { rows } = await eventually(
      () =>
        stack.superuser.query(
          `select t.id, m.key from task t join member m on m.id = t.offered_to where t.inquiry_id = $1 and t.ended_at is null`,
          [inquiryId],
        ),
      (result) => result.rows.length > 0,
    );
    const taskId = rows[0].id as string;
    if (standing === 'free') await update(taskId, `state = 'ready', offered_to = null, offer_until = null`);
    return { taskId, inquiryId, offeredTo: rows[0].key as Who };
  };

  const claim = (who: Who, taskId: string): Promise<ApiAnswer> => stack.as(who).post(`/v1/tasks/${taskId}/claim`);

  const kindsOf = async (inquiryId: string): Promise<string[]> => {
    const { rows } = await stack.superuser.query(
      `select entry ->> 'kind' as kind
         from event, jsonb_array_elements(entries) with ordinality as list (entry, place)
        where inquiry_id = $1 order by seq, place`,
      [inquiryId],
    );
    return rows.map((row) => row.kind as string);
  };

  const audits = async (taskId: string, action: string): Promise<{ result: string; code: string | null }[]> => {
    const { rows } = await stack.superuser.query(
      'select result, code from audit_event where object_id = $1 and action = $2 order by id',
      [taskId, action],
    );
    return rows as { result: string; code: string | null }[];
  };

  describe('claiming', () => {
    it('answers with everything needed to reply', async () => {
      const { taskId, inquiryId } = await newTask();
      const before = Date.now();
      const { status, body } = await claim('agent', taskId);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        id: taskId,
        kind: 'reply',
        state: 'claimed',
        queue: 'sales-br',
        assignee: null,
        holder: { id: ids.agent, name: 'Ana Duarte' },
        token: 1,
        approval: null,
        draft: null,
        handover: null,
        limits: { maxLength: expect.any(Number), windowUntil: null, public: false },
        inquiry: { id: inquiryId, state: 'open', holder: { id: ids.agent }, task: { id: taskId, state: 'claimed' } },
        orders: [],
        suggestions: [],
      });
      expect(body.actions.map((action: { name: string }) => action.name)).toEqual(['send', 'not_needed', 'hand_over']);
      expect(body.messages[0]).toMatchObject({
        direction: 'in',
        text: 'Oi, quando chega o meu pedido?',
        author: { kind: 'buyer' },
      });
      expect(body.buyer.id).toBe(body.inquiry.buyerId);
      expect(Date.parse(body.nextDue)).toBeGreaterThan(before);
      // 20 minutes of a calendar that is always open.
      expect(Math.abs(Date.parse(body.leaseUntil) - before - 20 * 60_000)).toBeLessThan(5_000);
      expect(await kindsOf(inquiryId)).toContain('task.claimed');
      expect(await audits(taskId, 'task.claim')).toEqual([{ result: 'ok', code: null }]);
    });

    it('lets one of 200 win and tells the others who did', async () => {
      const { taskId, inquiryId } = await newTask();
      const who: Who[] = ['agent', 'agent2', 'supervisor'];
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) => claim(who[index % 3] ?? 'agent', taskId)),
      );
      const odd = answers.filter(({ status }) => status !== 200 && status !== 409);
      expect(odd.map(({ status, body }) => ({ status, body }))).toEqual([]);
      const won = answers.filter(({ status }) => status === 200);
      const lost = answers.filter(({ status }) => status === 409);
      expect([won.length, lost.length]).toEqual([1, 199]);
      expect(won[0]?.body.token).toBe(1);
      for (const { body } of lost) {
        expect(body).toMatchObject({ code: 'task_held', currentState: 'claimed', holder: won[0]?.body.holder });
      }
      const records = await audits(taskId, 'task.claim');
      expect(records.filter(({ result }) => result === 'ok')).toHaveLength(1);
      expect(records.filter(({ result, code }) => result === 'conflict' && code === 'task_held')).toHaveLength(199);
      expect((await kindsOf(inquiryId)).filter((kind) => kind === 'task.claimed')).toHaveLength(1);
    }, 60_000);

    it('gives the same answer to the same key, and task_held under a new one', async () => {
      const { taskId } = await newTask();
      const idempotencyKey = randomUUID();
      const first = await stack.as('agent').post(`/v1/tasks/${taskId}/claim`, undefined, { idempotencyKey });
      const again = await stack.as('agent').post(`/v1/tasks/${taskId}/claim`, undefined, { idempotencyKey });
      expect([first.status, again.status]).toEqual([200, 200]);
      expect(again.body).toEqual(first.body);
      const fresh = await claim('agent', taskId);
      expect([fresh.status, fresh.body.code, fresh.body.holder]).toEqual([
        409,
        'task_held',
        { id: ids.agent, name: 'Ana Duarte' },
      ]);
    });

    it('keeps an offer for whom it is for, until it runs out', async () => {
      const { taskId, offeredTo } = await newTask('offered');
      const other = offeredTo === 'agent' ? 'agent2' : 'agent';
      const refused = await claim(other, taskId);
      expect([refused.status, refused.body.code]).toEqual([409, 'task_offered']);
      expect(refused.body.assignee).toMatchObject({ id: ids[offeredTo] });
      expect(Date.parse(refused.body.until)).toBeGreaterThan(Date.now());
      expect((await claim(offeredTo, taskId)).status).toBe(200);
      const second = await newTask('offered');
      await update(second.taskId, `offer_until = now() - interval '1 second'`);
      expect((await claim(second.offeredTo === 'agent' ? 'agent2' : 'agent', second.taskId)).status).toBe(200);
    });

    it('takes over a lease that has run out, and records whose it was', async () => {
      const { taskId, inquiryId } = await newTask();
      await claim('agent', taskId);
      await update(taskId, `lease_until = now() - interval '1 second'`);
      const taken = await claim('agent2', taskId);
      expect([taken.status, taken.body.token]).toEqual([200, 2]);
      // The acknowledgement's receipt may come at any moment.
      const kinds = (await kindsOf(inquiryId)).filter((kind) => kind.startsWith('task.'));
      expect(kinds.slice(-3)).toEqual(['task.claimed', 'task.lease_expired', 'task.claimed']);
      const late = await stack.as('agent').post(`/v1/tasks/${taskId}/renew`, { token: 1 });
      expect([late.status, late.body.code, late.body.holder.id]).toEqual([409, 'token_stale', ids.agent2]);
    });

    it.each([
      ['no such task', randomUUID()],
      ['no id at all', 'nonsense'],
    ])('finds nothing under %s', async (_name, id) => {
      expect((await claim('agent', id)).status).toBe(404);
    });

    it('is for those who may act, in their own queues, with an Idempotency-Key', async () => {
      const { taskId } = await newTask();
      for (const role of ['ops', 'auditor', 'privacyOfficer', 'admin'] as const) {
        expect((await stack.as(role).post(`/v1/tasks/${taskId}/claim`)).status).toBe(403);
      }
      expect((await stack.as({ key: stack.other.keys.agent }).post(`/v1/tasks/${taskId}/claim`)).status).toBe(404);
      expect(
        (await stack.as('agent').post(`/v1/tasks/${taskId}/claim`, undefined, { idempotencyKey: null })).status,
      ).toBe(400);
      await update(taskId, `queue_key = 'night-sz'`);
      expect((await claim('agent', taskId)).status).toBe(403);
      expect((await stack.as('agent').get(`/v1/tasks/${taskId}`)).status).toBe(403);
      expect((await claim('supervisor', taskId)).status).toBe(200);
    });
  });

  describe('holding', () => {
    it('renews by a renewal and by a draft, with the token only', async () => {
      const { taskId } = await newTask();
      const agent = stack.as('agent');
      const { body: task } = await claim('agent', taskId);
      await update(taskId, `lease_until = now() + interval '1 minute'`);
      const renewed = await agent.post(`/v1/tasks/${taskId}/renew`, { token: task.token });
      expect([renewed.status, renewed.body.token]).toEqual([200, 1]);
      expect(Date.parse(renewed.body.leaseUntil)).toBeGreaterThan(Date.now() + 15 * 60_000);
      await update(taskId, `lease_until = now() + interval '1 minute'`);
      const draft = await agent.put(`/v1/tasks/${taskId}/draft`, {
        token: task.token,
        text: 'Olá, Marina…',
        language: 'pt-BR',
      });
      expect(draft.status).toBe(200);
      expect(Date.parse(draft.body.leaseUntil)).toBeGreaterThan(Date.now() + 15 * 60_000);
      expect((await agent.get(`/v1/tasks/${taskId}`)).body).toMatchObject({
        token: 1,
        draft: { text: 'Olá, Marina…', language: 'pt-BR', by: { id: ids.agent, name: 'Ana Duarte' } },
      });
      for (const [who, token] of [
        ['agent', 0],
        ['agent2', 1],
        ['supervisor', 1],
      ] as const) {
        const api = stack.as(who);
        expect((await api.post(`/v1/tasks/${taskId}/renew`, { token })).body.code).toBe('token_stale');
        expect((await api.put(`/v1/tasks/${taskId}/draft`, { token, text: 'x' })).body.code).toBe('token_stale');
        expect((await api.post(`/v1/tasks/${taskId}/release`, { token })).body.code).toBe('token_stale');
      }
      expect(await audits(taskId, 'task.draft')).toHaveLength(3);
    });

    it('shows token and texts to those who may see them', async () => {
      const { taskId } = await newTask();
      const { body } = await claim('agent', taskId);
      await stack.as('agent').put(`/v1/tasks/${taskId}/draft`, { token: body.token, text: 'Rascunho' });
      const seen = async (api: Api): Promise<ApiAnswer['body']> => (await api.get(`/v1/tasks/${taskId}`)).body;
      expect(await seen(stack.as('agent'))).toMatchObject({ token: 1, draft: { text: 'Rascunho' } });
      expect(await seen(stack.as('agent2'))).toMatchObject({ token: null, draft: { text: 'Rascunho' } });
      expect(await seen(stack.as('auditor'))).toMatchObject({
        token: null,
        messages: [{ text: expect.any(String) }, expect.anything()],
      });
      const ops = await seen(stack.as('ops'));
      expect(ops).toMatchObject({
        token: null,
        draft: { text: null },
        buyer: { name: null },
        inquiry: { buyerName: null },
      });
      expect(ops.messages.every((message: { text: unknown }) => message.text === null)).toBe(true);
      expect(JSON.stringify(ops)).not.toMatch(/Rascunho|pedido/);
    });

    it('gives a task back by its holder, with its draft', async () => {
      const { taskId, inquiryId } = await newTask();
      const agent = stack.as('agent');
      const { body } = await claim('agent', taskId);
      await agent.put(`/v1/tasks/${taskId}/draft`, { token: body.token, text: 'Quase pronto' });
      expect((await agent.post(`/v1/tasks/${taskId}/release`, {})).body).toMatchObject({
        code: 'request_invalid',
        errors: [{ pointer: '/token' }],
      });
      const released = await agent.post(`/v1/tasks/${taskId}/release`, { token: body.token });
      expect([released.status, released.body]).toEqual([200, { id: taskId, state: 'ready' }]);
      expect((await agent.get(`/v1/tasks/${taskId}`)).body).toMatchObject({
        state: 'ready',
        holder: null,
        leaseUntil: null,
        draft: { text: 'Quase pronto' },
        inquiry: { holder: null },
      });
      expect((await kindsOf(inquiryId)).at(-1)).toBe('task.released');
      expect((await claim('agent2', taskId)).body).toMatchObject({ token: 3, draft: { text: 'Quase pronto' } });
    });

    it('is taken away by a supervisor without a token, by nobody else', async () => {
      const { taskId } = await newTask();
      const { body } = await claim('agent', taskId);
      expect((await stack.as('agent2').post(`/v1/tasks/${taskId}/release`)).status).toBe(403);
      expect((await stack.as('supervisor').post(`/v1/tasks/${taskId}/release`)).status).toBe(200);
      const stale = await stack.as('agent').post(`/v1/tasks/${taskId}/renew`, { token: body.token });
      expect([stale.status, stale.body.code]).toEqual([409, 'token_stale']);
      const nothing = await stack.as('supervisor').post(`/v1/tasks/${taskId}/release`);
      expect([nothing.status, nothing.body.code, nothing.body.currentState]).toEqual([409, 'nothing_open', 'ready']);
    });
  });

  describe('running out', () => {
    it('returns a task with its draft when the lease has run out, and the token stays good until somebody claims', async () => {
      const { taskId, inquiryId } = await newTask();
      const agent = stack.as('agent');
      await update(taskId, 'lease_ms = 1500');
      const { body } = await claim('agent', taskId);
      await agent.put(`/v1/tasks/${taskId}/draft`, { token: body.token, text: 'Não perder' });
      const back = await eventually(
        () => agent.get(`/v1/tasks/${taskId}`),
        (answer) => answer.body.state === 'ready',
      );
      expect(back.body).toMatchObject({ holder: null, token: null, draft: { text: 'Não perder' } });
      await eventually(
        () => kindsOf(inquiryId),
        (kinds) => kinds.at(-1) === 'task.lease_expired',
      );
      await update(taskId, 'lease_ms = 60000');
      const regained = await agent.post(`/v1/tasks/${taskId}/renew`, { token: body.token });
      expect(regained.status).toBe(200);
      expect((await kindsOf(inquiryId)).at(-1)).toBe('task.claimed');
      const done = await agent.post(`/v1/tasks/${taskId}/complete`, {
        token: body.token,
        action: 'send',
        text: 'Chega amanhã.',
      });
      expect(done.status).toBe(200);
    });

    it('lets the owner of the current token complete although the lease has ended', async () => {
      const { taskId, inquiryId } = await newTask();
      await update(taskId, 'lease_ms = 1500');
      const { body } = await claim('agent', taskId);
      await eventually(
        () => kindsOf(inquiryId),
        (kinds) => kinds.at(-1) === 'task.lease_expired',
      );
      const other = await stack
        .as('agent2')
        .post(`/v1/tasks/${taskId}/complete`, { token: body.token, action: 'send', text: 'Meu' });
      expect([other.status, other.body.code]).toEqual([409, 'token_stale']);
      const done = await stack
        .as('agent')
        .post(`/v1/tasks/${taskId}/complete`, { token: body.token, action: 'send', text: 'Chega amanhã.' });
      expect(done.status).toBe(200);
    });

    it('opens an offer to everybody when it has run out', async () => {
      const { taskId, inquiryId } = await newTask('offered');
      await update(taskId, `offer_until = now() + interval '300 milliseconds'`);
      await stack.superuser.query(
        `update work_queue set due_at = now() + interval '301 milliseconds' where kind = 'lease' and ref = $1`,
        [taskId],
      );
      await eventually(
        () => kindsOf(inquiryId),
        (kinds) => kinds.at(-1) === 'task.offer_expired',
      );
      const { body } = await stack.as('agent').get(`/v1/tasks/${taskId}`);
      expect(body).toMatchObject({ state: 'ready', assignee: null, offerUntil: null });
      await expect(
        stack.superuser.query(`select from work_queue where kind = 'lease' and ref = $1`, [taskId]),
      ).resolves.toMatchObject({ rowCount: 0 });
    });

    it('forgets the lease of a task that has ended', async () => {
      const { taskId } = await newTask();
      const { body } = await claim('agent', taskId);
      await stack
        .as('agent')
        .post(`/v1/tasks/${taskId}/complete`, { token: body.token, action: 'send', text: 'Chega amanhã.' });
      await expect(
        stack.superuser.query(`select from work_queue where kind = 'lease' and ref = $1`, [taskId]),
      ).resolves.toMatchObject({ rowCount: 0 });
      const view = await stack.as('agent').get(`/v1/tasks/${taskId}`);
      expect(view.body).toMatchObject({
        state: 'completed',
        outcome: 'sent',
        token: null,
        actions: [],
        inquiry: { holder: null },
      });
      expect((await claim('agent2', taskId)).body).toMatchObject({ code: 'task_ended', currentState: 'completed' });
    });
  });
});
