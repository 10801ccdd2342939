import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { workflowIdOf } from '../../src/modules/inquiry/index.js';
import { fromJson, toJson } from '../../src/platform/temporal/index.js';
import { auditOf } from '../support/audit-log.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

const UI = 'http://localhost:8080';

describe('the remote codec', () => {
  let stack: Stack;
  let inquiryId: string;

  beforeAll(async () => {
    stack = await startStack({ environment: { ATENDE_CODEC_ORIGINS: UI } });
    ({ inquiryId } = await stack.send());
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  });

  const seal = async (value: unknown, workflowId: string): Promise<Payload> => {
    const { dataConverter, namespace } = stack.runtime.temporal;
    const payload = defaultPayloadConverter.toPayload(value);
    const sealed = await dataConverter.payloadCodecs?.[0]?.encode([payload], {
      type: 'workflow',
      namespace,
      workflowId,
    });
    return sealed?.[0] as Payload;
  };
  const own = (): string => workflowIdOf(stack.demo.tenantId, inquiryId);

  const decode = async (
    payloads: readonly Payload[],
    { key = 'auditor', headers = {} }: { key?: 'auditor' | 'supervisor'; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: { payloads: ReturnType<typeof toJson>[]; code?: string }; headers: Headers }> => {
    const response = await fetch(`${stack.baseUrl}/codec/decode`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.demo.keys[key]}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ payloads: payloads.map(toJson) }),
    });
    return { status: response.status, body: (await response.json()) as never, headers: response.headers };
  };
  const values = (payloads: ReturnType<typeof toJson>[]): unknown[] =>
    payloads.map((payload) => defaultPayloadConverter.fromPayload(fromJson(payload)));

  it('opens payloads of the tenant, in order, and writes one audit event for the request', async () => {
    const payloads = await Promise.all(['a', 'b', null].map((value) => seal(value, own())));
    const { status, body } = await decode(payloads, { headers: { 'x-namespace': 'default' } });
    expect([status, values(body.payloads)]).toEqual([200, ['a', 'b', null]]);
    expect(await auditOf(stack, 'payload.decode')).toMatchObject([
      {
        object: inquiryId,
        result: 'ok',
        after: { inquiries: [inquiryId], opened: 3, erased: 0, refused: 0 },
      },
    ]);
  });

  it('refuses a request that holds a payload of another tenant, and says so in the audit log', async () => {
    const { shopId, webhookSecret: secret, tenantId } = stack.other;
    const accepted = await stack.deliver(messageEvent(), { shopId, secret });
    const { inquiryId: theirs } = (await accepted.json()) as Accepted;
    const foreign = await seal('theirs', workflowIdOf(tenantId, theirs));
    const { status, body } = await decode([await seal('ours', own()), foreign]);
    expect([status, body.code, body.payloads]).toEqual([403, 'forbidden', undefined]);
    expect(await auditOf(stack, 'post /codec/decode')).toMatchObject([{ result: 'refused', code: 'forbidden' }]);
  });

  it('opens nothing of the installation itself, nothing in clear and nothing of another namespace', async () => {
    const installation = await seal({ archived: 7 }, 'atende-retention-sweep');
    const { body } = await decode([installation, defaultPayloadConverter.toPayload('planted')]);
    expect(values(body.payloads)).toEqual([{ refused: 'foreign_workflow' }, { refused: 'clear' }]);
    const elsewhere = await decode([await seal('a', own())], { headers: { 'x-namespace': 'other' } });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'namespace_unknown']);
  });

  it('says of a payload about an inquiry that never was that its key is unknown', async () => {
    const sealed = await seal('a', own());
    const about = (id: string): Payload => ({
      ...sealed,
      metadata: { ...sealed.metadata, workflow: Buffer.from(workflowIdOf(stack.demo.tenantId, id)) },
    });
    const { status, body } = await decode([about(randomUUID()), about('-'.repeat(36))]);
    expect(status).toBe(200);
    expect(values(body.payloads)).toEqual([{ refused: 'unknown_key' }, { refused: 'foreign_workflow' }]);
  });

  it('is for auditors', async () => {
    expect((await decode([], { key: 'supervisor' })).status).toBe(403);
    const nobody = await fetch(`${stack.baseUrl}/codec/decode`, { method: 'POST' });
    expect(nobody.status).toBe(401);
  });

  it('encodes nothing: the command line asks before a query, and gets nothing for nothing', async () => {
    const auditor = stack.as('auditor');
    expect(await auditor.post('/codec/encode', { payloads: [] })).toMatchObject({
      status: 200,
      body: { payloads: [] },
    });
    const payloads = [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'MQ==' }];
    expect(await auditor.post('/codec/encode', { payloads })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect((await stack.as('agent').post('/codec/encode', { payloads: [] })).status).toBe(403);
  });

  it('answers Temporal’s UI in a browser, and no other page', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${stack.baseUrl}/codec/decode`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' },
      });
    const allowed = await preflight(UI);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(UI);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-namespace');
    const other = await preflight('http://localhost:8081');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const answered = await decode([], { headers: { origin: UI } });
    expect(answered.headers.get('access-control-allow-origin')).toBe(UI);
    expect(answered.headers.get('access-control-allow-credentials')).toBe('true');
    const refused = await decode([], { key: 'supervisor', headers: { origin: UI } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, UI]);
    const elsewhere = await fetch(`${stack.baseUrl}/v1/me`, { headers: { origin: UI } });
    expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('asks a browser for the key once, which then sends it with every request of the UI', async () => {
    const session = (authorization?: string): Promise<Response> =>
      fetch(`${stack.baseUrl}/codec/session`, authorization === undefined ? {} : { headers: { authorization } });
    const asked = await session();
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)]);
    const basic = (key: string): string => `Basic ${Buffer.from(`auditor:${key}`).toString('base64')}`;
    expect((await session(basic(stack.demo.keys.auditor))).status).toBe(200);
    expect((await session(basic('wrong'))).status).toBe(401);
    expect((await session(basic(stack.demo.keys.agent))).status).toBe(403);
    const { status } = await decode([], { headers: { authorization: basic(stack.demo.keys.auditor) } });
    expect(status).toBe(200);
    const elsewhere = await fetch(`${stack.baseUrl}/v1/me`, {
      headers: { authorization: basic(stack.demo.keys.auditor) },
    });
    expect(elsewhere.status).toBe(401);
  });

  it('takes no more than a thousand payloads, and only payloads', async () => {
    const auditor = stack.as('auditor');
    const many = Array.from({ length: 1_001 }, () => ({ metadata: {} }));
    expect((await auditor.post('/codec/decode', { payloads: many })).status).toBe(400);
    expect((await auditor.post('/codec/decode', { payloads: [{ metadata: { encoding: '!' } }] })).status).toBe(400);
  });
});
