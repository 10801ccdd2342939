import { Sim } from '../channels/sim.js';
import type { ApiAnswer } from './api.js';
import { ChannelShop } from './channel-shop.js';
import { publish } from './definitions.js';
import { smallDefinition } from './small-definition.js';
import { startStack } from './stack.js';

/** What a product needs to speak to the platform's server. */
export function whatsAppEnvironment({ url }: Sim): Readonly<Record<string, string>> {
  return {
    ATENDE_WHATSAPP_APP_SECRET: 'wa-fake-app-secret-0001',
    ATENDE_WHATSAPP_VERIFY_TOKEN: 'sim-verify-token',
    ATENDE_WHATSAPP_API_URL: url,
  };
}

/** What the administrator of the platform's only number gives. */
export const WHATSAPP_CREDENTIALS = {
  phoneNumberId: '106540352242922',
  businessAccountId: '102290129340398',
  token: 'EAAG-sim-system-user',
} as const;

const PUBLIC_URL = 'https://atende.example';

/** A message of ours as the platform has it. */
export type Taken = {
  readonly id: string;
  readonly intent: string;
  readonly to: string;
  readonly text: string;
  readonly type: string;
};

/** The product with a shop on WhatsApp, and the platform's server. */
export class WhatsAppShop extends ChannelShop {
  /** Starts both; nobody has given the shop's credentials yet. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<WhatsAppShop> {
    const sim = await Sim.start('whatsapp', { pairMs: 0 });
    const stack = await startStack({
      environment: {
        ATENDE_PUBLIC_URL: PUBLIC_URL,
        ...whatsAppEnvironment(sim),
        ...environment,
      },
    });
    await publish(stack, smallDefinition('platform', 'channels: [whatsapp]'));
    const shop = new WhatsAppShop(stack, sim);
    const settings = { requestTimeout: '2s', settleTime: '2s', verdictTimeout: '20s' };
    await shop.create({ key: 'wa', name: 'Loja WhatsApp', channel: 'whatsapp', settings });
    await sim.act('settings', { noticesUrl: (await shop.health())['notices'].url.replace(PUBLIC_URL, stack.baseUrl) });
    return shop;
  }

  /** The administrator gives a token. */
  connect(
    token: string = WHATSAPP_CREDENTIALS.token,
    changed: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    return this.stack
      .as('admin')
      .put(`/v1/shops/${this.shopId}/credentials`, { ...WHATSAPP_CREDENTIALS, token, ...changed });
  }

  /** A buyer writes. */
  write(phone: string, text: string, more: Readonly<Record<string, unknown>> = {}): Promise<{ readonly id: string }> {
    return this.sim.act('messages', { phone, text, ...more });
  }

  async taken(to: string): Promise<readonly Taken[]> {
    return this.sim.act<Taken[]>('taken', { to });
  }
}
