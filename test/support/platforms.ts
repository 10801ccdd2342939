import type { Sim } from '../channels/sim.js';

/** How a platform's server is joined to the product. */
type Platform = {
  environment(sim: Sim): Readonly<Record<string, string>>;
  /** Tells the server where notices go: as it was told, and where that really is. */
  noticesGo(registered: string, here: string): Readonly<Record<string, unknown>>;
};

const PLATFORMS = {
  mercadolivre: {
    environment: ({ url }) => ({
      ATENDE_MERCADOLIVRE_CLIENT_ID: '7000000001',
      ATENDE_MERCADOLIVRE_CLIENT_SECRET: 'sim-client-secret',
      ATENDE_MERCADOLIVRE_API_URL: url,
      ATENDE_MERCADOLIVRE_AUTH_URL: url,
      ATENDE_MERCADOLIVRE_PER_MINUTE: '20000',
    }),
    noticesGo: (_registered, noticesUrl) => ({ noticesUrl }),
  },
  shopee: {
    environment: ({ url }) => ({
      ATENDE_SHOPEE_PARTNER_ID: '2001887',
      ATENDE_SHOPEE_PARTNER_KEY: 'shopee-fake-partner-key-0001',
      ATENDE_SHOPEE_PUSH_KEY: 'shopee-fake-push-key-0001',
      ATENDE_SHOPEE_API_URL: url,
      ATENDE_SHOPEE_PER_MINUTE: '20000',
    }),
    noticesGo: (pushUrl, pushVia) => ({ pushUrl, pushVia }),
  },
} as const satisfies Readonly<Record<string, Platform>>;

export type PlatformName = keyof typeof PLATFORMS;

/** What a product needs to speak to the server of a platform. */
export function platformEnvironment(channel: PlatformName, sim: Sim): Readonly<Record<string, string>> {
  return PLATFORMS[channel].environment(sim);
}

/** Tells the server of a platform where notices go: as it was told, and where that really is. */
export async function noticesGo(channel: PlatformName, sim: Sim, registered: string, here: string): Promise<void> {
  await sim.act('settings', PLATFORMS[channel].noticesGo(registered, here));
}
