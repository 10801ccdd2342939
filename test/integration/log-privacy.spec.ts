import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog } from '../../src/platform/log/index.js';
import type { Log } from '../../src/platform/log/index.js';
import { installRuntime } from '../../src/platform/temporal/index.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** Invented people and numbers, in every place a caller can put text; the CPF is a test number with valid check digits. */
const PLANTED = {
  name: 'Quitéria Vasconcelhos',
  cpf: '529.982.247-25',
  phone: '+55 11 98765-4321',
  buyer: 'buyer-quiteria-77',
  conversation: 'conversation-quiteria-88',
  reply: 'Resposta confidencial para Quitéria',
  note: 'Nota: ligar para 98765-4321',
  query: 'procurar-quiteria',
};

/** Parts that would give a person away even if the text around them were cut. */
const TRACES = ['Quit', 'quiteria', 'Vasconcelhos', '529.982', '98765', 'confidencial', 'procurar'];

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

type Line = Readonly<Record<string, unknown>>;

describe('the log at its most talkative', () => {
  const written: string[] = [];
  let stack: Stack;
  let log: Log;

  const lines = (): Line[] => written.map((line) => JSON.parse(line) as Line);
  const requests = (route: string): Line[] =>
    lines().filter((line) => line['msg'] === 'request' && line['route'] === route);

  beforeAll(async () => {
    log = createLog({ level: 'trace', stream: { write: (line: string) => void written.push(line) } });
    installRuntime(log, undefined);
    stack = await startStack({ adjust: (runtime) => ({ ...runtime, log }) });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    for (const line of written)
      for (const trace of TRACES) if (line.includes(trace)) throw new Error(`The log tells: ${line}`);
  });

  it('holds nothing people wrote, nor who they are, on the way from message to answer', async () => {
    const { inquiryId } = await stack.send({
      text: `Sou ${PLANTED.name}, CPF ${PLANTED.cpf}, telefone ${PLANTED.phone}. Quando chega?`,
      name: PLANTED.name,
      buyer: PLANTED.buyer,
      conversationId: PLANTED.conversation,
    });
    const supervisor = stack.as('supervisor');
    await eventually(
      () => supervisor.get('/demo/outbox'),
      ({ body }) => body.items.length > 0,
    );
    await supervisor.post(`/v1/inquiries/${inquiryId}/notes`, { text: PLANTED.note });
    await stack.as('agent').post(`/v1/inquiries/${inquiryId}/replies`, { text: PLANTED.reply });
    await stack.as('agent2').post(`/v1/inquiries/${inquiryId}/replies`, { text: PLANTED.reply });
    await eventually(
      () => supervisor.get('/demo/outbox'),
      ({ body }) => JSON.stringify(body).includes(PLANTED.reply),
    );
  });

  it('holds nothing of what was refused', async () => {
    const bad = {
      type: 'message.received',
      data: { buyer: { id: PLANTED.buyer, name: PLANTED.name }, text: PLANTED.cpf },
    };
    expect((await stack.deliver(bad)).status).toBe(400);
    expect((await stack.deliver(bad, { raw: `{ "text": "${PLANTED.name}` })).status).toBe(400);
    expect((await stack.deliver(bad, { secret: stack.other.webhookSecret })).status).toBe(401);
    const agent = stack.as('agent');
    await agent.get(`/v1/inquiries?holder=${PLANTED.query}`);
    await agent.get(`/v1/${encodeURIComponent(PLANTED.name)}`);
    await agent.post(`/v1/inquiries/${PLANTED.query}/replies`, { txt: PLANTED.reply });
    await agent.post('/v1/tasks/x/complete', { text: PLANTED.reply }, { idempotencyKey: PLANTED.query });
    await stack
      .as({ key: PLANTED.query })
      .get('/v1/me', { headers: { 'x-request-id': PLANTED.name.replace(/[^ -~]/g, '?') } });
    expect(requests('unmatched').length).toBeGreaterThan(0);
  });

  it('holds nothing a channel says when it fails', async () => {
    const broken = createServer((_request, response) => response.writeHead(500).end(`${PLANTED.name} ${PLANTED.cpf}`));
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/${PLANTED.query}`;
    await stack.superuser.query(
      `update shop set settings = settings || jsonb_build_object('replyUrl', $2::text) where id = $1`,
      [stack.demo.shopId, url],
    );
    const called = new Promise<void>((resolve) => void broken.once('request', () => resolve()));
    await stack.send({ text: 'Bom dia', buyer: `${PLANTED.buyer}-2`, name: PLANTED.name });
    await called;
    broken.close();
  });

  it('has one line per request: method, pattern of the route, status, time, and the ids to follow it by', async () => {
    const before = requests('/v1/inquiries/:id/close').length;
    const { inquiryId } = await stack.send({ text: 'Oi' });
    const response = await stack.as('supervisor').post(
      `/v1/inquiries/${inquiryId}/close`,
      { reason: 'resolved' },
      {
        headers: { 'x-request-id': 'caller-1', traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
      },
    );
    expect(response.headers.get('x-request-id')).toBe('caller-1');
    expect(response.headers.get('traceparent')).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    const found = requests('/v1/inquiries/:id/close').slice(before);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      ...{ level: 'info', method: 'POST', status: response.status, ms: expect.any(Number) },
      ...{ requestId: 'caller-1', traceId: TRACE_ID, inquiryId },
    });
    expect(requests('/channels/webhook/:shopId').at(-1)).toMatchObject({ inquiryId, status: 202 });
  });
});
