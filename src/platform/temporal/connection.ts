import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalConfig } from '../config/index.js';

/** The one connection of this process: shared by client and worker, which also allows eager starts. */
export type Temporal = {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
};

/**
 * Connects to a Temporal frontend.
 *
 * @param address `host:port`
 * @throws what the SDK throws when nothing answers there
 */
export async function connectTemporal(address: string, config: TemporalConfig): Promise<Temporal> {
  const connection = await NativeConnection.connect({
    address,
    tls: config.tls,
    ...(config.apiKey === undefined ? {} : { apiKey: config.apiKey }),
  });
  const client = new Client({ connection, namespace: config.namespace });
  return { connection, client, namespace: config.namespace };
}
