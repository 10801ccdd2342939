import { setTimeout as sleep } from 'node:timers/promises';
import { Sim } from '../channels/sim.js';
import { eventually } from '../support/eventually.js';
import { noticesGo, platformEnvironment } from '../support/platforms.js';
import type { PlatformName } from '../support/platforms.js';
import type { Product } from '../support/product.js';
import { Seeded } from '../support/seeded.js';
import { smallDefinition } from '../support/small-definition.js';
import { TOKEN_KILL_POINTS } from './kill-points.js';
import { chaosOptions } from './options.js';
import { READY_WITHIN_MS, Site } from './site.js';

const { seed } = chaosOptions();
const PATIENT_MS = 180_000;
const CHANNELS = ['mercadolivre', 'shopee'] as const satisfies readonly PlatformName[];

/** Buyers of each platform while the product is killed over and over, and how often it is. */
const BUYERS = 6;
const KILLS = 3;

type Health = { readonly state: string; readonly trouble: { readonly code: string } | null };

/** Shops on platforms whose access is renewed by tokens that work once, under a product that dies. */
describe(`platforms with tokens (seed ${seed})`, () => {
  const chance = new Seeded(seed);
  const sims = new Map<PlatformName, Sim>();
  const shops = new Map<PlatformName, string>();
  let site: Site;
  let product: Product;

  const simOf = (channel: PlatformName): Sim => sims.get(channel) as Sim;
  const environment = (): Readonly<Record<string, string>> => ({
    ATENDE_PUBLIC_URL: site.demo.baseUrl,
    ATENDE_SWEEP_EVERY_MS: '2000',
    ...Object.assign({}, ...CHANNELS.map((channel) => platformEnvironment(channel, simOf(channel)))),
  });

  const start = async (killPoint?: string): Promise<void> => {
    product = site.start(killPoint, environment());
    if (killPoint === undefined) await product.ready(READY_WITHIN_MS);
  };

  const kill = async (): Promise<void> => {
    await product.stop('SIGKILL');
    await site.letLeasesRunOut();
  };

  /** The administrator agrees on the platform. */
  const connect = async (channel: PlatformName): Promise<void> => {
    const { status, body } = await product.as('admin').post(`/v1/shops/${shops.get(channel)}/authorize`);
    if (status !== 201) throw new Error(JSON.stringify(body));
    const { url, noticeUrl } = body as { url: string; noticeUrl: string };
    await noticesGo(channel, simOf(channel), noticeUrl, noticeUrl);
    const agreed = await fetch(url, { redirect: 'manual' });
    expect((await fetch(agreed.headers.get('location') ?? '')).status).toBe(200);
  };

  const write = (channel: PlatformName, buyer: number, text: string): Promise<{ readonly id: string | number }> =>
    simOf(channel).act(channel === 'shopee' ? 'messages' : 'questions', {
      buyerId: channel === 'shopee' ? String(buyer) : buyer,
      text,
    });

  const health = async (channel: PlatformName): Promise<Health> =>
    (await product.as('admin').get(`/v1/shops/${shops.get(channel)}/health`)).body as Health;

  /** Inquiries of a shop, by the texts in them. */
  const messages = async (channel: PlatformName): Promise<ReadonlyMap<string, readonly string[]>> => {
    const { rows } = await site.superuser.query<{ id: string }>('select id from inquiry where shop_id = $1', [
      shops.get(channel),
    ]);
    const found = rows.map(async ({ id }) => {
      const { body } = await product.as('supervisor').get(`/v1/inquiries/${id}/messages`);
      const { items } = body as { items: { direction: string; text: string }[] };
      return [id, items.map(({ direction, text }) => `${direction}: ${text}`).sort()] as const;
    });
    return new Map(await Promise.all(found));
  };

  /** The one inquiry in which a text stands; fails where there are more. */
  const inquiryWith = async (channel: PlatformName, text: string): Promise<string> => {
    const ids = await eventually(
      async () => [...(await messages(channel))].filter(([, said]) => said.includes(`in: ${text}`)).map(([id]) => id),
      (found) => found.length > 0,
      PATIENT_MS,
      500,
    );
    expect(ids).toHaveLength(1);
    return ids[0] ?? '';
  };

  /** Answers as whichever agent may. Whoever got no answer asks the same again, by its key; the product may be down meanwhile. */
  const answerInquiry = async (id: string, text: string): Promise<void> => {
    const members = ['agent', 'agent2'] as const;
    let refusals = 0;
    const ask = async (): Promise<boolean> => {
      // The same member goes on until there is an answer: the question may have been taken although nobody heard so.
      const member = members[refusals % members.length] as (typeof members)[number];
      const headers = { 'idempotency-key': `${id}-${refusals}` };
      const answer = await product
        .as(member)
        .post(`/v1/inquiries/${id}/replies`, { text }, { headers })
        .catch(() => null);
      if (answer !== null && answer.status < 500 && answer.status !== 202) refusals += 1;
      return answer?.status === 202;
    };
    await eventually(ask, (answered) => answered, PATIENT_MS, 500);
  };

  beforeAll(async () => {
    site = await Site.open();
    for (const channel of CHANNELS) sims.set(channel, await Sim.start(channel, { perMinute: 1_000_000 }));
    await start();
    const yaml = { headers: { 'content-type': 'application/yaml', 'if-match': '*' } };
    const text = smallDefinition('platform', `channels: [webhook, ${CHANNELS.join(', ')}]`);
    const ops = product.as('ops');
    const answers = [
      await ops.put('/v1/definitions/platform/draft', text, yaml),
      await ops.post('/v1/definitions/platform/publish'),
      await ops.put('/v1/routing', { rules: [{ definition: 'platform' }] }, { headers: { 'if-match': '*' } }),
    ];
    const settings = { requestTimeout: '2s', settleTime: '0s', verdictTimeout: '5s' };
    for (const channel of CHANNELS) {
      const shop = { key: channel, name: channel, channel, settings };
      const created = await product.as('admin').post('/v1/shops', shop);
      answers.push(created);
      shops.set(channel, (created.body as { id: string }).id);
    }
    for (const { status, body } of answers) if (status >= 300) throw new Error(JSON.stringify(body));
    for (const channel of CHANNELS) await connect(channel);
  }, 600_000);

  afterAll(async () => {
    await site.close();
    for (const sim of sims.values()) await sim.stop();
  }, 60_000);

  it.each(CHANNELS.flatMap((channel) => TOKEN_KILL_POINTS.map((point) => [channel, point] as const)))(
    '%s, killed at %s: says that somebody has to authorise it again, and drops nothing',
    async (channel, point) => {
      await kill();
      await simOf(channel).act('expire');
      await site.superuser.query('update channel_account set expires_at = now() where shop_id = $1', [
        shops.get(channel),
      ]);
      await start(`${point}:1`);
      // Told or not: sweeps need access, too.
      await write(channel, 8_001, 'Alguém aí?');
      expect(await product.exit(PATIENT_MS)).toEqual({ code: null, signal: 'SIGKILL' });
      await site.letLeasesRunOut();
      await start();
      const down = await eventually(
        () => health(channel),
        ({ state }) => state === 'down',
        PATIENT_MS,
        500,
      );
      expect(down).toMatchObject({ trouble: { code: 'authorisation_lost' } });
      await connect(channel);
      await inquiryWith(channel, 'Alguém aí?');
      expect(await health(channel)).toMatchObject({ trouble: null });
    },
    3 * PATIENT_MS,
  );

  it('has each message once and answers each buyer once, however often it is killed on the way', async () => {
    const faults = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'none'];
    const asked = CHANNELS.flatMap((channel) =>
      Array.from({ length: BUYERS }, (_, index) => ({ channel, index, text: `Pergunta ${index} à ${channel}?` })),
    );
    const answering: Promise<void>[] = [];
    for (const { channel, index, text } of asked) {
      await simOf(channel).act('faults', { call: 'send', fault: faults[chance.between(0, faults.length - 1)] });
      await write(channel, 9_000 + index, text);
    }
    for (let round = 0; round < KILLS; round += 1) {
      const [here] = CHANNELS.map((_, index) => CHANNELS[(round + index) % CHANNELS.length] as PlatformName);
      const part = asked.filter(({ index }) => index % KILLS === round);
      for (const { channel, text, index } of part) {
        const id = await inquiryWith(channel, text);
        answering.push(answerInquiry(id, `Resposta ${index} a ${channel}.`));
      }
      await sleep(chance.between(200, 2_000));
      await kill();
      await simOf(here as PlatformName).act('expire');
      await start();
    }
    await Promise.all(answering);
    await eventually(
      async () => {
        const { rows } = await site.superuser.query<{ open: number }>(
          `select count(*)::int as open from delivery where state in ('held', 'queued', 'sending', 'verifying', 'accepted')`,
        );
        return rows[0]?.open;
      },
      (open) => open === 0,
      PATIENT_MS,
      500,
    );
    const wrong: unknown[] = [];
    for (const { channel, index, text } of asked) {
      const answer = `Resposta ${index} a ${channel}.`;
      const { taken } = await simOf(channel).state<{ taken: readonly { readonly text: string }[] }>();
      const times = taken.filter((one) => one.text === answer).length;
      const shown = [...(await messages(channel)).values()].filter((said) => said.includes(`in: ${text}`));
      const isWhole = JSON.stringify(shown) === JSON.stringify([[`in: ${text}`, `out: ${answer}`]]);
      if (times !== 1 || !isWhole) wrong.push({ text, times, shown });
    }
    expect(wrong).toEqual([]);
  }, 900_000);
});
