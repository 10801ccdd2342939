import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import type { BucketConfig } from '../config/index.js';
import type { FileStore } from './file-store.js';

/** The whole of one exchange with the store, in ms. */
const TIMEOUT_MS = 60_000;

/** Files in a bucket of a store that speaks S3; every request carries a signature (AWS, version 4) over its body too. */
export class BucketFiles implements FileStore {
  readonly #client: AwsClient;
  readonly #base: string;

  constructor({ url, region, keyId, secret }: BucketConfig) {
    this.#base = url.replace(/\/$/, '');
    // Trying again is the caller's: it has a queue for that.
    this.#client = new AwsClient({ accessKeyId: keyId, secretAccessKey: secret, region, service: 's3', retries: 0 });
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#ask('PUT', name, Buffer.from(bytes));
  }

  async get(name: string): Promise<Buffer | null> {
    const response = await this.#ask('GET', name);
    return response.status === 404 ? null : Buffer.from(await response.arrayBuffer());
  }

  async remove(name: string): Promise<void> {
    await this.#ask('DELETE', name);
  }

  async #ask(method: 'GET' | 'PUT' | 'DELETE', name: string, body?: Buffer<ArrayBuffer>): Promise<Response> {
    const signed = await this.#client.sign(`${this.#base}/${name}`, {
      method,
      headers: {
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
      },
      ...(body === undefined ? {} : { body }),
    });
    const response = await fetch(signed, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok || (response.status === 404 && method !== 'PUT')) return response;
    await response.body?.cancel();
    // Never its text, which names the key and the bucket.
    throw new Error(`The store of files answered ${response.status}`);
  }
}
