import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer } from '../support/api.js';
import { BuyerServer } from '../support/buyer-server.js';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import { runScript } from '../support/run-script.js';
import type { Ran } from '../support/run-script.js';
import { newHome, Product, removeHome } from '../support/product.js';

/** One level fires before the backup, the other is still to come when it is made. */
const CHASED = `
atende: 1
key: chased
title: Chased
calendar: always
obligations:
  acknowledge: { within: 5m }
  first_response: { within: 1h, clock: wall, escalate: chase }
  next_response: { within: 1h }
  resolution: { within: 2h }
escalations:
  chase:
    - { at: start+1s, do: [ { notify: { to: holder } } ] }
    - { at: start+20s, do: [ { notify: { to: supervisor } }, { set: { urgency: high } } ] }
steps:
  - { id: classify, classify: {} }
  - { id: acknowledge, send: { template: ack } }
  - { id: person, assign: { queue: [sales-br], strategy: least_loaded, preferLastAgent: true } }
  - { id: reply, task: { kind: reply, lease: 20m }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { for: [buyer_message], until: 48h }, on: { message: reply, timeout: close } }
  - { id: close, close: { reason: resolved, reopenWithin: 7d, retention: order } }
`;

type Entry = { readonly kind: string; readonly data: Record<string, unknown> };

