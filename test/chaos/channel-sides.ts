import { randomUUID } from 'node:crypto';
import { Sim } from '../channels/sim.js';
import { MAIL_ADDRESS, mailCredentials } from '../support/mail-shop.js';
import { noticesGo, platformEnvironment } from '../support/platforms.js';
import type { PlatformName } from '../support/platforms.js';
import type { Product } from '../support/product.js';
import { MAIL_SERVER } from '../support/relay-shop.js';
import { WHATSAPP_CREDENTIALS, whatsAppEnvironment } from '../support/whatsapp-shop.js';

/** A channel's server, and how a shop of the product is joined to it. */
export type Side = {
  readonly channel: string;
  /** Whether what became of a message can be looked up; if not, one of unknown fate is left to people. */
  readonly readable: boolean;
  readonly sim: Sim;
  readonly environment: Readonly<Record<string, string>>;
  /** The administrator agrees on the platform, or gives credentials. */
  connect(product: Product, shopId: string): Promise<void>;
  /** A buyer, known by a number, writes. */
  write(buyer: number, text: string): Promise<unknown>;
  /** How often the platform took a text from the shop. */
  timesTaken(text: string): Promise<number>;
};

/** Channels whose access is renewed by tokens that work once. */
export const TOKEN_CHANNELS = ['mercadolivre', 'shopee'] as const satisfies readonly PlatformName[];

const LIMITLESS = { perMinute: 1_000_000 };

/** Starts the servers of all channels that a shop may be on. */
export async function startSides(): Promise<readonly Side[]> {
  return Promise.all([
    platform('mercadolivre', writesQuestions),
    platform('shopee', writesInChat),
    whatsapp(),
    email(),
    amazon(),
  ]);
}

type Buyers = (sim: Sim, buyer: number, text: string) => Promise<unknown>;
const writesQuestions: Buyers = (sim, buyerId, text) => sim.act('questions', { buyerId, text });
const writesInChat: Buyers = (sim, buyer, text) => sim.act('messages', { buyerId: String(buyer), text });

async function platform(channel: PlatformName, write: Buyers): Promise<Side> {
  const sim = await Sim.start(channel, LIMITLESS);
  return {
    ...{ channel, sim, readable: true, environment: platformEnvironment(channel, sim) },
    async connect(product, shopId) {
      const { status, body } = await product.as('admin').post(`/v1/shops/${shopId}/authorize`);
      if (status !== 201) throw new Error(JSON.stringify(body));
      const { url, noticeUrl } = body as { url: string; noticeUrl: string };
      await noticesGo(channel, sim, noticeUrl, noticeUrl);
      const agreed = await fetch(url, { redirect: 'manual' });
      const back = await fetch(agreed.headers.get('location') ?? '');
      if (!back.ok) throw new Error(`${channel}: ${back.status}`);
    },
    write: (buyer, text) => write(sim, buyer, text),
    timesTaken: (text) => countTaken(sim, (taken: { text: string }) => taken.text === text),
  };
}

async function whatsapp(): Promise<Side> {
  const sim = await Sim.start('whatsapp', { pairMs: 0 });
  return {
    ...{ channel: 'whatsapp', sim, readable: false, environment: whatsAppEnvironment(sim) },
    async connect(product, shopId) {
      await give(product, shopId, WHATSAPP_CREDENTIALS);
      const { body } = await product.as('admin').get(`/v1/shops/${shopId}/health`);
      await sim.act('settings', { noticesUrl: (body as { notices: { url: string } }).notices.url });
    },
    write: (buyer, text) => sim.act('messages', { phone: String(5_511_900_000_000 + buyer), text }),
    timesTaken: (text) => countTaken(sim, (taken: { text: string }) => taken.text === text),
  };
}

async function email(): Promise<Side> {
  const sim = await Sim.start('email');
  const credentials = await mailCredentials(sim);
  return {
    // Nobody stays with the mailbox: what a look finds is what is tried here.
    ...{ channel: 'email', sim, readable: true, environment: { ATENDE_MAILBOXES_WATCHED: '0' } },
    connect: (product, shopId) => give(product, shopId, credentials),
    write(buyer, text) {
      const head = [
        `From: buyer${buyer}@buyers.example`,
        `To: ${MAIL_ADDRESS}`,
        `Message-ID: <${randomUUID()}@buyers.example>`,
      ];
      return sim.act('mails', { raw: [...head, '', text].join('\n') });
    },
    timesTaken: (text) => countTaken(sim, (taken: { raw: string }) => taken.raw.includes(text)),
  };
}

async function amazon(): Promise<Side> {
  const sim = await Sim.start('amazon');
  const credentials = { ...(await mailCredentials(sim)), authservId: MAIL_SERVER };
  return {
    ...{ channel: 'amazon', sim, readable: true, environment: {} },
    connect: (product, shopId) => give(product, shopId, credentials),
    async write(buyer, text) {
      const { alias } = await sim.act<{ alias: string }>('buyers', { name: `Buyer ${buyer}` });
      return sim.act('writes', { alias, text });
    },
    timesTaken: (text) => countTaken(sim, (taken: { raw: string }) => taken.raw.includes(text)),
  };
}

async function give(product: Product, shopId: string, credentials: Readonly<Record<string, unknown>>): Promise<void> {
  const { status, body } = await product.as('admin').put(`/v1/shops/${shopId}/credentials`, credentials);
  if (status !== 204) throw new Error(JSON.stringify(body));
}

async function countTaken<T>(sim: Sim, isThis: (taken: T) => boolean): Promise<number> {
  return (await sim.state<{ taken: readonly T[] }>()).taken.filter(isThis).length;
}
