import { RetentionSchedule, RetentionSweep, sweepTotals } from '../../src/modules/retention/index.js';
import type { SweepCounts } from '../../src/modules/retention/index.js';
import { eventually } from '../support/eventually.js';
import { offeredTo } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

const DAY = 86_400_000;

describe('retention', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  /** An inquiry that was answered and closed `daysAgo` days ago. */
  const closed = async (buyer: string, daysAgo: number): Promise<Accepted> => {
    const accepted = await stack.send({
      buyer,
      name: 'Lia Nunes',
      text: 'Oi, quando chega?',
      conversationId: `c-${buyer}`,
    });
    const agent = await offeredTo(stack, accepted.inquiryId);
    await agent.post(`/v1/inquiries/${accepted.inquiryId}/notes`, { text: 'Ligar amanhã' });
    await agent.post(`/v1/inquiries/${accepted.inquiryId}/replies`, { text: 'Chega amanhã.', close: true });
    await eventually(
      () => read(accepted),
      ({ body }) => body.state === 'closed',
    );
    await stack.superuser.query(
      `update inquiry set closed_at = closed_at - $2::int * interval '1 day', reopen_until = reopen_until - $2::int * interval '1 day',
              retain_until = retain_until - $2::int * interval '1 day' where id = $1`,
      [accepted.inquiryId, daysAgo],
    );
    return accepted;
  };

  const read = ({ inquiryId }: Accepted) => stack.as('privacyOfficer').get(`/v1/inquiries/${inquiryId}`);
  const sweep = async (dryRun = false, now = Date.now()): Promise<SweepCounts> => {
    const sweeps = await stack.application.nest
      .get(RetentionSweep, { strict: false })
      .run({ now, dryRun, onProgress: () => undefined });
    return sweepTotals(sweeps);
  };
  const stored = async (table: string, column: string, { inquiryId }: Accepted): Promise<unknown[]> => {
    const { rows } = await stack.superuser.query<Record<string, unknown>>(
      `select ${column} from ${table} where inquiry_id = $1 and ${column} is not null`,
      [inquiryId],
    );
    return rows;
  };

  it('archives what can no longer be reopened, and keeps what can', async () => {
    const recent = await closed('recent', 6);
    const old = await closed('old', 8);
    expect(await sweep(true)).toEqual({ archived: 1, erased: 0, held: 0 });
    expect((await read(old)).body.state).toBe('closed');
    expect(await sweep()).toEqual({ archived: 1, erased: 0, held: 0 });
    expect((await read(old)).body.state).toBe('archived');
    expect((await read(recent)).body.state).toBe('closed');
    expect(await sweep()).toEqual({ archived: 0, erased: 0, held: 0 });
    const late = await stack.as('supervisor').post(`/v1/inquiries/${old.inquiryId}/notes`, { text: 'Para lembrar' });
    expect(late.status).toBe(200);
    expect((await read(old)).body.state).toBe('archived');
    const listed = await stack.as('privacyOfficer').get('/v1/inquiries?state=archived');
    expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([old.inquiryId]);
  }, 30_000);

  it('erases at the end of the class: every text, the names, and nothing of the history', async () => {
    const gone = await closed('gone', 731);
    const before = await stack.as('auditor').get(`/v1/inquiries/${gone.inquiryId}/history?limit=200`);
    const { buyerId } = (await read(gone)).body;
    const ledger = () => stack.as('auditor').get(`/v1/inquiries/${gone.inquiryId}/obligations/first_response/1/ledger`);
    const accounted = await ledger();
    expect(accounted.status).toBe(200);
    expect(await stored('message', 'text', gone)).toHaveLength(4);
    expect(await sweep(true)).toEqual({ archived: 1, erased: 1, held: 0 });
    expect(await sweep()).toEqual({ archived: 1, erased: 1, held: 0 });

    for (const [table, column] of [
      ['message', 'text'],
      ['message', 'external_id'],
      ['message', 'reply_address'],
      ['command', 'payload'],
      ['delivery', 'external_id'],
      ['task', 'draft'],
    ] as const) {
      expect(await stored(table, column, gone)).toEqual([]);
    }
    const messages = await stack.as('privacyOfficer').get(`/v1/inquiries/${gone.inquiryId}/messages`);
    expect(messages.body.items).toHaveLength(4);
    for (const message of messages.body.items) {
      expect(message).toMatchObject({ text: null, erased: { at: expect.any(String) } });
    }
    expect((await read(gone)).body).toMatchObject({ state: 'archived', erased: { at: expect.any(String) } });
    const buyer = await stack.as('privacyOfficer').get(`/v1/buyers/${buyerId}`);
    expect([buyer.status, buyer.body.code]).toEqual([410, 'erased']);
    const tokens = await stack.superuser.query('select 1 from search_token where inquiry_id = $1', [gone.inquiryId]);
    expect(tokens.rowCount).toBe(0);
    const engine = await stack.as('auditor').get(`/v1/inquiries/${gone.inquiryId}/history?view=engine`);
    expect(engine.body.items[0]).toMatchObject({
      type: 'WorkflowExecutionStarted',
      attributes: { input: [{ erased: true }] },
    });
    // Nothing would ever erase what were written now.
    const note = await stack.as('supervisor').post(`/v1/inquiries/${gone.inquiryId}/notes`, { text: 'Mais uma' });
    expect([note.status, note.body.code]).toEqual([410, 'erased']);

    const after = await stack.as('auditor').get(`/v1/inquiries/${gone.inquiryId}/history?limit=200`);
    const kinds = (body: { items: { kind: string }[] }): string[] => body.items.map(({ kind }) => kind);
    expect(kinds(after.body)).toEqual([...kinds(before.body), 'inquiry.archived', 'inquiry.erased']);
    expect(after.body.items.at(-1)).toMatchObject({
      actor: { kind: 'system' },
      data: { retentionClass: 'order', messages: 4 },
      summary: 'The content was erased at the end of the class order.',
    });
    expect((await ledger()).body).toEqual(accounted.body);
    const { body: proof } = await eventually(
      () => stack.as('auditor').get(`/v1/audit-events?inquiry=${gone.inquiryId}&action=inquiry.erase`),
      ({ body }) => body.items.length > 0,
    );
    expect(proof.items).toMatchObject([
      { actor: { kind: 'system' }, result: 'ok', after: { retentionClass: 'order', messages: 4 } },
    ]);
    const replay = await stack.as('auditor').post(`/v1/inquiries/${gone.inquiryId}/replay`);
    expect(replay.body).toMatchObject({ same: true });
  }, 30_000);

  it('keeps who the buyer is while another inquiry of theirs has its content', async () => {
    const first = await closed('twice', 731);
    const second = await closed('twice', 0);
    expect(second.conversationId).toBe(first.conversationId);
    expect(await sweep()).toEqual({ archived: 1, erased: 1, held: 0 });
    const { buyerId } = (await read(second)).body;
    expect((await stack.as('privacyOfficer').get(`/v1/buyers/${buyerId}`)).body.name).toBe('Lia Nunes');
  }, 30_000);

  it('takes somebody who was erased and writes again for somebody new', async () => {
    const first = await closed('again', 731);
    await sweep();
    const second = await stack.send({ buyer: 'again', name: 'Lia Nunes', conversationId: 'c-again' });
    expect(second.conversationId).not.toBe(first.conversationId);
    expect((await read(second)).body.linked).toBeNull();
  }, 30_000);

  describe('under a hold', () => {
    const place = (scope: unknown, reason = 'Processo 0001234') =>
      stack.as('privacyOfficer').post('/v1/holds', { scope, reason, reviewAt: '2027-01-31T00:00:00Z' });

    it.each(['inquiry', 'buyer', 'tenant'] as const)(
      'of the %s nothing is erased, until somebody else releases it',
      async (kind) => {
        const kept = await closed(`held-${kind}`, 731);
        const { buyerId } = (await read(kept)).body;
        const scope =
          kind === 'inquiry' ? { inquiryId: kept.inquiryId } : kind === 'buyer' ? { buyerId } : { tenant: true };
        const hold = await place(scope);
        expect(hold.status).toBe(201);
        expect(hold.body).toMatchObject({
          scope,
          reason: 'Processo 0001234',
          reviewAt: '2027-01-31T00:00:00.000Z',
          releasedAt: null,
        });
        expect((await read(kept)).body.retention.onHold).toBe(true);
        expect(await sweep(true)).toEqual({ archived: 1, erased: 0, held: 1 });
        expect(await sweep()).toEqual({ archived: 1, erased: 0, held: 1 });
        expect(await stored('message', 'text', kept)).toHaveLength(4);

        const own = await stack.as('privacyOfficer').post(`/v1/holds/${hold.body.id}/release`, { reason: 'Acabou' });
        expect([own.status, own.body.code]).toEqual([403, 'own_work']);
        expect(await sweep()).toEqual({ archived: 0, erased: 0, held: 1 });
        await releaseBySomebodyElse(hold.body.id as string);
        expect((await read(kept)).body.retention.onHold).toBe(false);
        expect(await sweep()).toEqual({ archived: 0, erased: 1, held: 0 });
      },
      30_000,
    );

    /** There is one privacy officer in the demo; a second person takes the role for a moment. */
    const releaseBySomebodyElse = async (id: string): Promise<void> => {
      await stack.superuser.query(
        `update member set role = 'privacy_officer' where tenant_id = $1 and key = 'auditor'`,
        [stack.demo.tenantId],
      );
      const released = await eventually(
        () => stack.as('auditor').post(`/v1/holds/${id}/release`, { reason: 'Processo encerrado' }),
        ({ status }) => status !== 403,
      );
      expect([released.status, released.body.releaseReason]).toEqual([200, 'Processo encerrado']);
      const again = await stack.as('auditor').post(`/v1/holds/${id}/release`, { reason: 'Outra vez' });
      expect([again.status, again.body.code]).toEqual([409, 'released']);
      await stack.superuser.query(`update member set role = 'auditor' where tenant_id = $1 and key = 'auditor'`, [
        stack.demo.tenantId,
      ]);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    };

    it('is answered the same way when the request is repeated', async () => {
      const { inquiryId } = await closed('repeated', 0);
      const body = { scope: { inquiryId }, reason: 'Processo' };
      const [first, second] = [
        await stack.as('privacyOfficer').post('/v1/holds', body, { idempotencyKey: 'hold-1' }),
        await stack.as('privacyOfficer').post('/v1/holds', body, { idempotencyKey: 'hold-1' }),
      ];
      expect(second.body).toEqual(first.body);
      const listed = await stack.as('auditor').get('/v1/holds?active=true');
      expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([first.body.id]);
      expect((await stack.as('auditor').get(`/v1/holds/${first.body.id}`)).body).toEqual(first.body);
      const history = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
      expect(history.body.items.at(-1)).toMatchObject({ kind: 'hold.placed', data: { holdId: first.body.id } });
      expect(JSON.stringify(history.body)).not.toContain('Processo');
    });

    it('needs something that exists, and the right to', async () => {
      const nobody = await place({ buyerId: '01990000-0000-7000-8000-000000000000' });
      expect([nobody.status, nobody.body.code]).toEqual([422, 'reference_unknown']);
      expect((await place({ tenant: false })).status).toBe(400);
      expect((await place({})).status).toBe(400);
      const refused = await stack.as('auditor').post('/v1/holds', { scope: { tenant: true }, reason: 'x' });
      expect(refused.status).toBe(403);
      const keyless = await stack
        .as('privacyOfficer')
        .post('/v1/holds', { scope: { tenant: true }, reason: 'x' }, { idempotencyKey: null });
      expect(keyless.body.code).toBe('idempotency_key_missing');
      expect((await stack.as('privacyOfficer').get('/v1/holds/01990000-0000-7000-8000-000000000000')).status).toBe(404);
      expect((await stack.as('agent').get('/v1/holds')).status).toBe(403);
    });
  });

  it('deletes raw deliveries and recorded answers when their time is over', async () => {
    const count = async (table: string): Promise<number> =>
      Number((await stack.superuser.query(`select count(*) from ${table}`)).rows[0].count);
    await stack.send({ buyer: 'raw' });
    expect(await count('raw_delivery')).toBeGreaterThan(0);
    await sweep(false, Date.now() + 6 * DAY);
    expect(await count('idempotency')).toBeGreaterThan(0);
    await sweep(false, Date.now() + 8 * DAY);
    expect(await count('idempotency')).toBe(0);
    expect(await count('raw_delivery')).toBeGreaterThan(0);
    await sweep(false, Date.now() + 15 * DAY);
    expect(await count('raw_delivery')).toBe(0);
  });

  it('is scheduled in Temporal once, however often the program starts', async () => {
    const { schedule } = stack.runtime.temporal.client;
    await stack.application.nest.get(RetentionSchedule, { strict: false }).ensure();
    const { spec, policies, action } = await schedule.getHandle('atende-retention-sweep').describe();
    expect(spec).toMatchObject({
      timezone: 'America/Sao_Paulo',
      calendars: [{ hour: [{ start: 3 }], minute: [{ start: 17 }] }],
    });
    expect(policies.overlap).toBe('SKIP');
    expect(action).toMatchObject({
      workflowType: 'retentionSweep',
      taskQueue: stack.runtime.config.temporal.taskQueue,
    });
  });

  it('runs when the schedule says so', async () => {
    const due = await closed('scheduled', 8);
    await stack.runtime.temporal.client.schedule.getHandle('atende-retention-sweep').trigger();
    await eventually(
      () => read(due),
      ({ body }) => body.state === 'archived',
      20_000,
    );
  }, 30_000);
});
