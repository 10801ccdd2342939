import { createHmac } from 'node:crypto';
import { KEY_BYTES } from './cipher.js';
import { KeyMissing } from './errors.js';

/** A root key's id: follows from the key and tells nothing about it, so that nobody has to give one. */
export function rootKeyId(key: Uint8Array): string {
  return createHmac('sha256', key).update('atende root key id').digest('hex').slice(0, 16);
}

/** The keys outside of the database: one that new things are wrapped under, and earlier ones while a rotation lasts. */
export class RootKeys {
  readonly currentId: string;
  readonly current: Buffer;
  readonly #byId = new Map<string, Buffer>();

  /**
   * @param current 32 bytes
   * @param previous keys that wrapped earlier, 32 bytes each
   */
  constructor(current: Uint8Array, previous: readonly Uint8Array[] = []) {
    for (const key of [current, ...previous]) {
      if (key.length !== KEY_BYTES) throw new Error(`A root key must have ${KEY_BYTES} bytes`);
      this.#byId.set(rootKeyId(key), Buffer.from(key));
    }
    this.current = Buffer.from(current);
    this.currentId = rootKeyId(current);
  }

  /** @throws {KeyMissing} when the process was not given that key */
  get(id: string): Buffer {
    const key = this.#byId.get(id);
    if (!key) throw new KeyMissing(`root ${id}: set ATENDE_PREVIOUS_ROOT_KEYS to it, or ATENDE_ROOT_KEY back`);
    return key;
  }
}
