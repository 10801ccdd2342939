import { Sim } from '../channels/sim.js';
import { publish } from './definitions.js';
import { MailShop } from './mail-shop.js';
import { smallDefinition } from './small-definition.js';
import { startStack } from './stack.js';

/** What the provider of the mailbox calls itself. */
export const MAIL_SERVER = 'mx.provider.example';

/** What a buyer writes, and what the provider finds about who sent it. */
export type Written = {
  readonly alias: string;
  readonly orderId?: string;
  readonly text: string;
  readonly proof?: 'pass' | 'fail' | 'none';
};

/** The product with a shop on Amazon, and the platform's relay with the mailbox behind it. */
export class RelayShop extends MailShop {
  /** Starts both; nobody has given the password yet. */
  static override async start(
    watched: 'watched' | 'unwatched' = 'unwatched',
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RelayShop> {
    const sim = await Sim.start('amazon');
    const stack = await startStack({
      environment: {
        ATENDE_SWEEP_EVERY_MS: '3600000',
        ATENDE_MAILBOXES_WATCHED: watched === 'watched' ? '10' : '0',
        ATENDE_PUBLIC_URL: 'https://atende.example',
        ATENDE_AMAZON_APPLICATION_ID: 'amzn1.sp.solution.sim',
        ATENDE_AMAZON_CLIENT_ID: 'amzn1.application-oa2-client.sim',
        ATENDE_AMAZON_CLIENT_SECRET: 'sim-client-secret',
        ATENDE_AMAZON_API_URL: sim.url,
        ATENDE_AMAZON_TOKEN_URL: sim.url,
        ATENDE_AMAZON_CONSENT_URL: sim.url,
        ATENDE_AMAZON_PER_MINUTE: '20000',
        ...environment,
      },
    });
    const limits = { perSecond: 1_000_000, burst: 1_000_000 };
    await sim.act('settings', { redirectUri: `${stack.baseUrl}/oauth/amazon/callback`, ...limits });
    await publish(
      stack,
      smallDefinition('relay', 'channels: [amazon]\nobligations:\n  platform_response: { within: platform }'),
    );
    const shop = new RelayShop(stack, sim);
    const settings = { requestTimeout: '5s', settleTime: '0s', verdictTimeout: '5s' };
    await shop.create({ key: 'loja', name: 'Loja', channel: 'amazon', settings });
    return shop;
  }

  override give(
    changed: Readonly<Record<string, string | number>> = {},
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    return super.give({ authservId: MAIL_SERVER, ...changed });
  }

  /** The seller agrees that more is done by the API; the status with which they come back. */
  async consent(): Promise<number> {
    const asked = await this.stack.as('admin').post(`/v1/shops/${this.shopId}/authorize`);
    if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
    const agreed = await fetch((asked.body as { url: string }).url, { redirect: 'manual' });
    return (await fetch(agreed.headers.get('location') ?? '')).status;
  }

  /** Somebody buys; their address at the relay. */
  async meet(buyer: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return (await this.sim.act<{ alias: string }>('buyers', buyer)).alias;
  }

  /** A buyer writes and the mailbox is looked at; the Message-ID. */
  async written(given: Written): Promise<string> {
    const { id } = await this.sim.act<{ id: string }>('writes', given);
    await this.sweep();
    return id;
  }
}
