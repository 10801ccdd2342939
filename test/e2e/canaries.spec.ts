import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Api, ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { runScript } from '../support/run-script.js';
import { deliver, newHome, Product, removeHome } from '../support/product.js';

/** An invented person, and words of ours about them; the CPF is a test number with valid check digits. */
const PLANTED = {
  name: 'Zulmira Taquaruçu',
  cpf: '529.982.247-25',
  phone: '+55 11 98765-4321',
  email: 'zulmira@taquarucu.example',
  street: 'Rua das Palmeiras Tortas 77',
  reply: 'Resposta sigilosa sobre o vestido',
  note: 'Anotação sigilosa da equipe',
  draft: 'Rascunho sigiloso nunca enviado',
  handover: 'Recado sigiloso ao colega',
  reason: 'Motivo sigiloso do encerramento',
  hold: 'Processo sigiloso da loja',
  verdict: 'Veredito sigiloso do canal',
  kept: 'Presente sigiloso para a avó',
};

/** Parts that would give somebody away even if the text around them were cut. */
const TRACES = [
  ...['Zulmira', 'zulmira', 'Taquaru', 'taquarucu', '529.982.247', '52998224725', '98765-4321', '11987654321'],
  ...['Palmeiras Tortas', 'sigilos'],
];

/** A definition that writes what buyers say into declared data, decides on it, and puts it into a template. */
const DEFINITION = `
atende: 1
key: canary
title: Canary
data: { said: string, recipient: string }
steps:
  - { id: keep, set: { data: { said: 'message.text' } } }
  - { id: look, choose: [ { when: 'data.said.contains("CPF")', goto: acknowledge } ], goto: acknowledge }
  - { id: acknowledge, send: { template: ack } }
  - { id: person, assign: { queue: sales-br } }
  - { id: reply, task: { kind: reply }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { for: [buyer_message], until: 48h }, on: { message: reply, timeout: close } }
  - { id: close, close: {} }
`;

/** A piece of a file read at a time; pieces overlap by more than the longest trace. */
const PIECE = 8 * 1_048_576;
const OVERLAP = 256;

