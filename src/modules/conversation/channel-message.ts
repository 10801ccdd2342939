import type { Keys } from '../../platform/crypto/index.js';

/** Lookup hash of a channel's own message id: one that comes in and one we sent are found by the same. */
export function channelMessageHash(keys: Keys, shopId: string, externalId: string): Buffer {
  return keys.lookup(`message|${shopId}`, externalId);
}
