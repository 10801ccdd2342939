import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import type { Product } from '../support/product.js';
import { Seeded } from '../support/seeded.js';
import { smallDefinition } from '../support/small-definition.js';
import { startSides, TOKEN_CHANNELS } from './channel-sides.js';
import type { Side } from './channel-sides.js';
import { TOKEN_KILL_POINT, UPLOAD_KILL_POINT } from './kill-points.js';
import type { CHANNEL_KILL_POINTS } from './kill-points.js';
import { chaosOptions } from './options.js';
import { READY_WITHIN_MS, Site } from './site.js';

const { seed } = chaosOptions();
const PATIENT_MS = 180_000;
const CHANNELS = [...TOKEN_CHANNELS, 'whatsapp', 'email', 'amazon'] as const;
type Channel = (typeof CHANNELS)[number];

/** Where channels are killed at: those that are told of messages, and one that has to look for them. */
const KILLED: readonly (readonly [Channel, (typeof CHANNEL_KILL_POINTS)[number]])[] = [
  ['mercadolivre', 'fetch.before-done'],
  ['shopee', 'reconcile.before-done'],
  ['email', 'reconcile.before-done'],
  ['email', 'catch_up.before-done'],
  ['amazon', 'reconcile.before-done'],
];

/** Buyers of each channel while the product is killed over and over, and how often it is. */
const BUYERS = 6;
const KILLS = 3;

/** What happens to what is sent; each is drawn by the seed. */
const FAULTS = ['hang_after', 'cut_after', 'error_after', 'cut_before', 'error_before', 'none'];

type Health = { readonly state: string; readonly trouble: { readonly code: string } | null };

