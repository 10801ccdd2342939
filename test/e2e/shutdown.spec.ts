import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { newHome, Product, removeHome } from '../support/product.js';

type Outcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'refused' | 'reset' | 'cut'; readonly why: string };

/**
 * `reset`: a connection of its own that got no answer. The system takes connections for a server before the server sees them; one
 * it takes between our last look and the closing of the door is reset, and no server can know.
 */
function endOf(error: NodeJS.ErrnoException, isReused: boolean): Outcome {
  const kind = error.code === 'ECONNREFUSED' ? 'refused' : error.code === 'ECONNRESET' && !isReused ? 'reset' : 'cut';
  return { kind, why: `${error.code} ${error.message}` };
}

/** One request over an agent's connections, to the last byte of its answer. */
function ask(agent: Agent, url: string, key: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const asking = request(url, { agent, headers: { authorization: `Bearer ${key}` } });
    const failed = (error: NodeJS.ErrnoException): void => resolve(endOf(error, asking.reusedSocket));
    asking.on('error', failed);
    asking.on('response', (response) => {
      response.on('error', failed);
      response.on('end', () => resolve({ kind: 'answered', status: response.statusCode ?? 0 }));
      response.resume();
    });
    asking.end();
  });
}

/** Follows the stream; resolves when it has ended, true when it was ended properly. */
function follow(url: string, key: string): { readonly open: Promise<void>; readonly ended: Promise<boolean> } {
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers: { authorization: `Bearer ${key}` } }, resolve)
      .on('error', reject)
      .end();
  });
  const ended = response.then(
    (stream) =>
      new Promise<boolean>((resolve) => {
        stream.on('error', () => resolve(false));
        stream.on('end', () => resolve(stream.complete));
        stream.resume();
      }),
  );
  return { open: response.then(() => undefined), ended };
}

describe('a stop under load', () => {
  const home = newHome();
  let product: Product;

  beforeAll(async () => {
    product = await Product.start(home, { ATENDE_HTTP_DRAIN_MS: '1500' });
  }, 90_000);

  afterAll(async () => {
    await product.destroy();
    removeHome(home);
  }, 60_000);

  it('answers every request or refuses it at the door, tells the balancer first, and ends streams', async () => {
    const { baseUrl, keys } = product.demo;
    const stream = follow(`${baseUrl}/v1/stream`, keys.agent);
    await stream.open;
    const outcomes: Outcome[] = [];
    const readiness: Outcome[] = [];
    const until = async (url: string, kept: Outcome[], agent: Agent): Promise<void> => {
      for (;;) {
        const outcome = await ask(agent, url, keys.agent);
        kept.push(outcome);
        if (outcome.kind !== 'answered') break;
        await sleep(15);
      }
      agent.destroy();
    };
    const clients = Array.from({ length: 8 }, () =>
      until(`${baseUrl}/v1/tasks`, outcomes, new Agent({ keepAlive: true, maxSockets: 1 })),
    );
    const balancer = until(`${baseUrl}/health/ready`, readiness, new Agent({ keepAlive: false }));
    await sleep(1_000);
    const stopped = product.stop('SIGTERM', 40_000);
    await Promise.all([...clients, balancer]);
    const { code } = await stopped;

    expect(outcomes.length).toBeGreaterThan(50);
    const failed = outcomes.filter((one) => one.kind === 'cut' || (one.kind === 'answered' && one.status !== 200));
    expect(failed).toEqual([]);
    expect(outcomes.filter(({ kind }) => kind === 'refused' || kind === 'reset')).toHaveLength(8);
    expect(outcomes.filter(({ kind }) => kind === 'reset').length).toBeLessThanOrEqual(1);
    const told = readiness.map((one) =>
      one.kind === 'answered' ? one.status : one.kind === 'reset' ? 'refused' : one.kind,
    );
    expect([...new Set(told)]).toEqual([200, 503, 'refused']);
    expect(await stream.ended).toBe(true);
    expect(code).toBe(0);
  }, 90_000);
});
