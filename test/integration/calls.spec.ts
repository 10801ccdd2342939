import { Caller, OutsideSystem } from '../../src/modules/call/index.js';
import { Connections } from '../../src/modules/connection/index.js';
import { InquiryCalls, InquiryEngine } from '../../src/modules/inquiry/index.js';
import type { WorkItem } from '../../src/modules/work/index.js';
import { Vault } from '../../src/platform/crypto/index.js';
import { publish } from '../support/definitions.js';
import { ErpServer } from '../support/erp-server.js';
import type { ErpScript } from '../support/erp-server.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const REFUND = `
atende: 1
key: refund
title: Refund
data: { pix: string }
steps:
  - { id: prepare, set: { data: { pix: '"joana.prado@example.com"' } } }
  - id: pay
    call:
      connection: erp
      operation: refund
      body: { amount: '12.5', pix: 'data.pix', buyer: 'buyer.returning' }
      returns: { refundId: string }
      attempts: 2
      check: find-refund
    on: { ok: paid, refused: refused, unknown: unknown }
  - { id: paid, set: { tags: [paid] }, goto: look }
  - { id: refused, set: { tags: [refused] }, goto: look }
  - { id: unknown, set: { tags: [unknown] }, goto: look }
  - { id: look, task: { kind: triage }, on: { done: close } }
  - { id: close, close: {} }
