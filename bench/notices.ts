import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { Sim } from '../test/channels/sim.js';
import { smallDefinition } from '../test/support/small-definition.js';
import { withBench } from './bench.js';
import type { Bench } from './bench.js';
import { describeMachine } from './machine.js';
import type { Machine } from './machine.js';
import type { Options } from './options.js';
import { openLoop } from './pace.js';
import { distribution } from './statistics.js';
import type { Distribution } from './statistics.js';

/** How fast notices of a platform are answered, and how soon somebody sees what they were about. Times in ms. */
export type NoticeFigures = {
  readonly machine: Machine;
  readonly perSecond: number;
  /** From the planned instant of a notice to its 200. */
  readonly answered: Distribution;
  readonly newPerSecond: number;
  /** From the planned instant of the notice of a new question until it stands in an agent's list. */
  readonly visible: Distribution;
};

const PUBLIC_URL = 'https://atende.example';
const CLIENT_ID = '7000000001';
const SELLER = 1001;

/** Questions that notices are about while there are many of them; they have been read before. */
const KNOWN = 60;
const NOTICES_PER_SECOND = 100;
const NEW_PER_SECOND = 1;
const WARM_UP_SECONDS = 5;
const LOOK_MS = 25;
const PATIENCE_MS = 60_000;

/** Starts a platform's server and the product beside it, and takes the figures. */
export async function noticeFigures(options: Options, say: (line: string) => void): Promise<NoticeFigures> {
  const sim = await Sim.start('mercadolivre', { perMinute: 1_000_000 });
  const environment = {
    ATENDE_PUBLIC_URL: PUBLIC_URL,
    ATENDE_SWEEP_EVERY_MS: '3600000',
    ATENDE_MERCADOLIVRE_CLIENT_ID: CLIENT_ID,
    ATENDE_MERCADOLIVRE_CLIENT_SECRET: 'sim-client-secret',
    ATENDE_MERCADOLIVRE_API_URL: sim.url,
    ATENDE_MERCADOLIVRE_AUTH_URL: sim.url,
  };
  const special = { nodeArguments: [], postgresSettings: {}, environment };
  try {
    return await withBench(options, special, (bench) => new Notices(bench, sim, say).figures(options.seconds));
  } finally {
    await sim.stop();
  }
}

class Notices {
  readonly #agent = new Agent({ connections: 64, keepAliveTimeout: 60_000 });
  #noticeUrl = '';

  constructor(
    private readonly bench: Bench,
    private readonly sim: Sim,
    private readonly say: (line: string) => void,
  ) {}

  async figures(seconds: number): Promise<NoticeFigures> {
    await this.#connect();
    const known = await Promise.all(Array.from({ length: KNOWN }, (_, index) => this.#ask(`Pergunta ${index}?`)));
    for (const id of known) await this.#tell(id, performance.now());
    for (let index = 0; index < KNOWN; index += 1) await this.#seen(`Pergunta ${index}?`);
    this.say(`${KNOWN} questions are known; notices at ${NOTICES_PER_SECOND}/s`);
    await this.#flood(known, WARM_UP_SECONDS);
    const answered = await this.#flood(known, seconds);
    this.say(`new questions at ${NEW_PER_SECOND}/s`);
    // What the flood asked to be read again is over first.
    await sleep(WARM_UP_SECONDS * 1_000);
    const visible = await this.#questions(seconds * 2);
    await this.#agent.close();
    return {
      machine: describeMachine(),
      perSecond: NOTICES_PER_SECOND,
      answered: distribution(answered),
      newPerSecond: NEW_PER_SECOND,
      visible: distribution(visible),
    };
  }

  /** A shop on the platform whose administrator agrees. */
  async #connect(): Promise<void> {
    const { client, installation } = this.bench;
    const shop = { key: 'bench-ml', name: 'Bench', channel: 'mercadolivre' };
    const { id } = (await client.post('admin', '/v1/shops', shop)) as { readonly id: string };
    const yaml = { 'content-type': 'application/yaml' };
    const text = smallDefinition('bench-notices', 'channels: [mercadolivre]');
    await client.change('ops', 'PUT', '/v1/definitions/bench-notices/draft', text, yaml);
    await client.post('ops', '/v1/definitions/bench-notices/publish', {});
    const when = 'shop.channel == "mercadolivre"';
    const rules = [{ when, definition: 'bench-notices' }, { definition: 'standard-br' }];
    await client.change('ops', 'PUT', '/v1/routing', { rules });
    const asked = await client.post('admin', `/v1/shops/${id}/authorize`, {});
    const { url, noticeUrl } = asked as { readonly url: string; readonly noticeUrl: string };
    const here = (there: string): string => there.replace(PUBLIC_URL, installation.demo.baseUrl);
    const agreed = await fetch(url, { redirect: 'manual' });
    const back = await fetch(here(agreed.headers.get('location') ?? ''));
    if (!back.ok) throw new Error(`The consent came to nothing: ${back.status}`);
    this.#noticeUrl = here(noticeUrl);
  }

  async #ask(text: string): Promise<number> {
    const buyerId = 50_000 + Math.floor(this.bench.random() * 1_000_000);
    const { id } = await this.sim.act<{ id: number }>('questions', { buyerId, text, silent: true });
    return id;
  }

  /** Tells the product of a question; ms from `planned` to the answer. */
  async #tell(id: number, planned: number): Promise<number> {
    const now = new Date().toISOString();
    const notice = {
      ...{ _id: randomUUID(), resource: `/questions/${id}`, user_id: SELLER, topic: 'questions' },
      ...{ application_id: Number(CLIENT_ID), attempts: 1, sent: now, received: now },
    };
    const response = await request(this.#noticeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notice),
      dispatcher: this.#agent,
    });
    await response.body.dump();
    if (response.statusCode !== 200) throw new Error(`A notice was answered with ${response.statusCode}`);
    return performance.now() - planned;
  }

  async #flood(known: readonly number[], seconds: number): Promise<number[]> {
    const { random } = this.bench;
    const took: number[] = [];
    await openLoop({ seconds, perSecond: NOTICES_PER_SECOND, random }, async (planned) => {
      const id = known[Math.floor(random() * known.length)] ?? 0;
      took.push(await this.#tell(id, planned));
    });
    return took;
  }

  async #questions(seconds: number): Promise<number[]> {
    const took: number[] = [];
    const { random } = this.bench;
    await openLoop({ seconds, perSecond: NEW_PER_SECOND, random }, async (planned) => {
      const text = `Nova ${randomUUID()}?`;
      await this.#tell(await this.#ask(text), planned);
      await this.#seen(text);
      took.push(performance.now() - planned);
    });
    return took;
  }

  /** Waits until the agent's list shows it. */
  async #seen(text: string): Promise<void> {
    type Row = { readonly lastMessage: { readonly preview: string } | null };
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      const { items } = (await this.bench.client.get('agent', '/v1/inquiries?limit=200')) as { readonly items: Row[] };
      if (items.some(({ lastMessage }) => lastMessage?.preview.includes(text.slice(0, 40)) === true)) return;
      await sleep(LOOK_MS);
    }
    throw new Error('A question was not seen in time');
  }
}
