import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually.js';
import { Api } from '../support/api.js';
import { deliver, newHome, Product, removeHome } from '../support/product.js';
import type { DemoFile } from '../support/product.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { startEmbedded } from '../../src/platform/embedded/index.js';
import type { Embedded } from '../../src/platform/embedded/index.js';
import { createLog } from '../../src/platform/log/index.js';

type Received = { readonly text: string; readonly author: string };

/** A buyer's side of our own: the demo's exists only with embedded servers. */
async function startBuyer(): Promise<{ readonly url: string; readonly received: Received[]; stop(): void }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString('utf8')));
    request.on('end', () => {
      if (request.method === 'POST') received.push((JSON.parse(body) as { data: Received }).data);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    stop: () => void server.close(),
  };
}

describe('the roles as processes of their own, on servers that were there before', () => {
  const home = newHome();
  const elsewhere = newHome();
  const running: Product[] = [];
  let demo: DemoFile;
  let servers: Embedded;
  let environment: Readonly<Record<string, string>>;

  /** The servers of a home whose product has set up its demo tenants and stopped. */
  beforeAll(async () => {
    const first = await Product.start(home);
    demo = first.demo;
    expect((await first.stop()).code).toBe(0);
    const config = loadConfig({ ATENDE_HOME: home });
    const log = createLog({ level: 'warn', directory: config.log.directory });
    servers = await startEmbedded({ config, log, onFatal: (error) => process.stderr.write(error.line), fsync: false });
    environment = {
      DATABASE_URL: servers.appUrl,
      DATABASE_APP_URL: servers.appUrl,
      DATABASE_LOOPS_URL: servers.loopsUrl,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      ATENDE_ROOT_KEY: Buffer.from(servers.rootKey ?? []).toString('base64'),
      ATENDE_EGRESS_ALLOW: '127.0.0.1',
    };
  }, 120_000);

  afterAll(async () => {
    for (const product of running) await product.destroy();
    await servers.stop();
    removeHome(home);
    removeHome(elsewhere);
  }, 60_000);

  const start = async (role: string): Promise<Product> => {
    const product = await Product.start(elsewhere, { ...environment, ATENDE_ROLE: role });
    running.push(product);
    return product;
  };

  it('migrates and ends', async () => {
    const migrate = Product.spawn(elsewhere, {
      DATABASE_URL: servers.ownerUrl,
      ATENDE_ROLE: 'migrate',
      TEMPORAL_ADDRESS: servers.temporalAddress,
    });
    expect(await migrate.exit()).toEqual({ code: 0, signal: null });
    expect(migrate.lines).toEqual(['atende: the schema is up to date']);
  }, 30_000);

  it('says at once what is wrong: a password, a Temporal that is not there, a key that is missing', async () => {
    const wrong = Object.assign(new URL(servers.ownerUrl), { password: 'geheim' }).href;
    const { ATENDE_ROOT_KEY: _, ...keyless } = environment;
    const refused = [
      { DATABASE_URL: wrong, TEMPORAL_ADDRESS: servers.temporalAddress, ATENDE_ROLE: 'migrate' },
      { ...environment, TEMPORAL_ADDRESS: '127.0.0.1:1', ATENDE_ROLE: 'worker' },
      { ...keyless, ATENDE_ROLE: 'api' },
    ].map((settings) => Product.spawn(elsewhere, settings));
    const exits = await Promise.all(refused.map((product) => product.exit()));
    expect(exits.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(refused.map(({ lines }) => lines.filter((line) => !line.startsWith('{')))).toEqual([
      [
        expect.stringMatching(
          /^atende: PostgreSQL refuses the user or password of .*:\*\*\*@.* \(DATABASE_URL\): correct them/,
        ),
      ],
      [expect.stringMatching(/^atende: Temporal at 127\.0\.0\.1:1 cannot be reached .*\(TEMPORAL_ADDRESS\): start it/)],
      [expect.stringMatching(/\(ATENDE_ROOT_KEY\): set it to 32 random bytes/)],
    ]);
  }, 60_000);

  it('serves a message from end to end, over the death of a worker, without a demo surface', async () => {
    const buyer = await startBuyer();
    const api = await start('api');
    const worker = await start('worker');
    const baseUrl = /ready at (\S+)/.exec(api.lines.join('\n'))?.[1] ?? '';
    const as = (member: keyof DemoFile['keys']): Api => new Api(baseUrl, demo.keys[member]);
    expect((await fetch(`${baseUrl}/health/ready`)).status).toBe(200);
    expect((await fetch(`${baseUrl}/demo/outbox`)).status).toBe(404);
    const shop = await as('admin').get(`/v1/shops/${demo.shop.id}`);
    const patched = await as('admin').patch(
      `/v1/shops/${demo.shop.id}`,
      { settings: { replyUrl: buyer.url } },
      { headers: { 'if-match': shop.headers.get('etag') ?? '' } },
    );
    expect(patched.status).toBe(200);

    expect((await worker.stop('SIGKILL')).signal).toBe('SIGKILL');
    const data = {
      messageId: 'split-1',
      conversationId: 'c-1',
      sentAt: new Date().toISOString(),
      buyer: { id: 'b-1' },
      text: 'Oi, quando chega?',
    };
    const inquiryId = await deliver(
      `${baseUrl}/channels/webhook/${demo.shop.id}`,
      demo.shop.webhookSecret,
      JSON.stringify({ type: 'message.received', data }),
    );
    const next = await start('worker');
    await eventually(
      () => Promise.resolve(buyer.received),
      (list) => list.length > 0,
      20_000,
    );
    expect(buyer.received.map(({ author }) => author)).toEqual(['automated']);

    const reply = async (): Promise<number> => {
      const path = `/v1/inquiries/${inquiryId}/replies`;
      const body = { text: 'Chega amanhã.', close: true };
      const first = await as('agent').post(path, body);
      return first.status === 202 ? 202 : (await as('agent2').post(path, body)).status;
    };
    await eventually(reply, (status) => status === 202, 20_000, 250);
    await eventually(
      () => Promise.resolve(buyer.received),
      (list) => list.length > 1,
      20_000,
    );
    expect(buyer.received[1]).toMatchObject({ text: 'Chega amanhã.', author: 'human' });
    await eventually(
      () => as('supervisor').get(`/v1/inquiries/${inquiryId}`),
      ({ body }) => body.state === 'closed',
      20_000,
    );

    for (const product of [api, next]) {
      const { code, tookMs } = await product.stop('SIGTERM');
      expect([code, tookMs < 15_000]).toEqual([0, true]);
    }
    buyer.stop();
  }, 90_000);
});