/** Shops on every channel under a product that dies. */
describe(`channels (seed ${seed})`, () => {
  const chance = new Seeded(seed);
  const shops = new Map<Channel, string>();
  let sides: ReadonlyMap<string, Side>;
  const over = new AbortController();
  let site: Site;
  let product: Product;
  let buyers = 8_000;

  const sideOf = (channel: Channel): Side => sides.get(channel) as Side;
  const environment = (): Readonly<Record<string, string>> => ({
    ATENDE_PUBLIC_URL: site.demo.baseUrl,
    ATENDE_SWEEP_EVERY_MS: '2000',
    ...Object.assign({}, ...[...sides.values()].map((side) => side.environment)),
  });

  const start = async (killPoint?: string): Promise<void> => {
    product = site.start(killPoint, environment());
    if (killPoint === undefined) await product.ready(READY_WITHIN_MS);
  };

  const kill = async (): Promise<void> => {
    await product.stop('SIGKILL');
    await site.letLeasesRunOut();
  };

  /** Starts what was killed, to be killed at a point on the way of a buyer's message; then starts it once more. */
  const diesAt = async (point: string, channel: Channel, text: string): Promise<void> => {
    await start(`${point}:1`);
    await sideOf(channel).write((buyers += 1), text);
    expect(await product.exit(PATIENT_MS)).toEqual({ code: null, signal: 'SIGKILL' });
    await site.letLeasesRunOut();
    await start();
  };

  const connect = (channel: Channel): Promise<void> => sideOf(channel).connect(product, shops.get(channel) ?? '');

  const health = async (channel: Channel): Promise<Health> =>
    (await product.as('admin').get(`/v1/shops/${shops.get(channel)}/health`)).body as Health;

  /** Inquiries of a shop, by the texts in them. */
  const messages = async (channel: Channel): Promise<ReadonlyMap<string, readonly string[]>> => {
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
  const inquiryWith = async (channel: Channel, text: string): Promise<string> => {
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

  /** How the answers of an inquiry stand. */
  const sent = async (inquiryId: string | undefined): Promise<readonly { readonly state: string }[]> => {
    const sql = `select state, attempts, reads, reason, due_at, verdict_until from delivery where inquiry_id = $1 order by due_at`;
    return (await site.superuser.query<{ state: string }>(sql, [inquiryId])).rows;
  };

  beforeAll(async () => {
    site = await Site.open();
    sides = new Map((await startSides()).map((side) => [side.channel, side]));
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
    over.abort();
    await site.close();
    for (const { sim } of sides.values()) await sim.stop();
  }, 60_000);

  it.each(TOKEN_CHANNELS)(
    '%s, killed while access is renewed: says that somebody has to authorise it again, and drops nothing',
    async (channel) => {
      await kill();
      await sideOf(channel).sim.act('expire');
      await site.superuser.query('update channel_account set expires_at = now() where shop_id = $1', [
        shops.get(channel),
      ]);
      // Told or not: sweeps need access, too.
      await diesAt(TOKEN_KILL_POINT, channel, 'Alguém aí?');
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

  it.each(KILLED)(
    '%s, killed at %s: has the message once',
    async (channel, point) => {
      await kill();
      const text = `Antes de ${point}?`;
      await diesAt(point, channel, text);
      await inquiryWith(channel, text);
    },
    3 * PATIENT_MS,
  );

  /** What is astray: files that no row knows, and rows whose file is not there. */
  const astray = async (): Promise<readonly string[]> => {
    const folder = join(site.home, 'files');
    const { rows } = await site.superuser.query<{ name: string; state: string }>(
      `select tenant_id || '/' || id as name, state from attachment where file_id is null and state in ('pending', 'stored')`,
    );
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const known = new Set(rows.map(({ name }) => join(folder, name)));
    const missing = rows.filter(({ name, state }) => state === 'stored' && !names.includes(join(folder, name)));
    return [...names.filter((name) => !known.has(name)), ...missing.map(({ name }) => name)];
  };

  it(
    'email, killed between an uploaded file and its record: it is there once whoever asks again, and goes when nobody does',
    async () => {
      const text = 'Tem a etiqueta?';
      await sideOf('email').write((buyers += 1), text);
      const id = await inquiryWith('email', text);
      const upload = (words: string, idempotencyKey: string): Promise<ApiAnswer> =>
        product.as('agent').post(`/v1/inquiries/${id}/attachments`, Buffer.from(words), {
          ...{ idempotencyKey, headers: { 'content-type': 'text/plain' } },
        });
      const key = randomUUID();
      for (const [words, one] of [
        ['Etiqueta', key],
        ['Nunca mais', randomUUID()],
      ] as const) {
        await kill();
        await start(`${UPLOAD_KILL_POINT}:1`);
        await product.ready(READY_WITHIN_MS);
        await expect(upload(words, one)).rejects.toThrow();
        expect(await product.exit(PATIENT_MS)).toEqual({ code: null, signal: 'SIGKILL' });
      }
      await site.letLeasesRunOut();
      await start();
      // What is not recorded has a row already, so that nothing lies there that nobody knows of.
      expect(await astray()).toEqual([]);
      const again = await upload('Etiqueta', key);
      expect([again.status, (await upload('Etiqueta', key)).body]).toEqual([201, again.body]);
      await site.superuser.query(
        `update attachment set expires_at = now() where state = 'pending' and message_id is null`,
      );
      await site.superuser.query(`update work_queue set due_at = now() where kind = 'attachment'`);
      const kept = await eventually(
        async () => {
          const sql = `select id, state from attachment where inquiry_id = $1 order by state`;
          return (await site.superuser.query<{ id: string; state: string }>(sql, [id])).rows;
        },
        (rows) => rows.every(({ state }) => state !== 'pending'),
        PATIENT_MS,
        500,
      );
      expect(kept).toMatchObject([{ state: 'gone' }, { id: again.body.id, state: 'stored' }]);
      await eventually(astray, (names) => names.length === 0, PATIENT_MS, 500);
    },
    6 * PATIENT_MS,
  );

  /** An administrator who agrees again whenever the product says that access was lost on its way, until `signal`. */
  const attendant = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      for (const channel of CHANNELS) {
        // The product may be down at this moment.
        const standing = await health(channel).catch(() => null);
        if (standing?.trouble?.code === 'authorisation_lost') await connect(channel).catch(() => undefined);
      }
      await sleep(1_000);
    }
  };

  it('has each message once and answers each buyer once, however often it is killed on the way', async () => {
    const attending = attendant(over.signal);
    const asked = CHANNELS.flatMap((channel) =>
      Array.from({ length: BUYERS }, (_, index) => ({ channel, index, text: `Pergunta ${index} à ${channel}?` })),
    );
    const answering: Promise<void>[] = [];
    for (const { channel, index, text } of asked) {
      const fault = FAULTS[chance.between(0, FAULTS.length - 1)];
      await sideOf(channel).sim.act('faults', { call: 'send', fault });
      await sideOf(channel).write(9_000 + index, text);
    }
    for (let round = 0; round < KILLS; round += 1) {
      const part = asked.filter(({ index }) => index % KILLS === round);
      for (const { channel, text, index } of part) {
        const id = await inquiryWith(channel, text);
        answering.push(answerInquiry(id, `Resposta ${index} a ${channel}.`));
      }
      await sleep(chance.between(200, 2_000));
      await kill();
      for (const channel of TOKEN_CHANNELS) await sideOf(channel).sim.act('expire');
      await start();
    }
    await Promise.all(answering);
    // Whatever is left is named with what it waits for.
    await eventually(
      async () => {
        const { rows } = await site.superuser.query(
          `select s.channel, d.state, d.attempts, d.reads, d.reason, d.due_at, d.lease_until, d.verdict_until
             from delivery d join shop s on s.tenant_id = d.tenant_id and s.id = d.shop_id
            where d.state in ('held', 'queued', 'sending', 'verifying', 'accepted')`,
        );
        return rows;
      },
      (open) => open.length === 0,
      PATIENT_MS,
      500,
    );
    const wrong: unknown[] = [];
    for (const { channel, index, text } of asked) {
      const answer = `Resposta ${index} a ${channel}.`;
      const times = await sideOf(channel).timesTaken(answer);
      const shown = [...(await messages(channel)).entries()].filter(([, said]) => said.includes(`in: ${text}`));
      const isWhole =
        JSON.stringify(shown.map(([, said]) => said)) === JSON.stringify([[`in: ${text}`, `out: ${answer}`]]);
      // What cannot be looked up and was cut off is left to people: at most once, never sent blindly again.
      const deliveries = await sent(shown[0]?.[0]);
      const isLeft = deliveries.length === 1 && deliveries[0]?.state === 'uncertain';
      const isOnce = times === 1 || (times === 0 && !sideOf(channel).readable && isLeft);
      if (!isOnce || !isWhole) wrong.push({ text, times, shown, deliveries });
    }
    over.abort();
    await attending;
    expect(wrong).toEqual([]);
  }, 900_000);
});
