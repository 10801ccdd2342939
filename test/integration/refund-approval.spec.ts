import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { publish, push } from '../../src/cli/definition-command.js';
import { Client } from '../../src/cli/definition/client.js';
import type { ApiAnswer } from '../support/api.js';
import { ErpServer } from '../support/erp-server.js';
import { eventually } from '../support/eventually.js';
import { printed } from '../support/printed.js';
import { projectPath, startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** The shipped definition with the shipped connection, on an ERP that misbehaves. */
describe('refund-approval', () => {
  let stack: Stack;
  let erp: ErpServer;

  beforeAll(async () => {
    stack = await startStack();
    erp = await new ErpServer().start();
    const shipped = JSON.parse(readFileSync(projectPath('definitions/connections/erp.json'), 'utf8')) as object;
    const connection = { ...shipped, baseUrl: erp.url, requestTimeout: '1s', settleTime: '0s' };
    const created = await stack.as('ops').post('/v1/connections', connection);
    expect(created.status).toBe(201);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await erp.stop();
  }, 30_000);

  it('is published with its scenarios, which pass', async () => {
    const said = printed();
    const client = new Client({ url: stack.baseUrl, key: stack.demo.keys.ops });
    expect([await push(client, projectPath('definitions/refund-approval.yaml'), {}), said]).toEqual([0, said]);
    const done = await publish(client, 'refund-approval', { reason: 'First' });
    jest.restoreAllMocks();
    expect([done, said.join('\n')]).toEqual([0, said.join('\n')]);
    const rules = { rules: [{ definition: 'refund-approval' }] };
    const routed = await stack.as('ops').put('/v1/routing', rules, { headers: { 'if-match': '*' } });
    expect(routed.status).toBe(200);
  }, 60_000);

  /** The open task of an inquiry and a kind, claimed by a member who belongs to its queue. */
  async function claimed(inquiryId: string, kind: string, as: 'agent' | 'supervisor'): Promise<ApiAnswer['body']> {
    const { rows } = await eventually(
      () =>
        stack.superuser.query<{ id: string }>(
          'select id from task where inquiry_id = $1 and kind = $2 and ended_at is null',
          [inquiryId, kind],
        ),
      ({ rowCount }) => rowCount === 1,
      30_000,
    );
    await stack.superuser.query('update task set offered_to = null, offer_until = null where id = $1', [rows[0]?.id]);
    const claim = await stack.as(as).post(`/v1/tasks/${rows[0]?.id}/claim`);
    expect([claim.status, claim.body]).toEqual([200, claim.body]);
    return claim.body;
  }

  const complete = async (
    { id, token }: ApiAnswer['body'],
    as: 'agent' | 'supervisor',
    fields: object,
  ): Promise<ApiAnswer> => {
    const answer = await stack.as(as).post(`/v1/tasks/${id}/complete`, { token, ...fields });
    expect([answer.status, answer.body]).toEqual([200, answer.body]);
    return answer;
  };

  it('pays once, whatever the ERP does: asked again by a person, it is asked under the same key', async () => {
    erp.script({ do: 'refuse', http: 500 }, { do: 'carry_out_and_hang' });
    const { inquiryId } = await stack.send({ text: 'Quero reembolso do meu pedido, chegou quebrado' });
    const refund = { order: '1042', amount: 900, cause: 'damaged', pixKey: 'joana.prado@example.com' };
    await complete(await claimed(inquiryId, 'form', 'agent'), 'agent', { action: 'grant', ...refund });
    const asking = await claimed(inquiryId, 'approve', 'supervisor');
    expect(erp.asked).toHaveLength(0);
    await complete(asking, 'supervisor', { action: 'approve', textHash: asking.approval.textHash });
    await complete(await claimed(inquiryId, 'form', 'supervisor'), 'supervisor', { action: 'not_done' });
    await claimed(inquiryId, 'reply', 'agent');
    expect(erp.asked.map(({ body }) => body)).toEqual(
      [1, 2].map(() => ({ order: '1042', amount: 900, pixKey: refund.pixKey })),
    );
    expect(new Set(erp.asked.map(({ key }) => key)).size).toBe(1);
    expect(erp.done).toHaveLength(1);
    const { body } = await stack.as('supervisor').get(`/v1/inquiries/${inquiryId}`);
    expect([body.tags, body.data.pay]).toEqual([['refunded'], { refundId: 'r-1' }]);
  }, 120_000);
});