`;

const PIX = 'joana.prado@example.com';

type Row = { state: string; attempts: number; reason: string | null };

describe('a call', () => {
  let stack: Stack;
  let erp: ErpServer;

  beforeAll(async () => {
    stack = await startStack();
    erp = await new ErpServer().start();
    const created = await stack.as('ops').post('/v1/connections', erp.connection());
    if (created.status !== 201) throw new Error(JSON.stringify(created.body));
    await publish(stack, REFUND);
  }, 60_000);

  beforeEach(() => erp.clear());

  afterAll(async () => {
    await stack.stop();
    await erp.stop();
  }, 30_000);

  const callOf = async (inquiryId: string): Promise<Row | undefined> =>
    (
      await stack.superuser.query<Row>('select state, attempts, reason from remote_call where inquiry_id = $1', [
        inquiryId,
      ])
    ).rows[0];

  const stepOf = async (inquiryId: string): Promise<string | undefined> =>
    (await stack.superuser.query<{ step: string }>('select step from inquiry where id = $1', [inquiryId])).rows[0]
      ?.step;

  /** A new inquiry, once its call has ended. */
  const refunded = async (): Promise<{ inquiryId: string; tags: string[]; data: Record<string, unknown> }> => {
    const { inquiryId } = await stack.send();
    await eventually(
      () => stepOf(inquiryId),
      (step) => step === 'look',
      60_000,
    );
    const { body } = await stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`);
    return { inquiryId, tags: body.tags, data: body.data };
  };

  it('is made once, with its values, key and secret, and brings back what it returns', async () => {
    const { inquiryId, tags, data } = await refunded();
    expect([tags, data['pay']]).toEqual([['paid'], { refundId: 'r-1' }]);
    expect(erp.asked).toEqual([
      {
        key: expect.any(String),
        path: '/api/refunds',
        body: { amount: 12.5, pix: PIX, buyer: false },
        secret: 'erp-secret',
      },
    ]);
    const replayed = await stack.as('auditor').post(`/v1/inquiries/${inquiryId}/replay`);
    expect(replayed.body).toMatchObject({ same: true });
    const { body: history } = await stack.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`);
    const told = (history.items as { kind: string; step: string }[]).filter(({ kind }) => kind.startsWith('call.'));
    expect(told.map(({ kind, step }) => [kind, step])).toEqual([
      ['call.queued', 'pay'],
      ['call.ok', 'pay'],
    ]);
  }, 90_000);

  it('leaves its values and what came back nowhere in the clear', async () => {
    const { inquiryId } = await refunded();
    const { rows } = await stack.superuser.query(
      `select (select string_agg(to_jsonb(i)::text, '') from inquiry i where i.id = $1)
           || (select string_agg(to_jsonb(e)::text, '') from event e where e.inquiry_id = $1)
           || (select string_agg(to_jsonb(b)::text, '') from inbox b where b.inquiry_id = $1)
           || (select string_agg(to_jsonb(c)::text, '') from remote_call c where c.inquiry_id = $1) as stored`,
      [inquiryId],
    );
    expect(rows[0].stored).toContain('call.answered');
    for (const word of [PIX, 'r-1', 'erp-secret']) expect(rows[0].stored).not.toContain(word);
  }, 90_000);

  const LATER = { 'retry-after': '1' };
  const FAULTS: readonly (readonly [
    string,
    readonly ErpScript[],
    readonly number[],
    string,
    unknown,
    number,
    number,
  ])[] = [
    ['a time-out after it was done', [{ do: 'carry_out_and_hang' }], [], 'paid', { refundId: 'r-1' }, 1, 1],
    ['a cut connection after it was done', [{ do: 'carry_out_and_cut' }], [], 'paid', { refundId: 'r-1' }, 1, 1],
    ['an answer that drips', [{ do: 'carry_out_and_drip' }], [], 'paid', { refundId: 'r-1' }, 1, 1],
    ['500 after it was done', [{ do: 'carry_out_and_answer', http: 500 }], [], 'paid', { refundId: 'r-1' }, 1, 1],
    ['303 after it was done', [{ do: 'carry_out_and_answer', http: 303 }], [], 'paid', { refundId: 'r-1' }, 1, 1],
    ['500 before it was done', [{ do: 'refuse', http: 500 }], [], 'unknown', { code: 'absent' }, 1, 0],
    ['a cut connection before it was done', [{ do: 'cut' }], [], 'unknown', { code: 'absent' }, 1, 0],
    ['a check that fails first', [{ do: 'carry_out_and_cut' }], [500, 503], 'paid', { refundId: 'r-1' }, 1, 1],
    ['429 and Retry-After', [{ do: 'refuse', http: 429, headers: LATER }], [], 'paid', { refundId: 'r-1' }, 2, 1],
    ['429 without Retry-After', [{ do: 'refuse', http: 429 }], [], 'paid', { refundId: 'r-1' }, 2, 1],
    [
      '429 for too often',
      [
        { do: 'refuse', http: 429 },
        { do: 'refuse', http: 429 },
      ],
      [],
      'refused',
      { code: 'http_429' },
      2,
      0,
    ],
    [
      '422 with a code',
      [{ do: 'refuse', http: 422, body: { error: { code: 'ALREADY_PAID' } } }],
      [],
      'refused',
      { code: 'ALREADY_PAID' },
      1,
      0,
    ],
    ['404', [{ do: 'refuse', http: 404 }], [], 'refused', { code: 'http_404' }, 1, 0],
    ['200 and a page', [{ do: 'carry_out_and_answer', http: 200, body: '<p>Welcome</p>' }], [], 'paid', {}, 1, 1],
  ];

  it.each(FAULTS)(
    '%s: never asked for twice',
    async (_, script, checks, tag, data, asked, done) => {
      erp.script(...script);
      erp.checks.push(...checks);
      const result = await refunded();
      expect([result.tags, result.data['pay']]).toEqual([[tag], data]);
      expect([erp.asked.length, erp.done.length]).toEqual([asked, done]);
      expect(new Set(erp.asked.map(({ key }) => key)).size).toBe(1);
      expect([...new Set(erp.checked)].every((key) => key === erp.asked[0]?.key)).toBe(true);
    },
    90_000,
  );

  it('to nobody is tried as often as it may be, and certainly not done', async () => {
    const away = await new ErpServer().start();
    const baseUrl = away.url;
    await away.stop();
    const change = (body: object) =>
      stack.as('ops').patch('/v1/connections/erp', body, { headers: { 'if-match': '*' } });
    expect((await change({ baseUrl, secret: 'erp-secret' })).status).toBe(200);
    const unreachable = await refunded();
    expect([unreachable.tags, unreachable.data['pay']]).toEqual([['refused'], { code: 'econnrefused' }]);
    expect((await callOf(unreachable.inquiryId))?.attempts).toBe(2);
    expect((await change({ baseUrl: 'http://169.254.169.254/latest', secret: 'x' })).status).toBe(200);
    expect((await refunded()).data['pay']).toEqual({ code: 'egress_blocked' });
    expect((await change({ baseUrl: erp.url, secret: 'erp-secret', active: false })).status).toBe(200);
    expect((await refunded()).data['pay']).toEqual({ code: 'connection_off' });
    expect((await change({ active: true })).status).toBe(200);
  }, 90_000);

  /** Another process that makes calls, beside the one of the stack. */
  const another = (): Caller => {
    const { nest } = stack.application;
    const vault = nest.get(Vault, { strict: false });
    return new Caller({
      database: stack.database,
      vault,
      connections: nest.get(Connections, { strict: false }),
      outside: nest.get(OutsideSystem, { strict: false }),
      sink: new InquiryCalls(nest.get(InquiryEngine, { strict: false }), vault),
    });
  };

  /** The work of an inquiry's call, once there is some. */
  const workOf = async (inquiryId: string): Promise<WorkItem> => {
    const { rows } = await eventually(
      () =>
        stack.superuser.query<{ ref: string }>('select id as ref from remote_call where inquiry_id = $1', [inquiryId]),
      ({ rowCount }) => rowCount === 1,
      30_000,
    );
    const item = { kind: 'call', shopId: null, inquiryId, dueAt: 0, version: 1, attempts: 1 } as const;
    return { ...item, tenantId: stack.demo.tenantId, ref: rows[0]?.ref ?? '' };
  };

  it('whose process died between request and record is looked for, not made again', async () => {
    // The answer does not reach whoever asked in time: as if the process had ended there.
    erp.script({ do: 'carry_out_slowly', afterMs: 60_000 });
    const { inquiryId } = await stack.send();
    await eventually(
      () => Promise.resolve(erp.done.length),
      (done) => done === 1,
      30_000,
    );
    const item = await workOf(inquiryId);
    await stack.superuser.query(
      `update remote_call set lease_until = clock_timestamp(), due_at = clock_timestamp(),
              started_at = started_at - interval '1 minute' where inquiry_id = $1`,
      [inquiryId],
    );
    const successor = another();
    await eventually(
      async () => {
        await successor.handle(item);
        return stepOf(inquiryId);
      },
      (step) => step === 'look',
      30_000,
    );
    expect(await callOf(inquiryId)).toMatchObject({ state: 'ok', attempts: 1 });
    expect([erp.asked.length, erp.done.length]).toEqual([1, 1]);
    const { body } = await stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`);
    expect([body.tags, body.data.pay]).toEqual([['paid'], { refundId: 'r-1' }]);
  }, 90_000);

  it('that several want to make at once is made by one, and answered once', async () => {
    erp.script({ do: 'carry_out_slowly', afterMs: 300 });
    const { inquiryId } = await stack.send();
    const item = await workOf(inquiryId);
    const callers = [another(), another(), another()];
    await Promise.all(callers.map((caller) => caller.handle(item)));
    await eventually(
      () => stepOf(inquiryId),
      (step) => step === 'look',
      30_000,
    );
    await Promise.all(callers.map((caller) => caller.handle(item)));
    expect([erp.asked.length, erp.done.length]).toEqual([1, 1]);
    const { rows } = await stack.superuser.query(
      `select count(*)::int as n from inbox where inquiry_id = $1 and kind = 'call.answered'`,
      [inquiryId],
    );
    expect(rows[0].n).toBe(1);
  }, 90_000);
});
