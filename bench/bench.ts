import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuyerSide } from './buyer-side.js';
import { Client } from './client.js';
import { DatabaseProbe } from './database.js';
import { startWithEmbedded } from './servers/embedded.js';
import type { Installation } from './servers/installation.js';
import { startWithTemporalOnPostgres } from './servers/temporal-on-postgres.js';
import type { Options } from './options.js';
import { setUpShop, Shop } from './shop.js';
import { randomFrom } from './statistics.js';
import { Twin } from './twin/twin.js';

/** Everything a run works with. */
export type Bench = {
  readonly installation: Installation;
  readonly client: Client;
  readonly shop: Shop;
  readonly twin: Twin;
  readonly probe: DatabaseProbe;
  readonly random: () => number;
};

/**
 * Starts product, servers, buyers and twin, runs `work`, and ends them all.
 *
 * @param special arguments of Node for the product and parameters of PostgreSQL, for a profile; further variables of its environment
 */
export async function withBench<T>(
  options: Options,
  special: {
    readonly nodeArguments: readonly string[];
    readonly postgresSettings: Readonly<Record<string, string>>;
    readonly environment?: Readonly<Record<string, string>>;
  },
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const undo: (() => Promise<void> | void)[] = [];
  const home = mkdtempSync(join(tmpdir(), 'atende-bench-'));
  undo.push(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  try {
    const start = options.server === 'postgres' ? startWithTemporalOnPostgres : startWithEmbedded;
    const installation = await start({ home, ...special });
    undo.push(() => installation.stop());
    const buyers = await BuyerSide.start();
    undo.push(() => buyers.stop());
    const client = new Client(installation.demo);
    undo.push(() => client.close());
    const random = randomFrom(options.seed);
    await setUpShop(client, buyers, installation.demo.shop.id);
    const probe = await DatabaseProbe.connect(installation.databaseUrl('atende'));
    undo.push(() => probe.close());
    await probe.create('twin');
    const twin = await Twin.start({
      databaseUrl: installation.databaseUrl('twin'),
      temporalAddress: installation.temporalAddress,
    });
    undo.push(() => twin.stop());
    return await work({ installation, client, shop: new Shop(client, buyers, random), twin, probe, random });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}
