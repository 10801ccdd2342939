import type { ApiAnswer } from '../support/api.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const FOUR_EYES = (within = '2d', onExpiry = 'escalate'): string => `
atende: 1
key: four-eyes
title: Four eyes
calendar: always
obligations:
  first_response: { within: 8h, clock: wall }
steps:
  - { id: person, assign: { queue: sales-br, strategy: manual } }
  - id: reply
    task:
      kind: reply
      approve: { when: 'reply.text.contains("R$")', by: supervisor, within: ${within}, onExpiry: ${onExpiry}, edit: true }
    on: { sent: buyer, not_needed: close }
  - { id: buyer, wait: { until: 9d }, on: { message: refund, timeout: close } }
  - id: refund
    task:
      kind: form
      fields: { amount: number, pixKey: { type: string, personal: true } }
      outcomes: [grant, deny]
      approve: { when: 'data.refund.amount > 100.0', by: agent }
    on: { grant: look, deny: close }
  - { id: look, task: { kind: triage }, goto: close }
  - { id: close, close: {} }
`;

const SECRET = 'Devolvemos R$ 4711 ainda hoje';

describe('four eyes', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
    await publish(stack, FOUR_EYES());
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const open = async (inquiryId: string, kind: string): Promise<string> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query('select id from task where inquiry_id = $1 and kind = $2 and ended_at is null', [
          inquiryId,
          kind,
        ]),
      (found) => found.rows.length === 1,
      20_000,
    );
    return rows[0].id as string;
  };

  const claim = async (who: 'agent' | 'agent2' | 'supervisor', id: string): Promise<ApiAnswer> =>
    stack.as(who).post(`/v1/tasks/${id}/claim`);

  const complete = (who: 'agent' | 'agent2' | 'supervisor', id: string, body: object): Promise<ApiAnswer> =>
    stack.as(who).post(`/v1/tasks/${id}/complete`, body);

  /** An answer of the agent that somebody else must approve. */
  const handedIn = async (
    text = SECRET,
  ): Promise<{ inquiryId: string; author: string; asking: string; said: { taskId: string; messageId: string } }> => {
    const { inquiryId } = await stack.send();
    const author = await open(inquiryId, 'reply');
    const { body } = await claim('agent', author);
    const { status, body: said } = await complete('agent', author, { action: 'send', token: body.token, text });
    expect([status, said.state]).toEqual([200, 'awaiting_approval']);
    return { inquiryId, author, asking: said.taskId as string, said: said as { taskId: string; messageId: string } };
  };

  const outbox = async (inquiryId: string): Promise<unknown[]> => {
    const { rows } = await stack.superuser.query(
      'select m.id from delivery d join message m on m.id = d.message_id where d.inquiry_id = $1 and not d.automated',
      [inquiryId],
    );
    return rows.map(({ id }) => id as string);
  };

  it('keeps the answer, shows it to whoever decides, and sends it when they agree', async () => {
    const { inquiryId, author, asking, said } = await handedIn();
    expect(await outbox(inquiryId)).toEqual([]);
    const { body: messages } = await stack.as('agent').get(`/v1/inquiries/${inquiryId}/messages`);
    expect(messages.items.at(-1)).toMatchObject({ id: said.messageId, delivery: { state: 'awaiting_approval' } });
    expect((await stack.as('agent').get(`/v1/tasks/${author}`)).body).toMatchObject({
      state: 'awaiting_approval',
      holder: null,
    });

    const own = await claim('agent', asking);
    expect([own.status, own.body.code]).toEqual([403, 'forbidden']);
    const again = await stack.as('agent2').post(`/v1/inquiries/${inquiryId}/replies`, { text: 'Oi' });
    expect([again.status, again.body.code]).toEqual([409, 'approval_pending']);
    expect((await claim('agent2', author)).body.code).toBe('approval_pending');

    const { status, body: shown } = await claim('supervisor', asking);
    expect(status).toBe(200);
    expect(shown).toMatchObject({
      kind: 'approve',
      approval: { text: SECRET, fields: null, outcome: null, author: { name: expect.any(String) } },
      actions: [{ name: 'approve' }, { name: 'return' }],
    });
    const { token } = shown as { token: number };
    const { textHash } = shown.approval as { textHash: string };
    const other = await complete('supervisor', asking, { action: 'approve', token, textHash: 'f'.repeat(64) });
    expect([other.status, other.body.code]).toEqual([409, 'text_changed']);
    expect((await complete('supervisor', asking, { action: 'approve', token, textHash })).status).toBe(200);
    await eventually(
      () => outbox(inquiryId),
      (sent) => sent.length === 1 && sent[0] === said.messageId,
    );
    const { body: history } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    const told = history.items.map(({ kind }: { kind: string }) => kind);
    expect(told).toEqual(expect.arrayContaining(['approval.requested', 'approval.granted', 'message.queued']));
    expect((await stack.as('auditor').post(`/v1/inquiries/${inquiryId}/replay`)).body).toMatchObject({ same: true });
    const ledger = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/obligations/first_response/1/ledger`);
    expect(ledger.body.segments.map(({ during }: { during: string }) => during)).toContain('approval');
  }, 60_000);

  it('leaves what awaits approval nowhere in the clear', async () => {
    const { inquiryId } = await handedIn();
    const { rows } = await stack.superuser.query(
      `select (select string_agg(to_jsonb(i)::text, '') from inquiry i where i.id = $1)
           || (select string_agg(to_jsonb(e)::text, '') from event e where e.inquiry_id = $1)
           || (select string_agg(to_jsonb(b)::text, '') from inbox b where b.inquiry_id = $1)
           || (select string_agg(to_jsonb(c)::text, '') from command c where c.inquiry_id = $1)
           || (select string_agg(to_jsonb(t)::text, '') from task t where t.inquiry_id = $1)
           || (select string_agg(to_jsonb(a)::text, '') from audit_event a where a.inquiry_id = $1) as stored`,
      [inquiryId],
    );
    expect(rows[0].stored).toContain('approval.requested');
    expect(rows[0].stored).not.toContain('4711');
    expect(rows[0].stored).not.toContain(Buffer.from('4711').toString('hex'));
  }, 60_000);

  it('of two approvers at one instant one decides, and of two decisions one counts', async () => {
    const { inquiryId, asking, said } = await handedIn();
    const { body: hired } = await stack.as('admin').post('/v1/members', {
      key: 'second-approver',
      name: 'Lia Prado',
      role: 'supervisor',
    });
    const { body: issued } = await stack.as('admin').post(`/v1/members/${hired.id}/keys`, {});
    const approvers = [stack.as('supervisor'), stack.as({ key: issued.key })] as const;
    const claims = await Promise.all(approvers.map((approver) => approver.post(`/v1/tasks/${asking}/claim`)));
    expect(claims.map(({ status }) => status).sort()).toEqual([200, 409]);
    const won = claims.findIndex(({ status }) => status === 200);
    const { token, approval } = claims[won]?.body as { token: number; approval: { textHash: string } };
    const decisions = await Promise.all([
      ...approvers.map((approver) =>
        approver.post(`/v1/tasks/${asking}/complete`, { action: 'approve', token, textHash: approval.textHash }),
      ),
      approvers[won]?.post(`/v1/tasks/${asking}/complete`, { action: 'return', token, reason: 'Falta o prazo' }),
    ]);
    expect(decisions.filter((answer) => answer?.status === 200)).toHaveLength(1);
    const approved = decisions[won]?.status === 200;
    const { body: history } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    const told = history.items.map(({ kind }: { kind: string }) => kind);
    expect(told.filter((kind: string) => /^approval\.(granted|returned)$/.test(kind))).toEqual([
      approved ? 'approval.granted' : 'approval.returned',
    ]);
    await eventually(
      () => outbox(inquiryId),
      (sent) => sent.join() === (approved ? said.messageId : ''),
    );
  }, 60_000);

  it('gives it back to the author with the reason and the draft', async () => {
    const { inquiryId, author, asking } = await handedIn();
    const { body: shown } = await claim('supervisor', asking);
    const reason = 'Mais gentil, por favor';
    expect((await complete('supervisor', asking, { action: 'return', token: shown.token })).status).toBe(400);
    expect((await complete('supervisor', asking, { action: 'return', token: shown.token, reason })).status).toBe(200);
    const { body: back } = await claim('agent', author);
    expect(back).toMatchObject({ state: 'claimed', draft: { text: SECRET }, handover: { note: reason } });
    const { body: messages } = await stack.as('agent').get(`/v1/inquiries/${inquiryId}/messages`);
    expect(messages.items.at(-1)).toMatchObject({ delivery: { state: 'cancelled' } });
    // What needs nobody's approval goes out at once.
    const plain = await complete('agent', author, { action: 'send', token: back.token, text: 'Devolvemos hoje.' });
    expect(plain.body.state).toBe('queued');
    await eventually(
      () => outbox(inquiryId),
      (sent) => sent.length === 1,
    );
    const { rows } = await stack.superuser.query(
      `select result, code from audit_event where inquiry_id = $1 and action = 'inquiry.return'`,
      [inquiryId],
    );
    expect(rows).toEqual([{ result: 'ok', code: null }]);
  }, 60_000);

  it('sends the correction in its place, and keeps both', async () => {
    const { inquiryId, asking, said } = await handedIn();
    const { body: shown } = await claim('supervisor', asking);
    const { textHash } = shown.approval as { textHash: string };
    const corrected = { action: 'approve', token: shown.token, textHash, text: 'Devolvemos o valor hoje.' };
    expect((await complete('supervisor', asking, corrected)).status).toBe(200);
    await eventually(
      () => outbox(inquiryId),
      (sent) => sent.length === 1 && sent[0] !== said.messageId,
    );
    const { body } = await stack.as('agent').get(`/v1/inquiries/${inquiryId}/messages`);
    const texts = body.items
      .slice(-2)
      .map((item: { text: string; delivery: { state: string } }) => [item.text, item.delivery.state === 'cancelled']);
    expect(texts).toEqual([
      [SECRET, true],
      ['Devolvemos o valor hoje.', false],
    ]);
  }, 60_000);

  it('a form counts once another agent agrees; its author is passed over', async () => {
    const { inquiryId } = await stack.send({ buyer: 'forms', conversationId: 'forms' });
    const reply = await open(inquiryId, 'reply');
    const { body: held } = await claim('agent', reply);
    await complete('agent', reply, { action: 'send', token: held.token, text: 'Vamos ver.' });
    await stack.send({ buyer: 'forms', conversationId: 'forms' });
    const form = await open(inquiryId, 'form');
    const { body: claimed } = await claim('agent', form);
    const fields = { amount: 500, pixKey: 'joana@example.com' };
    const filled = await complete('agent', form, { action: 'grant', token: claimed.token, ...fields });
    expect(filled.body).toMatchObject({ outcome: 'grant', state: 'awaiting_approval' });
    const { taskId } = filled.body as { taskId: string };
    expect((await claim('agent', taskId)).body.code).toBe('own_work');
    expect((await stack.as('agent').post('/v1/tasks/next', { queue: 'sales-br' })).body?.id).not.toBe(taskId);
    const { body: shown } = await claim('agent2', taskId);
    expect(shown.approval).toMatchObject({ text: null, fields, outcome: 'grant' });
    const { textHash } = shown.approval as { textHash: string };
    expect((await complete('agent2', taskId, { action: 'approve', token: shown.token, textHash })).status).toBe(200);
    await open(inquiryId, 'triage');
    expect((await stack.as('agent').get(`/v1/inquiries/${inquiryId}`)).body.data).toEqual({ refund: fields });
    expect((await stack.as('auditor').post(`/v1/inquiries/${inquiryId}/replay`)).body).toMatchObject({ same: true });
  }, 60_000);

  it('ends by itself where nobody decides, and whoever comes too late is told', async () => {
    await publish(stack, FOUR_EYES('2s', 'send'));
    const { inquiryId, asking } = await handedIn();
    const { body: shown } = await claim('supervisor', asking);
    await eventually(
      () => outbox(inquiryId),
      (sent) => sent.length === 1,
      20_000,
    );
    const late = { action: 'return', token: shown.token ?? 1, reason: 'x' };
    expect((await complete('supervisor', asking, late)).body.code).toBe('task_ended');
  }, 60_000);
});