describe('what people write', () => {
  const home = newHome();
  let product: Product;
  let metrics = '';

  beforeAll(async () => {
    product = Product.spawn(home, { ATENDE_LOG_LEVEL: 'trace' });
    await product.ready(110_000);
  }, 120_000);

  afterAll(async () => {
    await product.destroy();
    removeHome(home);
  }, 30_000);

  const words = `Sou ${PLANTED.name}, CPF ${PLANTED.cpf}, telefone ${PLANTED.phone}, e-mail ${PLANTED.email}, ${PLANTED.street}.`;

  const event = (type: string, data: object): Promise<string> => {
    const { baseUrl, shop } = product.demo;
    const url = `${baseUrl}/channels/webhook/${shop.id}`;
    return deliver(url, shop.webhookSecret, JSON.stringify({ type, data }));
  };

  const message = (n: number): Promise<string> =>
    event('message.received', {
      messageId: `m-${PLANTED.email}-${n}`,
      conversationId: `c-${PLANTED.email}-${n}`,
      sentAt: new Date().toISOString(),
      buyer: { id: `${PLANTED.email}-${n}`, name: PLANTED.name },
      text: words,
      attachments: [
        { url: `https://files.example/zulmira-${n}.jpg`, mediaType: 'image/jpeg', name: `${PLANTED.name}.jpg` },
      ],
      about: { kind: 'product', id: 'p-1', title: `Vestido de ${PLANTED.name}` },
    });

  const good = ({ status, body }: ApiAnswer): void => {
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  };

  /** The agent an inquiry's task was offered to, with the task. */
  async function holder(
    inquiryId: string,
  ): Promise<{ readonly agent: Api; readonly taskId: string; readonly token: number }> {
    const { body } = await eventually(
      () => product.as('supervisor').get(`/v1/tasks?limit=200`),
      ({ body }) => body.items.some((task: { inquiry: { id: string } }) => task.inquiry.id === inquiryId),
      20_000,
    );
    const { id } = body.items.find((task: { inquiry: { id: string } }) => task.inquiry.id === inquiryId);
    for (const key of ['agent', 'agent2'] as const) {
      const claimed = await product.as(key).post(`/v1/tasks/${id}/claim`);
      if (claimed.status < 300) return { agent: product.as(key), taskId: id, token: claimed.body.token };
    }
    throw new Error('Nobody can have the task');
  }

  it('goes through the whole product: the demo, and a person in every place that takes text', async () => {
    const demo = await runScript('demo.mjs', ['--rate', '40'], { PATH: process.env['PATH'], ATENDE_HOME: home });
    expect(demo).toMatchObject({ code: 0 });

    const ops = product.as('ops');
    good(
      await ops.put('/v1/definitions/canary/draft', DEFINITION, {
        headers: { 'content-type': 'application/yaml', 'if-none-match': '*' },
      }),
    );
    good(await ops.post('/v1/definitions/canary/publish'));
    const routing = await ops.get('/v1/routing');
    const match = { headers: { 'if-match': routing.headers.get('etag') ?? '' } };
    good(await ops.put('/v1/routing', { rules: [{ definition: 'canary' }] }, match));

    const inquiryId = await message(1);
    const { agent, taskId, token } = await holder(inquiryId);
    good(await agent.put(`/v1/tasks/${taskId}/draft`, { token, text: `${PLANTED.draft}. ${words}` }));
    const read = await agent.get(`/v1/inquiries/${inquiryId}`);
    expect(read.body.data.said).toBe(words);
    const path = `/v1/inquiries/${inquiryId}`;
    const tag = { headers: { 'if-match': read.headers.get('etag') ?? '' } };
    good(await agent.patch(path, { data: { recipient: `${PLANTED.name}: ${PLANTED.kept}` } }, tag));
    good(await agent.post(`${path}/notes`, { text: `${PLANTED.note}. ${words}` }));
    good(await agent.post(`${path}/replies`, { text: `${PLANTED.reply}. ${words}` }));
    await eventually(
      () => product.as(null).get('/demo/outbox'),
      ({ body }) => JSON.stringify(body).includes(PLANTED.reply),
      20_000,
    );
    const history = await product.as('auditor').get(`${path}/history?limit=200`);
    expect(JSON.stringify(history.body)).toContain(PLANTED.kept);

    const second = await holder(await message(2));
    const handed = {
      action: 'hand_over',
      token: second.token,
      to: { queue: 'sales-br' },
      note: `${PLANTED.handover}. ${words}`,
    };
    good(await second.agent.post(`/v1/tasks/${second.taskId}/complete`, handed));
    good(
      await product
        .as('supervisor')
        .post(`/v1/inquiries/${await message(3)}/close`, { reason: `${PLANTED.reason}. ${words}` }),
    );
    good(
      await product
        .as('privacyOfficer')
        .post('/v1/holds', { scope: { inquiryId }, reason: `${PLANTED.hold}. ${words}` }),
    );
    await event('message.status', {
      externalId: 'never-sent',
      status: 'rejected',
      reason: `${PLANTED.verdict}. ${words}`,
    });
    await expect(event('message.received', { text: words, buyer: { name: PLANTED.name } })).rejects.toThrow('400');
    expect((await agent.post(`${path}/replies`, { text: words, template: { key: PLANTED.name } })).status).toBe(400);
    metrics = (await product.as('admin').get('/metrics')).body;
  }, 120_000);

  it('is in no file, log, metric or trace in clear', async () => {
    await product.stop();
    const files = filesBelow(home);
    const names = files.map((file) => relative(home, file)).join('\n');
    for (const kind of [/pg_wal\//, /base\//, /temporal/, /logs\//]) expect(names).toMatch(kind);
    // What is not sealed is found: the search reads what was written.
    expect(files.some((file) => tracesOf(file, ['title: Canary']).length > 0)).toBe(true);
    const told = [Buffer.from(metrics), Buffer.from(product.lines.join('\n'))].flatMap((bytes) =>
      tracesIn(bytes, TRACES),
    );
    const found = files.flatMap((file) => tracesOf(file, TRACES).map((trace) => `${relative(home, file)}: ${trace}`));
    expect([...told, ...found]).toEqual([]);
  }, 120_000);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function tracesOf(file: string, traces: readonly string[]): string[] {
  const descriptor = openSync(file, 'r');
  try {
    const found = new Set<string>();
    const piece = Buffer.allocUnsafe(Math.min(PIECE, statSync(file).size + 1));
    for (let from = 0; ; from += PIECE - OVERLAP) {
      const length = readSync(descriptor, piece, 0, piece.length, from);
      for (const trace of tracesIn(piece.subarray(0, length), traces)) found.add(trace);
      if (length < PIECE) return [...found];
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Traces in some bytes, in the encodings a text could have. */
function tracesIn(bytes: Buffer, traces: readonly string[]): string[] {
  return traces.filter(
    (trace) => bytes.includes(Buffer.from(trace, 'utf8')) || bytes.includes(Buffer.from(trace, 'utf16le')),
  );
}