describe('a backup of a running installation', () => {
  const folder = newHome();
  const [home, restored, backup] = ['home', 'restored', 'backup'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  let product: Product;
  let buyer: BuyerServer;
  let gate: Gate;
  const undo: (() => Promise<unknown>)[] = [];
  /** What a buyer attached, and the file that it is in the end. */
  const attached = { id: '', text: '' };
  const ids = { untouched: '', answered: '', chased: '', waiting: '', closed: '' };

  const atende = (environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> =>
    runScript('atende.mjs', args, { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment });

  /** Both agents may answer; the other is told that the task is offered. */
  const asAgent = async (path: string, body: unknown): Promise<ApiAnswer> => {
    const first = await product.as('agent').post(path, body);
    return first.status < 300 ? first : product.as('agent2').post(path, body);
  };
  const answer = (inquiryId: string, text: string, more: object = {}): Promise<ApiAnswer> =>
    eventually(
      () => asAgent(`/v1/inquiries/${inquiryId}/replies`, { text, ...more }),
      ({ status }) => status === 202,
      20_000,
      250,
    );
  const read = async (inquiryId: string): Promise<ApiAnswer['body']> =>
    (await product.as('supervisor').get(`/v1/inquiries/${inquiryId}`)).body;
  const reaches = (inquiryId: string, field: 'state' | 'step', value: string): Promise<unknown> =>
    eventually(
      () => read(inquiryId),
      (body) => body[field] === value,
      30_000,
    );
  const history = async (inquiryId: string): Promise<Entry[]> =>
    (await product.as('auditor').get(`/v1/inquiries/${inquiryId}/history?limit=200`)).body.items as Entry[];
  const levels = async (inquiryId: string): Promise<unknown[]> =>
    (await history(inquiryId)).filter(({ kind }) => kind === 'level.fired').map(({ data }) => data['level']);
  const received = (text: string): number => buyer.taken.filter(({ data }) => data['text'] === text).length;

  const setShop = async (settings: object): Promise<void> => {
    const path = `/v1/shops/${product.demo.shop.id}`;
    const { headers } = await product.as('admin').get(path);
    const match = { 'if-match': headers.get('etag') ?? '' };
    expect((await product.as('admin').patch(path, { settings }, { headers: match })).status).toBe(200);
  };
  const route = async (definition: string): Promise<void> => {
    const { headers } = await product.as('ops').get('/v1/routing');
    const match = { 'if-match': headers.get('etag') ?? '' };
    expect((await product.as('ops').put('/v1/routing', { rules: [{ definition }] }, { headers: match })).status).toBe(
      200,
    );
  };

  const attachments = async (inquiryId: string): Promise<readonly { id: string; state: string }[]> => {
    const { body } = await product.as('supervisor').get(`/v1/inquiries/${inquiryId}/messages`);
    const { items } = body as { items: { attachments: { id: string; state: string }[] }[] };
    return items.flatMap((item) => item.attachments);
  };
  const fileOf = async (attachmentId: string): Promise<string> => {
    const { body } = await product.as('supervisor').get(`/v1/attachments/${attachmentId}`);
    return (await fetch(String(body.url))).text();
  };

  const start = async (at: string): Promise<Product> => {
    const started = Product.spawn(at);
    undo.push(() => started.destroy());
    await started.ready(120_000);
    return started;
  };

  beforeAll(async () => {
    product = await start(home);
    buyer = await new BuyerServer(product.demo.shop.webhookSecret).start();
    undo.push(() => buyer.stop());
    gate = new Gate(Number(new URL(buyer.url).port));
    await gate.open();
    undo.push(() => gate.shut());
    await setShop({ replyUrl: `http://127.0.0.1:${gate.port}/buyer` });
    const yaml = { headers: { 'content-type': 'application/yaml' } };
    await product.as('ops').put('/v1/definitions/chased/draft', CHASED, yaml);
    expect((await product.as('ops').post('/v1/definitions/chased/publish')).status).toBe(201);
  }, 150_000);

  afterAll(async () => {
    for (const step of undo.reverse()) await step();
    removeHome(folder);
  }, 60_000);

  it('is made while inquiries stand everywhere', async () => {
    // A text that is there whenever the product is.
    const file = { url: `${product.demo.baseUrl}/health/live`, mediaType: 'text/plain' };
    ids.untouched = await product.send('Oi, qual o prazo de entrega?', 'restore-untouched', { attachments: [file] });
    const [kept] = await eventually(
      () => attachments(ids.untouched),
      ([one]) => one?.state === 'stored',
      30_000,
    );
    attached.id = kept?.id ?? '';
    attached.text = await fileOf(attached.id);
    expect(attached.text).toContain('ok');
    ids.answered = await product.send('Oi, tem nota fiscal?', 'restore-answered');
    ids.closed = await product.send('Oi, aceita cartão?', 'restore-closed');
    await answer(ids.answered, 'Tem sim, vai junto.');
    await answer(ids.closed, 'Aceita.', { close: true });
    await reaches(ids.answered, 'step', 'buyer');
    await reaches(ids.closed, 'state', 'closed');
    await route('chased');
    ids.chased = await product.send('Oi, cadê meu pedido?', 'restore-chased');
    await eventually(
      () => levels(ids.chased),
      (fired) => fired.length === 1,
    );
    ids.waiting = await product.send('Oi, posso trocar?', 'restore-waiting');
    await eventually(
      () => history(ids.waiting),
      (entries) => entries.some(({ kind }) => kind === 'message.available'),
      20_000,
    );
    await gate.shut();
    await answer(ids.waiting, 'Pode trocar em sete dias.');

    const result = await atende({ ATENDE_HOME: home }, 'backup', 'make', backup, '--json');
    expect([result.code, result.err]).toEqual([0, '']);
    expect(JSON.parse(result.out)).toMatchObject({
      format: 1,
      postgres: 18,
      files: expect.any(Number),
      messageFiles: 1,
    });
    expect(received('Pode trocar em sete dias.')).toBe(0);
  }, 90_000);

  it('holds the data and the passwords, closed to others, and not the root key', () => {
    expect(readdirSync(backup).sort()).toEqual(['backup.json', 'credentials.json', 'data', 'files']);
    for (const name of readdirSync(backup)) {
      expect([name, (statSync(join(backup, name)).mode & 0o077).toString(8)]).toEqual([name, '0']);
    }
    expect(readFileSync(join(backup, 'backup.json'), 'utf8')).not.toContain(
      readFileSync(join(home, 'root.key'), 'utf8').trim().slice(0, 12),
    );
    expect(existsSync(join(backup, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('is not written over', async () => {
    const again = await atende({ ATENDE_HOME: home }, 'backup', 'make', backup);
    expect(again).toEqual({ code: 1, out: '', err: expect.stringMatching(/backup is not empty \(folder\): name a/) });
  }, 30_000);

  it('leaves the product at work: what was on its way arrives', async () => {
    await gate.open();
    await eventually(
      () => Promise.resolve(received('Pode trocar em sete dias.')),
      (times) => times === 1,
      60_000,
    );
    await product.stop('SIGKILL');
  }, 90_000);

  it('is refused with another root key, into a folder in use, and when it is none', async () => {
    const key = join(folder, 'other.key');
    writeFileSync(key, Buffer.alloc(32, 7).toString('base64'));
    const restore = (to: string, from: string, file: string): Promise<Ran> =>
      atende({ ATENDE_HOME: to }, 'backup', 'restore', from, '--root-key', file);
    const right = join(home, 'root.key');
    expect((await restore(restored, backup, key)).err).toMatch(/was made with another root key \(ATENDE_ROOT_KEY\)/);
    expect((await restore(home, backup, right)).err).toMatch(/home .* is not empty/);
    mkdirSync(join(folder, 'half'));
    expect((await restore(restored, join(folder, 'half'), right)).err).toMatch(/half is no complete backup/);
    expect(existsSync(restored)).toBe(false);
  }, 60_000);

  it('makes an installation in an empty folder, beside a Temporal that knows nothing', async () => {
    const key = join(home, 'root.key');
    // As if it had come while the backup was made, after the database was copied.
    const [late, gone] = [randomUUID(), randomUUID()];
    const { tenantId } = product.demo;
    for (const name of [join(tenantId, late), join(gone, late)]) {
      mkdirSync(dirname(join(backup, 'files', name)), { recursive: true });
      writeFileSync(join(backup, 'files', name), 'sealed');
    }
    const result = await atende({ ATENDE_HOME: restored }, 'backup', 'restore', backup, '--root-key', key, '--json');
    expect([result.code, result.err]).toEqual([0, '']);
    expect(JSON.parse(result.out)).toMatchObject({ takenUp: { inquiries: 4, messages: 1 } });
    product = await start(restored);
    const files = readdirSync(join(restored, 'files'), { recursive: true, withFileTypes: true });
    expect(files.flatMap((file) => (file.isFile() ? [file.name] : []))).toEqual([attached.id]);
    expect(await fileOf(attached.id)).toBe(attached.text);
    expect(product.demo.keys).toEqual(JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')).keys);
  }, 90_000);

  it('does not send again what was sent after the backup', async () => {
    await eventually(
      async () => (await product.as('supervisor').get(`/v1/inquiries/${ids.waiting}/messages`)).body.items as Entry[],
      (items) => JSON.stringify(items.at(-1)).includes('"state":"available"'),
      30_000,
    );
    expect(received('Pode trocar em sete dias.')).toBe(1);
  }, 60_000);

  it('fires the level that was pending once, and none that had fired', async () => {
    await eventually(
      () => levels(ids.chased),
      (fired) => fired.length >= 2,
      30_000,
    );
    await sleep(1_500);
    expect(await levels(ids.chased)).toEqual([1, 2]);
    expect((await read(ids.chased)).classification.urgency).toBe('high');
  }, 60_000);

  it('carries every open inquiry on: answer, message, close', async () => {
    for (const id of [ids.untouched, ids.chased]) {
      await answer(id, `Resposta ${id}`, { close: true });
      await reaches(id, 'state', 'closed');
      expect(received(`Resposta ${id}`)).toBe(1);
    }
    expect(await product.send('Obrigada! E a cor?', 'restore-answered')).toBe(ids.answered);
    await reaches(ids.answered, 'step', 'reply');
    await answer(ids.answered, 'É azul.', { close: true });
    await reaches(ids.answered, 'state', 'closed');
    expect((await asAgent(`/v1/inquiries/${ids.waiting}/close`, { reason: 'resolved' })).status).toBe(200);
    expect((await read(ids.closed)).state).toBe('closed');
  }, 90_000);

  it('can take every decision again, and says in the audit that it was taken up', async () => {
    const replay = await atende({ ATENDE_HOME: restored }, 'replay');
    expect([replay.code, replay.out]).toEqual([
      0,
      expect.stringMatching(/^5 inquiries, \d+ decisions, 0 differences$/m),
    ]);
    const events = (await product.as('auditor').get('/v1/audit-events?action=backup.resume')).body.items;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ actor: { kind: 'system' }, after: { inquiries: 4, messages: 1 } });
  }, 60_000);
});
