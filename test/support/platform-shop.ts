import { Sim } from '../channels/sim.js';
import { publish } from './definitions.js';
import { smallDefinition } from './small-definition.js';
import { startStack } from './stack.js';
import type { Stack } from './stack.js';

const PUBLIC_URL = 'https://atende.example';

/** What a platform's server says it has. */
export type PlatformState = {
  readonly questions: readonly {
    readonly id: number;
    readonly text: string;
    readonly answer: { readonly text: string } | null;
  }[];
  readonly messages: readonly {
    readonly id: string;
    readonly text: string;
    readonly from: { readonly user_id: number };
  }[];
  readonly taken: readonly { readonly about: string; readonly text: string }[];
  readonly refreshed: number;
  readonly limited: number;
  readonly missed: number;
};

/** What tests look at of a shop's health. */
export type ShopHealth = {
  readonly state: string;
  readonly gaps: { readonly lastDay: number };
  readonly waiting: { readonly count: number };
};

/** The product with a shop on Mercado Livre, and the platform's server. */
export class PlatformShop {
  shopId = '';

  private constructor(
    readonly stack: Stack,
    readonly sim: Sim,
  ) {}

  /** Starts both; the shop has not been authorised yet. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<PlatformShop> {
    const sim = await Sim.start('mercadolivre');
    const stack = await startStack({
      environment: {
        ATENDE_PUBLIC_URL: PUBLIC_URL,
        ATENDE_SWEEP_EVERY_MS: '3600000',
        ATENDE_MERCADOLIVRE_CLIENT_ID: '7000000001',
        ATENDE_MERCADOLIVRE_CLIENT_SECRET: 'sim-client-secret',
        ATENDE_MERCADOLIVRE_API_URL: sim.url,
        ATENDE_MERCADOLIVRE_AUTH_URL: sim.url,
        ATENDE_MERCADOLIVRE_PER_MINUTE: '20000',
        ...environment,
      },
    });
    await sim.act('settings', { perMinute: 1_000_000 });
    await publish(stack, smallDefinition('platform', 'channels: [mercadolivre]'));
    const platform = new PlatformShop(stack, sim);
    const settings = { requestTimeout: '2s', settleTime: '0s', verdictTimeout: '5s' };
    const created = await stack
      .as('admin')
      .post('/v1/shops', { key: 'ml', name: 'Loja ML', channel: 'mercadolivre', settings });
    if (created.status !== 201) throw new Error(JSON.stringify(created.body));
    platform.shopId = created.body.id;
    return platform;
  }

  /** The administrator agrees on the platform and is sent back; notices come from then on. */
  async connect(): Promise<{ readonly status: number; readonly back: string }> {
    const asked = await this.stack.as('admin').post(`/v1/shops/${this.shopId}/authorize`);
    if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
    const { url, noticeUrl } = asked.body as { url: string; noticeUrl: string };
    await this.sim.act('settings', { noticesUrl: this.#here(noticeUrl) });
    const agreed = await fetch(url, { redirect: 'manual' });
    const back = this.#here(agreed.headers.get('location') ?? '');
    return { status: (await fetch(back)).status, back };
  }

  /** The same address where it really is. */
  #here(url: string): string {
    return url.replace(PUBLIC_URL, this.stack.baseUrl);
  }

  ask(text: string, given: Readonly<Record<string, unknown>> = {}): Promise<{ readonly id: number }> {
    return this.sim.act('questions', { buyerId: 5_001, text, ...given });
  }

  state(): Promise<PlatformState> {
    return this.sim.state<PlatformState>();
  }

  async health(): Promise<ShopHealth> {
    return (await this.stack.as('admin').get(`/v1/shops/${this.shopId}/health`)).body as ShopHealth;
  }

  /** Inquiries of the shop with their messages, as stored: our view of what the platform has. */
  async inquiries(): Promise<readonly { readonly id: string; readonly messages: readonly string[] }[]> {
    const { rows } = await this.stack.superuser.query<{ id: string }>(
      'select id from inquiry where shop_id = $1 order by opened_at, id',
      [this.shopId],
    );
    return Promise.all(
      rows.map(async ({ id }) => {
        const { body } = await this.stack.as('supervisor').get(`/v1/inquiries/${id}/messages`);
        const items = (body as { items: { direction: string; text: string }[] }).items;
        return { id, messages: items.map(({ direction, text }) => `${direction}: ${text}`).sort() };
      }),
    );
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.sim.stop();
  }
}
