import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** AES-256-GCM as everything at rest uses it: random 96-bit IV, full 128-bit tag, and a context that binds to a place. */

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const IV_BYTES = 12;
/** Shorter tags could be forged, and Node takes them unless the length is fixed. */
const TAG = { authTagLength: 16 } as const;

/** First byte of a sealed value: what it is, and how its text is encoded. No other first byte is ever opened. */
const WRAPPED_KEY = 0xa0;
const UTF8 = 0xa1;
const UTF16 = 0xa2;
const BYTES = 0xa3;

/** Second byte: version of the owner's key. Data keys are destroyed, not changed, so there is one so far. */
const KEY_VERSION = 1;

const HEADER_BYTES = 2;
/** What sealing adds to bytes. */
export const SEAL_BYTES = IV_BYTES + TAG.authTagLength;

/** What was stored is not what was sealed there: changed, moved, under another key, or never sealed. */
export class Damaged extends Error {
  constructor() {
    super('A sealed value does not open in its place');
    this.name = 'Damaged';
  }
}

/**
 * Seals a text: `[kind, key version] [IV] [ciphertext] [tag]`. Any UTF-16 text survives unharmed, NUL and lone surrogates
 * included, which `text` of PostgreSQL and UTF-8 cannot express.
 */
export function sealText(key: Buffer, context: string, text: string): Buffer {
  return text.isWellFormed()
    ? encrypt(key, UTF8, context, Buffer.from(text, 'utf8'))
    : encrypt(key, UTF16, context, Buffer.from(text, 'utf16le'));
}

/**
 * Opens what `sealText` made under the same key and context.
 *
 * @throws {Damaged} for anything else
 */
export function openText(key: Buffer, context: string, sealed: Buffer): string {
  const kind = sealed[0];
  if (kind !== UTF8 && kind !== UTF16) throw new Damaged();
  return decrypt(key, context, sealed).toString(kind === UTF8 ? 'utf8' : 'utf16le');
}

/** Seals bytes of a file in the same form. */
export function sealFile(key: Buffer, context: string, bytes: Uint8Array): Buffer {
  return encrypt(key, BYTES, context, bytes);
}

/**
 * Opens what `sealFile` made under the same key and context.
 *
 * @throws {Damaged} for anything else
 */
export function openFile(key: Buffer, context: string, sealed: Buffer): Buffer {
  if (sealed[0] !== BYTES) throw new Damaged();
  return decrypt(key, context, sealed);
}

/** A new random key. */
export function newKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Seals a key under another; `context` names both. */
export function wrapKey(parent: Buffer, context: string, key: Buffer): Buffer {
  return encrypt(parent, WRAPPED_KEY, context, key);
}

/**
 * Opens a wrapped key.
 *
 * @throws {Damaged} for anything but a key wrapped under the same parent and context
 */
export function unwrapKey(parent: Buffer, context: string, wrapped: Buffer): Buffer {
  if (wrapped[0] !== WRAPPED_KEY) throw new Damaged();
  return decrypt(parent, context, wrapped);
}

/** Handles of keys in use, for as long as somebody holds the key. */
const handles = new WeakMap<Uint8Array, KeyObject>();

/** The key as Node takes it at once: bare bytes are tried as three kinds of objects first, which costs more than the cipher. */
function handleOf(key: Uint8Array): KeyObject {
  const known = handles.get(key) ?? createSecretKey(key);
  handles.set(key, known);
  return known;
}

/** HMAC-SHA-256 of bytes. */
export function keyedHash(key: Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac('sha256', handleOf(key)).update(bytes).digest();
}

/** Purposes of one key; more than any tenant has shops for is a defect, not a reason to run out of memory. */
const MAX_PURPOSES = 10_000;

/** What has been derived, for as long as somebody holds the key it comes from: every sealed payload asks for one. */
const derived = new WeakMap<Buffer, Map<string, Buffer>>();

/** A key for one purpose, from which neither the key it comes from nor one for another purpose follows. */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  const purposes = derived.get(key) ?? new Map<string, Buffer>();
  const known = purposes.get(purpose);
  if (known !== undefined) return known;
  const made = Buffer.from(hkdfSync('sha256', handleOf(key), 'atende', purpose, KEY_BYTES));
  if (purposes.size < MAX_PURPOSES) derived.set(key, purposes.set(purpose, made));
  return made;
}

/** Seals bytes for a context: `[IV] [ciphertext] [tag]`. */
export function sealBytes(key: Uint8Array, context: Buffer, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, handleOf(key), iv, TAG);
  cipher.setAAD(context);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what `sealBytes` made under the same key and context.
 *
 * @throws {Damaged} for anything else
 */
export function openBytes(key: Uint8Array, context: Buffer, sealed: Buffer): Buffer {
  if (sealed.length < SEAL_BYTES) throw new Damaged();
  const end = sealed.length - TAG.authTagLength;
  const decipher = createDecipheriv(ALGORITHM, handleOf(key), sealed.subarray(0, IV_BYTES), TAG);
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, end)), decipher.final()]);
  } catch {
    throw new Damaged();
  }
}

function encrypt(key: Buffer, kind: number, context: string, plain: Uint8Array): Buffer {
  const header = Buffer.of(kind, KEY_VERSION);
  return Buffer.concat([header, sealBytes(key, bound(context, header), plain)]);
}

function decrypt(key: Buffer, context: string, sealed: Buffer): Buffer {
  if (sealed[1] !== KEY_VERSION) throw new Damaged();
  return openBytes(key, bound(context, sealed.subarray(0, HEADER_BYTES)), sealed.subarray(HEADER_BYTES));
}

/** The header is authenticated too: nobody may have a text read in another encoding or under another version. */
function bound(context: string, header: Buffer): Buffer {
  return Buffer.from(`v1|${context}|${header.toString('hex')}`, 'utf8');
}
