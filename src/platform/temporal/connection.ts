import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalConfig } from '../config/index.js';
import { SealingCodec } from './payload-codec.js';
import type { PayloadKeys } from './payload-codec.js';
import { PayloadReader } from './payload-reader.js';

/** The one connection of this process: shared by client and worker, which also allows eager starts. */
export type Temporal = {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  /** How values become payloads and back; the same for client and worker. */
  readonly dataConverter: DataConverter;
  /** Opens what it keeps for people to read. */
  readonly payloads: PayloadReader;
};

/** Without an extension: the SDK finds the source in tests, the compiled file otherwise. */
const FAILURE_CONVERTER = fileURLToPath(new URL('./failure-converter', import.meta.url));

/**
 * Connects to a Temporal frontend. Nothing leaves through this connection that is not sealed.
 *
 * @param address `host:port`
 * @throws what the SDK throws when nothing answers there
 */
export async function connectTemporal(
  address: string,
  config: TemporalConfig,
  payloadKeys: PayloadKeys,
): Promise<Temporal> {
  const connection = await NativeConnection.connect({
    address,
    tls: config.tls,
    ...(config.apiKey === undefined ? {} : { apiKey: config.apiKey }),
  });
  const { namespace } = config;
  const dataConverter = dataConverterOf(namespace, payloadKeys);
  return {
    connection,
    client: new Client({ connection, namespace, dataConverter }),
    namespace,
    dataConverter,
    payloads: new PayloadReader(namespace, payloadKeys),
  };
}

/** The converter of everything that reads or writes this namespace, replays included. */
export function dataConverterOf(namespace: string, keys: PayloadKeys): DataConverter {
  return { payloadCodecs: [new SealingCodec(namespace, keys)], failureConverterPath: FAILURE_CONVERTER };
}
