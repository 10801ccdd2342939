import { timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../platform/crypto/index.js';

/** How long a link to a file works, in ms: long enough to open it, too short to be passed on. */
const LINK_MS = 5 * 60_000;

const ID_BYTES = 16;
const BODY_BYTES = 2 * ID_BYTES + 6;

/** A file that somebody may have. */
export type LinkedFile = { readonly tenantId: string; readonly attachmentId: string };

/** Where somebody may have a file, until `expiresAt` (epoch ms). */
export type FileLink = { readonly url: string; readonly expiresAt: number };

/** Links to files that need no key: whoever holds one may have the file until it expires. */
export class FileLinks {
  constructor(private readonly vault: Vault) {}

  /**
   * Where a file can be had for five minutes.
   *
   * @param origin of the address, such as `https://atende.example`
   * @param now epoch ms, like `expiresAt`
   */
  make({ tenantId, attachmentId }: LinkedFile, origin: string, now: number): FileLink {
    const expiresAt = now + LINK_MS;
    const body = Buffer.alloc(BODY_BYTES);
    bytesOf(tenantId).copy(body);
    bytesOf(attachmentId).copy(body, ID_BYTES);
    body.writeUIntBE(expiresAt, 2 * ID_BYTES, 6);
    const token = Buffer.concat([body, this.#sign(body)]).toString('base64url');
    return { url: `${origin}/files/${token}`, expiresAt };
  }

  /** What a token gives at `now`, or null when it is none of ours, or expired. */
  read(token: string, now: number): LinkedFile | null {
    const whole = Buffer.from(token, 'base64url');
    const body = whole.subarray(0, BODY_BYTES);
    const signature = whole.subarray(BODY_BYTES);
    const expected = this.#sign(body);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return null;
    if (body.readUIntBE(2 * ID_BYTES, 6) < now) return null;
    return { tenantId: idOf(body, 0), attachmentId: idOf(body, ID_BYTES) };
  }

  #sign(body: Buffer): Buffer {
    return this.vault.fingerprint('file-link', body.toString('base64url'));
  }
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function idOf(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + ID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
