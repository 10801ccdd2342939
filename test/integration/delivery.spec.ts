import { randomUUID } from 'node:crypto';
import { channelMessageHash } from '../../src/modules/conversation/index.js';
import { lockByIntent, saveOutgoing } from '../../src/modules/delivery/delivery-rows.js';
import { Receipts } from '../../src/modules/delivery/index.js';
import { BuyerServer } from '../support/buyer-server.js';
import { eventually } from '../support/eventually.js';
import { waitingForLock } from '../support/inquiry.js';
import { obligation, offeredTo, setShop } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('delivering', () => {
  let stack: Stack;
  let buyer: BuyerServer;

  beforeAll(async () => {
    stack = await startStack();
    buyer = await new BuyerServer(stack.demo.webhookSecret).start();
    await setShop(stack, { replyUrl: buyer.url, requestTimeout: '1s', settleTime: '1s', verdictTimeout: '3s' });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await buyer.stop();
  });

  /** A new inquiry whose acknowledgement has arrived. */
  const opened = async (): Promise<string> => {
    const before = buyer.taken.length;
    const { inquiryId } = await stack.send();
    await eventually(
      () => Promise.resolve(buyer.taken.length),
      (taken) => taken === before + 1,
    );
    return inquiryId;
  };

  const reply = async (inquiryId: string, text = 'Chega amanhã.'): Promise<{ messageId: string; intentId: string }> => {
    const answer = await (await offeredTo(stack, inquiryId)).post(`/v1/inquiries/${inquiryId}/replies`, { text });
    expect(answer.status).toBe(202);
    return answer.body as { messageId: string; intentId: string };
  };

  const stateOf = async (messageId: string): Promise<string> =>
    (
      await stack.superuser.query<{ delivery_state: string }>('select delivery_state from message where id = $1', [
        messageId,
      ])
    ).rows[0]?.delivery_state ?? '';

  const becomes = (messageId: string, state: string, timeoutMs = 12_000): Promise<string> =>
    eventually(
      () => stateOf(messageId),
      (now) => now === state,
      timeoutMs,
    );

  const takenTimes = (intentId: string): number =>
    buyer.taken.filter((message) => message.intentId === intentId).length;

  it.each([
    ['hangs after taking it', { do: 'take_and_hang' }],
    ['cuts the connection after taking it', { do: 'take_and_cut' }],
    ['answers 500 after taking it', { do: 'take_and_answer', http: 500 }],
  ] as const)(
    'reads before sending again when the channel %s: one message, found available',
    async (_name, step) => {
      const inquiryId = await opened();
      buyer.script(step);
      const { messageId, intentId } = await reply(inquiryId);
      await becomes(messageId, 'available');
      expect(takenTimes(intentId)).toBe(1);
      expect(buyer.requests.filter((request) => request.intentId === intentId).map(({ method }) => method)).toEqual([
        'POST',
        'GET',
      ]);
      await eventually(
        () => obligation(stack, inquiryId, 'first_response'),
        (row) => row?.state === 'met',
      );
    },
    30_000,
  );

  it('sends again only after two reads have found nothing', async () => {
    const inquiryId = await opened();
    buyer.script({ do: 'refuse', http: 500 });
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'available', 20_000);
    expect(takenTimes(intentId)).toBe(1);
    expect(buyer.requests.filter((request) => request.intentId === intentId).map(({ method }) => method)).toEqual([
      'POST',
      'GET',
      'GET',
      'POST',
    ]);
  }, 30_000);

  it('waits as long as a busy channel asks', async () => {
    const inquiryId = await opened();
    buyer.script({ do: 'refuse', http: 429, headers: { 'retry-after': '2' } });
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'available');
    const [first, second] = buyer.requests.filter((request) => request.intentId === intentId);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
  }, 30_000);

  it.each([
    ['refuses it', { do: 'refuse', http: 422 }],
    ['redirects somewhere else', { do: 'refuse', http: 302, headers: { location: 'http://169.254.169.254/' } }],
  ] as const)(
    'gives the text back to be written again when the channel %s',
    async (_name, step) => {
      const inquiryId = await opened();
      buyer.script(step);
      const { messageId } = await reply(inquiryId);
      await becomes(messageId, 'failed');
      const { rows } = await stack.superuser.query(
        `select kind, about_message_id from task where inquiry_id = $1 and ended_at is null`,
        [inquiryId],
      );
      expect(rows).toEqual([{ kind: 'rewrite', about_message_id: messageId }]);
      expect(await obligation(stack, inquiryId, 'first_response')).toMatchObject({ state: 'running', metAt: null });
    },
    30_000,
  );

  it('reopens the obligation with its original start when a verdict comes hours later', async () => {
    const inquiryId = await opened();
    const started = (await obligation(stack, inquiryId, 'first_response'))?.startedAt;
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'available');
    await eventually(
      () => obligation(stack, inquiryId, 'first_response'),
      (row) => row?.state === 'met',
    );
    const verdict = { type: 'message.status', data: { intentId, status: 'rejected', reason: 'contato externo' } };
    expect((await stack.deliver(verdict)).status).toBe(202);
    expect((await stack.deliver(verdict)).status).toBe(202);
    expect(await obligation(stack, inquiryId, 'first_response')).toMatchObject({
      state: 'running',
      metAt: null,
      startedAt: started,
    });
    const rewrites = await stack.superuser.query(`select id from task where inquiry_id = $1 and kind = 'rewrite'`, [
      inquiryId,
    ]);
    expect(rewrites.rowCount).toBe(1);
  }, 30_000);

  it('keeps a verdict as it came, sealed', async () => {
    const inquiryId = await opened();
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'available');
    const verdict = { type: 'message.status', data: { intentId, status: 'rejected', reason: 'contato externo' } };
    const kept = async (): Promise<readonly { readonly body: string }[]> =>
      (await stack.superuser.query<{ body: string }>(`select encode(body, 'escape') as body from raw_delivery`)).rows;
    const before = (await kept()).length;
    expect((await stack.deliver(verdict)).status).toBe(202);
    const after = await kept();
    expect(after).toHaveLength(before + 1);
    expect(JSON.stringify(after)).not.toMatch(/contato|rejected/);
  }, 30_000);

  it('counts a message as answered when its verdict comes, by the channel’s own id too', async () => {
    const inquiryId = await opened();
    buyer.script({ do: 'take', status: 'accepted' });
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'accepted');
    expect(await obligation(stack, inquiryId, 'first_response')).toMatchObject({ state: 'running' });
    const externalId = buyer.taken.find((message) => message.intentId === intentId)?.externalId;
    await stack.deliver({ type: 'message.status', data: { externalId, status: 'available' } });
    expect(await stateOf(messageId)).toBe('available');
    expect(await obligation(stack, inquiryId, 'first_response')).toMatchObject({ state: 'met' });
  }, 30_000);

  it('applies a verdict by the channel’s own id that comes while that id is being recorded', async () => {
    const inquiryId = await opened();
    buyer.script({ do: 'take', status: 'accepted' });
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'accepted');
    const receipts = stack.application.nest.get(Receipts, { strict: false });
    const { tenantId, shopId } = stack.demo;
    const externalId = 'x-recorded-this-moment';
    let isRecorded = false;
    let commit = (): void => undefined;
    const recording = stack.database.tenant(
      tenantId,
      async (tx) => {
        const row = await lockByIntent(tx, shopId, intentId);
        if (!row) throw new Error('No such delivery');
        const keys = await stack.runtime.vault.unlock(tx);
        const own = channelMessageHash(keys, shopId, externalId);
        await saveOutgoing(tx, intentId, row, { external: { hash: own, sealed: null } });
        await receipts.applyEarly(tx, row, own);
        // Answered, so what was posted before has been done.
        await tx.query('select 1');
        isRecorded = true;
        await new Promise<void>((resolve) => (commit = resolve));
      },
      { timeoutMs: 20_000 },
    );
    await eventually(
      () => Promise.resolve(isRecorded),
      (done) => done,
    );
    const told = stack.deliver({ type: 'message.status', data: { externalId, status: 'available' } });
    await waitingForLock(stack);
    commit();
    await recording;
    expect((await told).status).toBe(202);
    expect(await stateOf(messageId)).toBe('available');
  }, 30_000);

  it('asks a person when the verdict never comes', async () => {
    const inquiryId = await opened();
    buyer.script({ do: 'take', status: 'accepted' });
    const { messageId } = await reply(inquiryId);
    await becomes(messageId, 'uncertain');
    const { rows } = await stack.superuser.query(`select kind from task where inquiry_id = $1 and ended_at is null`, [
      inquiryId,
    ]);
    expect(rows).toEqual([{ kind: 'confirm_delivery' }]);
  }, 30_000);

  it('asks a person when the channel cannot be read', async () => {
    await setShop(stack, { readBack: false });
    const inquiryId = await opened();
    buyer.script({ do: 'take_and_cut' });
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'uncertain');
    expect(takenTimes(intentId)).toBe(1);
    await setShop(stack, { readBack: true });
  }, 30_000);

  it('knows a message of its own that the channel shows, by its words soon after, and nobody else’s by the same later', async () => {
    await setShop(stack, { readBack: false });
    const from = { buyer: `late-${Date.now()}` };
    const { inquiryId } = await stack.send(from);
    await eventually(
      () => stack.superuser.query(`select 1 from delivery where inquiry_id = $1 and state = 'available'`, [inquiryId]),
      ({ rowCount }) => rowCount === 1,
    );
    buyer.script({ do: 'take_and_cut' });
    const { messageId } = await reply(inquiryId, 'Já saiu.');
    await becomes(messageId, 'uncertain');
    const shown = async (externalId: string): Promise<Record<string, unknown>> => {
      const data = { messageId: externalId, conversationId: `c-${from.buyer}`, text: 'Já  saiu. ' };
      const event = { type: 'reply.external', data: { ...data, sentAt: new Date().toISOString() } };
      return (await (await stack.deliver(event)).json()) as Record<string, unknown>;
    };
    const begun = (ago: string): Promise<unknown> =>
      stack.superuser.query(
        `update delivery set queued_at = now() - $2::interval, started_at = now() - $2::interval where message_id = $1`,
        [messageId, ago],
      );
    await begun('20 minutes');
    expect(await shown(`somebody-${from.buyer}`)).toMatchObject({ duplicate: false });
    expect(await stateOf(messageId)).toBe('uncertain');
    await begun('1 minute');
    expect(await shown(`own-${from.buyer}`)).toMatchObject({ duplicate: true, messageId, inquiryId });
    expect(await stateOf(messageId)).toBe('available');
    expect(await shown(`own-${from.buyer}`)).toMatchObject({ duplicate: true, messageId });
    await setShop(stack, { readBack: true });
  }, 30_000);

  it('knows a message of its own by an id that holds its intent, whatever the words and however late', async () => {
    await setShop(stack, { readBack: false });
    const from = { buyer: `own-id-${Date.now()}` };
    const { inquiryId } = await stack.send(from);
    await eventually(
      () => stack.superuser.query(`select 1 from delivery where inquiry_id = $1 and state = 'available'`, [inquiryId]),
      ({ rowCount }) => rowCount === 1,
    );
    buyer.script({ do: 'take_and_cut' });
    const { messageId, intentId } = await reply(inquiryId, 'Já saiu.');
    await becomes(messageId, 'uncertain');
    const long = `update delivery set queued_at = now() - interval '2 hours', started_at = now() - interval '2 hours'`;
    await stack.superuser.query(`${long} where message_id = $1`, [messageId]);
    const shown = async (externalId: string): Promise<unknown> => {
      const data = { messageId: externalId, conversationId: `c-${from.buyer}`, text: 'Saiu, com rodapé.' };
      const event = { type: 'reply.external', data: { ...data, sentAt: new Date().toISOString() } };
      return (await stack.deliver(event)).json();
    };
    expect(await shown(`${randomUUID()}@shop.example`)).toMatchObject({ duplicate: false });
    expect(await stateOf(messageId)).toBe('uncertain');
    expect(await shown(`${intentId}@shop.example`)).toMatchObject({ duplicate: true, messageId, inquiryId });
    expect(await stateOf(messageId)).toBe('available');
    await setShop(stack, { readBack: true });
  }, 30_000);

  it('opens a linked inquiry for a rejection after the close', async () => {
    const inquiryId = await opened();
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'available');
    const agent = stack.as('agent');
    expect((await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' })).body).toMatchObject({
      state: 'closed',
    });
    await stack.deliver({ type: 'message.status', data: { intentId, status: 'bounced' } });
    const linked = await eventually(
      () =>
        stack.superuser.query(
          `select i.id, i.linked_cause, t.kind from inquiry i join task t on t.inquiry_id = i.id where i.linked_inquiry_id = $1`,
          [inquiryId],
        ),
      (result) => result.rows.length > 0,
    );
    expect(linked.rows).toMatchObject([{ linked_cause: 'delivery_failed', kind: 'rewrite' }]);
    // Nobody could end a task of the closed one.
    const left = await stack.superuser.query('select id from task where inquiry_id = $1 and ended_at is null', [
      inquiryId,
    ]);
    expect(left.rowCount).toBe(0);
    const answer = await agent.post(`/v1/inquiries/${linked.rows[0].id}/replies`, { text: 'De novo: chega amanhã.' });
    expect(answer.status).toBe(202);
    await eventually(
      () => stack.superuser.query('select closed_at from inquiry where id = $1', [linked.rows[0].id]),
      (result) => result.rows[0].closed_at !== null,
    );
  }, 30_000);

  it('opens it beside what the buyer has written since then, which stays apart', async () => {
    const from = { buyer: 'late-beside' };
    const { inquiryId } = await stack.send(from);
    const { messageId, intentId } = await reply(inquiryId);
    await becomes(messageId, 'available');
    const agent = stack.as('agent');
    expect((await agent.post(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' })).body).toMatchObject({
      state: 'closed',
    });
    const next = await stack.send(from);
    expect(next.inquiryId).not.toBe(inquiryId);
    await stack.deliver({ type: 'message.status', data: { intentId, status: 'bounced' } });
    const rewriting = await eventually(
      () =>
        stack.superuser.query<{ id: string }>(
          `select i.id from inquiry i join task t on t.inquiry_id = i.id and t.kind = 'rewrite'
            where i.linked_inquiry_id = $1 and i.linked_cause = 'delivery_failed'`,
          [inquiryId],
        ),
      ({ rowCount }) => rowCount === 1,
    );
    expect((await stack.send(from)).inquiryId).toBe(next.inquiryId);
    const again = await agent.post(`/v1/inquiries/${rewriting.rows[0]?.id}/replies`, {
      text: 'De novo: chega amanhã.',
    });
    expect(again.status).toBe(202);
    const standing = async (): Promise<unknown[]> =>
      (
        await stack.superuser.query(
          `select id, closed_at is not null as closed from inquiry where id = any($1) order by opened_at`,
          [[next.inquiryId, rewriting.rows[0]?.id]],
        )
      ).rows;
    await eventually(standing, (rows) => JSON.stringify(rows).includes('true'));
    expect(await standing()).toEqual([
      { id: next.inquiryId, closed: false },
      { id: rewriting.rows[0]?.id, closed: true },
    ]);
    // By hand nothing is opened beside it.
    expect((await agent.post(`/v1/inquiries/${inquiryId}/reopen`, {})).body).toMatchObject({
      code: 'inquiry_open',
      inquiryId: next.inquiryId,
    });
  }, 60_000);

  it('drops an acknowledgement that comes too late', async () => {
    buyer.script({ do: 'refuse', http: 429, headers: { 'retry-after': '3' } });
    const { inquiryId } = await stack.send();
    await eventually(
      () => Promise.resolve(buyer.requests.length),
      (n) => n > 0,
    );
    const { messageId } = await reply(inquiryId);
    await becomes(messageId, 'available', 20_000);
    const { rows } = await stack.superuser.query(
      `select author, delivery_state from message where inquiry_id = $1 and direction = 'out' order by position`,
      [inquiryId],
    );
    expect(rows).toEqual([
      { author: 'automated', delivery_state: 'cancelled' },
      { author: 'human', delivery_state: 'available' },
    ]);
  }, 40_000);

  it('blocks addresses that are nobody’s business, when the connection is opened', async () => {
    await setShop(stack, { replyUrl: 'http://169.254.169.254/latest/meta-data' });
    const { inquiryId } = await stack.send();
    const { rows } = await eventually(
      () =>
        stack.superuser.query(`select delivery_state from message where inquiry_id = $1 and direction = 'out'`, [
          inquiryId,
        ]),
      (result) => result.rows[0]?.delivery_state === 'failed',
    );
    expect(rows).toHaveLength(1);
    await setShop(stack, { replyUrl: buyer.url });
  }, 30_000);

  it('signs everything it sends and asks', () => {
    expect(buyer.unsigned).toEqual([]);
    expect(buyer.requests.some(({ method }) => method === 'GET')).toBe(true);
  });
});
