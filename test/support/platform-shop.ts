import { Sim } from '../channels/sim.js';
import { ChannelShop, PATIENT_MS } from './channel-shop.js';
import type { Told } from './channel-shop.js';
import { publish } from './definitions.js';
import { eventually } from './eventually.js';
import { noticesGo, platformEnvironment } from './platforms.js';
import type { PlatformName } from './platforms.js';
import { smallDefinition } from './small-definition.js';
import { startStack } from './stack.js';
import type { Stack } from './stack.js';

const PUBLIC_URL = 'https://atende.example';

/** What tests look at of a shop's health. */
export type ShopHealth = {
  readonly state: string;
  readonly notices: { readonly state: string; readonly push: { readonly state: string } | null };
  readonly trouble: { readonly code: string } | null;
  readonly gaps: { readonly lastDay: number };
  readonly waiting: { readonly count: number };
  readonly metrics: { readonly source: string; readonly figures: readonly unknown[] } | null;
};

/** The product with a shop on a platform, and the platform's server. */
export class PlatformShop extends ChannelShop {
  private constructor(
    readonly channel: PlatformName,
    stack: Stack,
    sim: Sim,
  ) {
    super(stack, sim);
  }

  /** Starts both; the shop has not been authorised yet. */
  static async start(channel: PlatformName, environment: Readonly<Record<string, string>> = {}): Promise<PlatformShop> {
    const sim = await Sim.start(channel);
    const stack = await startStack({
      environment: {
        ATENDE_PUBLIC_URL: PUBLIC_URL,
        ATENDE_SWEEP_EVERY_MS: '3600000',
        ...platformEnvironment(channel, sim),
        ...environment,
      },
    });
    await sim.act('settings', { perMinute: 1_000_000 });
    await publish(stack, smallDefinition('platform', `channels: [${channel}]`));
    const platform = new PlatformShop(channel, stack, sim);
    const settings = { requestTimeout: '2s', settleTime: '0s', verdictTimeout: '5s' };
    await platform.create({ key: 'loja', name: 'Loja', channel, settings });
    return platform;
  }

  /** The administrator agrees on the platform and is sent back; notices come from then on. */
  async connect(): Promise<{ readonly status: number; readonly back: string; readonly noticeUrl: string }> {
    const asked = await this.stack.as('admin').post(`/v1/shops/${this.shopId}/authorize`);
    if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
    const { url, noticeUrl } = asked.body as { url: string; noticeUrl: string };
    const here = this.#here(noticeUrl);
    await noticesGo(this.channel, this.sim, noticeUrl, here);
    const agreed = await fetch(url, { redirect: 'manual' });
    const back = this.#here(agreed.headers.get('location') ?? '');
    return { status: (await fetch(back)).status, back, noticeUrl: here };
  }

  /** The same address where it really is. */
  #here(url: string): string {
    return url.replace(PUBLIC_URL, this.stack.baseUrl);
  }

  /** Everything the platform has. */
  state<T>(): Promise<T> {
    return this.sim.state<T>();
  }

  override async health(): Promise<ShopHealth> {
    return (await super.health()) as ShopHealth;
  }

  /** Asks how the platform rates the shop, whenever it said so last; what it says. */
  async rating(): Promise<readonly unknown[]> {
    await this.stack.superuser.query('update channel_account set metrics = null, metrics_at = null');
    await this.sweep();
    const { metrics } = await eventually(
      () => this.health(),
      (health) => health.metrics !== null,
      PATIENT_MS,
      200,
    );
    expect(metrics).toMatchObject({ source: this.channel });
    return metrics?.figures ?? [];
  }

  /** Our view of what the platform has, in an order of its own: the platform's need not be ours. */
  override async inquiries(): Promise<readonly Told[]> {
    return (await super.inquiries()).map(({ id, messages }) => ({ id, messages: [...messages].sort() }));
  }
}
