import { createHmac, timingSafeEqual } from 'node:crypto';

/** With what a request about one shop is authorised. */
export type Credential = { readonly accessToken: string; readonly shopId: string };

/**
 * The signature of a request: HMAC-SHA256 over partner, path, time and, about a shop, its token and id, one after the other without
 * anything between them.
 *
 * @param path from `/api/v2` on, without host and query
 * @param timestamp epoch seconds
 */
export function signatureOf(
  { partnerId, partnerKey }: { readonly partnerId: string; readonly partnerKey: string },
  path: string,
  timestamp: number,
  credential: Credential | null,
): string {
  const about = credential === null ? '' : `${credential.accessToken}${credential.shopId}`;
  return hmac(partnerKey, `${partnerId}${path}${timestamp}${about}`);
}

/** The signature of a push: over the address as it was registered, and the bytes as they came. */
export function pushSignature(pushKey: string, registeredUrl: string, body: Buffer): string {
  return hmac(pushKey, Buffer.concat([Buffer.from(`${registeredUrl}|`), body]));
}

/** Whether two signatures are the same, in the same time whether they are or not. */
export function isSameSignature(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function hmac(key: string, data: string | Buffer): string {
  return createHmac('sha256', key).update(data).digest('hex');
}
