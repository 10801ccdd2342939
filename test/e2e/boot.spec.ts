import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { isAlive, newHome, processTree, Product, proportionalMemoryMb, removeHome } from '../support/product.js';
import type { DemoFile } from '../support/product.js';

/** Limits of a quiet machine, with room for one that is not. */
const START_WITHIN_MS = 10_000;
const SLACK = 4;
const STOP_WITHIN_MS = 15_000;
const MEMORY_MB = 800;

const note = (text: string): void => void process.stderr.write(`${text}\n`);

describe('npm start', () => {
  const home = newHome();
  let product: Product;
  let demo: DemoFile;

  beforeAll(async () => {
    product = await Product.start(home);
    demo = product.demo;
  }, 90_000);

  afterAll(async () => {
    await product.destroy();
    removeHome(home);
  }, 30_000);

  const ready = (): Promise<boolean> =>
    fetch(`${product.demo.baseUrl}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );

  /** Whether the buyer received an answer of a person with this text. */
  const received = async (text: string): Promise<number> => {
    const { body } = await product.as(null).get('/demo/outbox');
    return (body.items as { data: { text: string } }[]).filter(({ data }) => data.text === text).length;
  };

  /** Whoever the task was offered to answers; the other agent is told so. */
  const reply = async (inquiryId: string, text: string): Promise<number> => {
    const path = `/v1/inquiries/${inquiryId}/replies`;
    const first = await product.as('agent').post(path, { text, close: true });
    return first.status < 300 ? first.status : (await product.as('agent2').post(path, { text, close: true })).status;
  };

  const answer = async (inquiryId: string, text: string): Promise<void> => {
    await eventually(
      () => reply(inquiryId, text),
      (status) => status === 202,
      20_000,
      250,
    );
    await eventually(
      () => received(text),
      (times) => times > 0,
      20_000,
    );
    await sleep(300);
    expect(await received(text)).toBe(1);
  };

  it('is ready with few words that say where to look next', async () => {
    expect(await ready()).toBe(true);
    expect(product.lines.length).toBeLessThanOrEqual(15);
    expect(product.lines.join('\n')).toContain(`atende: ready at ${demo.baseUrl}`);
    expect(product.lines.join('\n')).toContain(join(home, 'demo.json'));
  });

  it('writes keys that open something, for its owner only', async () => {
    expect((statSync(join(home, 'demo.json')).mode & 0o777).toString(8)).toBe('600');
    for (const member of Object.keys(demo.keys) as (keyof DemoFile['keys'])[]) {
      expect([member, (await product.as(member).get('/v1/me')).status]).toEqual([member, 200]);
    }
  });

  it('holds little memory while nothing happens', async () => {
    await sleep(1_000);
    const tree = processTree(product.pid);
    expect(tree).toEqual(expect.arrayContaining(product.servers().map(({ pid }) => pid)));
    const memory = proportionalMemoryMb(tree);
    note(`idle: ${memory.toFixed(0)} MB proportional set size in ${tree.length} processes`);
    expect(memory).toBeLessThanOrEqual(MEMORY_MB);
  });

  it('refuses a second start on the same home with one line, and goes on', async () => {
    const second = Product.spawn(home);
    expect((await second.exit()).code).toBe(1);
    expect(second.lines).toEqual([expect.stringMatching(/^atende: already running on .* \(ATENDE_HOME\): stop it/)]);
    expect(await ready()).toBe(true);
  });

  it.each(['postgres', 'temporal'] as const)(
    'takes %s up again when it is killed, and carries an open inquiry on',
    async (name) => {
      const inquiryId = await product.send('Oi, meu pedido chega quando?', `killed-${name}`);
      const pid = product.serverPid(name);
      process.kill(pid, 'SIGKILL');
      await eventually(
        () => Promise.resolve(isAlive(pid)),
        (lives) => !lives,
      );
      await eventually(ready, (is) => is, 30_000);
      expect(product.serverPid(name)).not.toBe(pid);
      await answer(inquiryId, `Resposta depois de ${name}`);
    },
    60_000,
  );

  it('recovers after it was killed itself, orphans included, and keeps keys and open inquiries', async () => {
    const inquiryId = await product.send('Oi, vocês têm o 43 em preto?', 'killed-main');
    const orphans = product.servers().map(({ pid }) => pid);
    const tree = processTree(product.pid);
    const killed = await product.stop('SIGKILL');
    expect(killed.signal).toBe('SIGKILL');
    product = await Product.start(home, { PORT: new URL(demo.baseUrl).port });
    expect(product.demo).toEqual(demo);
    expect(orphans.filter((pid) => isAlive(pid) && product.servers().every((server) => server.pid !== pid))).toEqual(
      [],
    );
    await answer(inquiryId, 'Resposta depois de tudo');
    await eventually(
      () => Promise.resolve(tree.filter((pid) => isAlive(pid))),
      (left) => left.length === 0,
    );
  }, 90_000);

  it('leaves neither words of people nor keys in its logs', () => {
    const texts = readdirSync(join(home, 'logs')).map((name) => readFileSync(join(home, 'logs', name), 'utf8'));
    expect(texts.join('\n').length).toBeGreaterThan(1_000);
    for (const secret of [
      '43 em preto',
      'Resposta depois',
      'killed-main',
      ...Object.values(demo.keys),
      demo.shop.webhookSecret,
    ]) {
      expect(texts.some((text) => text.includes(secret))).toBe(false);
    }
  });

  it('forgets nothing at SIGTERM: exit code 0, nothing left running, started again in seconds', async () => {
    const inquiryId = await product.send('Bom dia, aceita pix?', 'stopped');
    const tree = processTree(product.pid);
    const exit = await product.stop('SIGTERM');
    note(`stopped in ${exit.tookMs} ms`);
    expect([exit.code, exit.signal]).toEqual([0, null]);
    expect(exit.tookMs).toBeLessThanOrEqual(STOP_WITHIN_MS);
    await eventually(
      () => Promise.resolve(tree.filter((pid) => isAlive(pid))),
      (left) => left.length === 0,
      2_000,
    );
    const began = Date.now();
    product = await Product.start(home, { PORT: new URL(demo.baseUrl).port });
    const took = Date.now() - began;
    note(`ready again in ${took} ms`);
    expect(took).toBeLessThanOrEqual(START_WITHIN_MS * SLACK);
    expect(product.demo).toEqual(demo);
    await answer(inquiryId, 'Resposta depois da pausa');
  }, 90_000);

  it('stops in order at Ctrl-C while requests are open', async () => {
    const stream = await fetch(`${demo.baseUrl}/v1/stream`, {
      headers: { authorization: `Bearer ${demo.keys.supervisor}` },
    });
    expect(stream.status).toBe(200);
    const exit = await product.stop('SIGINT');
    expect([exit.code, exit.signal]).toEqual([0, null]);
    expect(exit.tookMs).toBeLessThanOrEqual(STOP_WITHIN_MS);
    await stream.body?.cancel().catch(() => undefined);
  }, 30_000);

  it('says on one line that its port is taken, and leaves nothing behind', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = (taken.address() as AddressInfo).port;
    const refused = Product.spawn(home, { PORT: String(port) });
    expect((await refused.exit()).code).toBe(1);
    expect(refused.lines).toEqual([
      `atende: 127.0.0.1:${port} is taken by another program (PORT): stop it or set PORT to a free port`,
    ]);
    expect(refused.servers()).toEqual([]);
    taken.close();
  }, 30_000);

  it('is told what it read by the command line, secrets masked', () => {
    const result = spawnSync(process.execPath, ['scripts/atende.mjs', 'config'], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        ATENDE_HOME: home,
        DATABASE_URL: 'postgresql://me:geheim@db.example/atende',
        TEMPORAL_ADDRESS: 't:7233',
      },
    });
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('postgresql://me:***@db.example/atende');
    expect(result.stdout).not.toContain('geheim');
  });
});
