import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { HookServer } from '../support/hook-server.js';
import { MailServer, textOf } from '../support/mail-server.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const tells = (by: string, to = 'on_duty', urgent = false): string => `
atende: 1
key: tells
title: Tells
calendar: always
steps:
  - { id: person, assign: { queue: sales-br } }
  - { id: tell, notify: { to: ${to}, by: [${by}], urgent: ${urgent} } }
  - { id: reply, task: { kind: reply }, goto: close }
  - { id: close, close: {} }
`;

type Delivery = { state: string; means: string; attempts: number; reason: string | null };

describe('notices outside Atende', () => {
  let stack: Stack;
  let mail: MailServer;
  let hook: HookServer;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    mail = await new MailServer().start();
    hook = await new HookServer().start();
    stack = await startStack({
      environment: { ATENDE_SMTP_URL: mail.url, ATENDE_MAIL_FROM: 'Atende <no-reply@shop.example>' },
    });
    const { body } = await stack.as('admin').get('/v1/members?limit=200');
    for (const { key, id } of body.items as { key: string; id: string }[]) ids[key] = id;
    await address('agent', 'ana.duarte@example.com');
  }, 60_000);

  beforeEach(() => {
    mail.clear();
    hook.clear();
  });

  afterAll(async () => {
    await stack.stop();
    await mail.stop();
    await hook.stop();
  }, 30_000);

  const address = async (member: string, email: string | null): Promise<void> => {
    const answer = await stack
      .as('admin')
      .patch(`/v1/members/${ids[member]}`, { email }, { headers: { 'if-match': '*' } });
    expect([answer.status, answer.body.email]).toEqual([200, email]);
  };

  const deliveries = async (inquiryId: string): Promise<Delivery[]> =>
    (
      await stack.superuser.query<Delivery>(
        `select d.state, d.means, d.attempts, d.reason from notice_delivery d
           join notification n on n.tenant_id = d.tenant_id and n.id = d.notification_id
          where n.inquiry_id = $1 order by d.id`,
        [inquiryId],
      )
    ).rows;

  /** A new inquiry, once as many of its notices as said have left or been given up. */
  const told = async (text: string, count = 1): Promise<{ inquiryId: string; all: Delivery[] }> => {
    await publish(stack, text);
    const { inquiryId } = await stack.send();
    const all = await eventually(
      () => deliveries(inquiryId),
      (rows) => rows.length >= count && rows.every(({ state }) => state !== 'queued' && state !== 'sending'),
      60_000,
    );
    return { inquiryId, all };
  };

  /** Whatever waits for its next attempt is due at once. */
  const hurry = (): Promise<unknown> =>
    stack.superuser.query(`with hurried as (update notice_delivery set due_at = now() where state = 'queued')
                           update work_queue set due_at = now() where kind = 'notify'`);

  const noticesOf = async (who: 'agent' | 'agent2' | 'supervisor' | 'ops', inquiryId: string): Promise<unknown[]> => {
    const { body } = await stack.as(who).get('/v1/notifications?limit=200');
    return (body.items as { inquiryId: string }[]).filter((item) => item.inquiryId === inquiryId);
  };

  const kinds = async (inquiryId: string): Promise<string[]> => {
    const { body } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    return (body.items as { kind: string }[])
      .map(({ kind }) => kind)
      .filter((kind) => kind.startsWith('notification.'));
  };

  it('go by mail to who has an address, in their language, without a word of the buyer', async () => {
    const { inquiryId, all } = await told(tells('email'));
    expect(all).toEqual([{ state: 'delivered', means: 'email', attempts: 1, reason: null }]);
    expect(mail.kept.map(({ to }) => to)).toEqual(['ana.duarte@example.com']);
    const [letter] = mail.kept;
    if (letter === undefined) throw new Error('No mail');
    expect(textOf(letter)).toMatch(/Um atendimento precisa de você/);
    expect(letter.raw + textOf(letter)).not.toMatch(/quando chega/);
    const { body: metrics } = await stack.as('admin').get('/metrics');
    expect(metrics).toMatch(/^atende_notice_duration_seconds_count\{means="email",outcome="delivered"\} 1$/m);
    // Told by mail alone, and not shown inside Atende.
    expect(await noticesOf('agent', inquiryId)).toEqual([]);
    expect(await kinds(inquiryId)).toEqual(['notification.sent']);
    const again = await stack
      .as('auditor')
      .post(`/v1/inquiries/${inquiryId}/replay`, undefined, { idempotencyKey: null });
    expect(again.body).toMatchObject({ same: true, differences: [] });
  });

  it('are handed in again when they certainly were not taken', async () => {
    mail.script({ do: 'answer', code: 451 }, { do: 'cut' });
    const running = told(tells('in_app, email'));
    await eventually(
      () => hurry().then(() => mail.kept.length),
      (kept) => kept > 0,
      60_000,
    );
    const { inquiryId, all } = await running;
    expect(all).toMatchObject([{ state: 'delivered', attempts: 3 }]);
    expect(mail.kept).toHaveLength(1);
    expect(await noticesOf('agent', inquiryId)).toHaveLength(1);
  });

  it('are never mailed twice when nobody knows whether they were taken; somebody else is told', async () => {
    mail.script({ do: 'take_and_cut' });
    const { inquiryId, all } = await told(tells('email'));
    expect(all).toMatchObject([{ state: 'uncertain', reason: 'econnection', attempts: 1 }]);
    await eventually(
      () => noticesOf('supervisor', inquiryId),
      (notices) => notices.length === 1,
      20_000,
    );
    expect(mail.kept).toHaveLength(1);
    // Who may not have been told sees it inside Atende.
    expect(await noticesOf('agent', inquiryId)).toHaveLength(1);
    expect(await kinds(inquiryId)).toEqual(['notification.sent', 'notification.undelivered', 'notification.sent']);
    const again = await stack
      .as('auditor')
      .post(`/v1/inquiries/${inquiryId}/replay`, undefined, { idempotencyKey: null });
    expect(again.body).toMatchObject({ same: true, differences: [] });
  });

  it('fall through to who can be told when nobody has an address, and to the next when one is refused', async () => {
    await address('supervisor', 'sofia.lima@example.com');
    await address('agent', null);
    mail.script({ do: 'refuse_recipient', code: 550 });
    const { inquiryId, all } = await told(tells('email'));
    expect(all).toMatchObject([{ state: 'refused', reason: 'smtp_550', means: 'email' }]);
    const notices = await eventually(
      () => noticesOf('ops', inquiryId),
      (found) => found.length === 1,
      20_000,
    );
    expect(notices).toMatchObject([{ kind: 'escalation', data: { step: 'tell' } }]);
    await address('agent', 'ana.duarte@example.com');
    await address('supervisor', null);
  });

  it('wait for the end of quiet hours, and are withdrawn when they were read until then', async () => {
    const time = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(11, 16);
    const quietHours = { zone: 'UTC', from: time(-3_600_000), to: time(3_600_000) };
    await stack.as('agent').put('/v1/me/quiet-hours', { quietHours });
    await publish(stack, tells('in_app, email'));
    const { inquiryId } = await stack.send();
    await eventually(
      () => deliveries(inquiryId),
      (rows) => rows.length === 1,
      20_000,
    );
    await stack.as('agent').put('/v1/me/quiet-hours', { quietHours: null });
    expect(mail.attempts).toBe(0);
    await stack.superuser.query('update notification set held_until = now(), read_at = now() where inquiry_id = $1', [
      inquiryId,
    ]);
    const all = await eventually(
      () => hurry().then(() => deliveries(inquiryId)),
      ([delivery]) => delivery?.state !== 'queued',
      20_000,
    );
    expect([all[0]?.state, all[0]?.reason, mail.attempts]).toEqual(['withdrawn', 'read', 0]);
  });

  it('go by signed webhook, under one id for all attempts, with every secret that holds', async () => {
    const created = await stack
      .as('admin')
      .post('/v1/webhooks', { name: 'Pager', url: hook.url, events: ['notification.created'] });
    expect([created.status, created.body.secret]).toEqual([201, expect.stringMatching(/^whsec_/)]);
    const rotated = await stack.as('admin').post(`/v1/webhooks/${created.body.id}/secrets`, { keepOldFor: '1h' });
    expect(rotated.status).toBe(201);
    hook.script(500, 'cut', 429);
    const running = told(tells('webhook', 'supervisor', true));
    await eventually(
      () => hurry().then(() => hook.calls.length),
      (calls) => calls === 4,
      60_000,
    );
    const { inquiryId, all } = await running;
    expect(all).toMatchObject([{ state: 'delivered', means: 'webhook', attempts: 4 }]);
    expect(new Set(hook.calls.map(({ id }) => id)).size).toBe(1);
    const [call] = hook.calls;
    expect([created.body.secret, rotated.body.secret].map((secret) => call?.isSignedWith(secret))).toEqual([
      true,
      true,
    ]);
    expect(call?.body).toMatchObject({
      type: 'notification.created',
      data: { kind: 'escalation', inquiryId, memberId: ids['supervisor'], urgent: true, data: { step: 'tell' } },
    });
    const off = await stack
      .as('admin')
      .patch(`/v1/webhooks/${created.body.id}`, { active: false }, { headers: { 'if-match': '*' } });
    expect([off.status, off.body.active]).toEqual([200, false]);
  });

  it('keep addresses and secrets of webhooks out of the audit log', async () => {
    const { rows } = await stack.superuser.query<{ text: string }>(
      `select coalesce(before::text, '') || coalesce(after::text, '') as text from audit_event
        where action like 'webhook.%' or action like 'member.%'`,
    );
    const text = rows.map((row) => row.text).join('\n');
    expect(text).toContain('emailChanged');
    expect(text).not.toMatch(/ana\.duarte|sofia\.lima|whsec_|token=/);
  });
});
