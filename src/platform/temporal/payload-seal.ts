import type { Payload } from '@temporalio/common';
import { openBytes, SEAL_BYTES, sealBytes } from '../crypto/index.js';

/** A key of 32 bytes and the name by which a payload tells that it was sealed with it. */
export type PayloadKey = { readonly id: string; readonly bytes: Uint8Array };

/** What a sealed payload says about itself; all of it is authenticated. */
export type PayloadOrigin = {
  /** The workflow it belongs to; empty for what belongs to none. */
  readonly workflowId: string;
  readonly keyId: string;
};

export type PayloadRefusal =
  'clear' | 'malformed' | 'unknown_key' | 'damaged' | 'foreign_namespace' | 'foreign_workflow';

/** A payload that is not what this installation wrote for this place. Its content is never handed on. */
export class PayloadRefused extends Error {
  constructor(readonly reason: PayloadRefusal) {
    super(`payload_refused: ${reason}`);
    this.name = 'PayloadRefused';
  }
}

/** How Temporal's tools recognise that a payload is for the codec. */
const ENCODING = 'binary/encrypted';

/** First byte of the clear text: what the payload was written as. The usual ones need no name, since every event carries one. */
const OTHER = 0;
const JSON_PLAIN = 1;
const NULL = 2;

/** Seals a payload for one namespace and workflow: AES-256-GCM, where it belongs is authenticated. */
export function sealPayload(payload: Payload, namespace: string, workflowId: string, key: PayloadKey): Payload {
  const data = sealBytes(key.bytes, place(namespace, { workflowId, keyId: key.id }), pack(payload));
  return { metadata: { encoding: utf8(ENCODING), key: utf8(key.id), workflow: utf8(workflowId) }, data };
}

/**
 * Where a payload says it belongs; to be believed once it has been opened.
 *
 * @throws {@link PayloadRefused} when it is not sealed, or does not say it
 */
export function originOf({ metadata }: Payload): PayloadOrigin {
  if (text(metadata?.['encoding']) !== ENCODING) throw new PayloadRefused('clear');
  const [keyId, workflowId] = [text(metadata?.['key']), text(metadata?.['workflow'])];
  if (keyId === null || workflowId === null) throw new PayloadRefused('malformed');
  return { keyId, workflowId };
}

/**
 * Opens a payload with the key its origin names.
 *
 * @throws {@link PayloadRefused} when anything about it was changed, or it was sealed for another namespace
 */
export function openPayload(payload: Payload, namespace: string, key: Uint8Array): Payload {
  const origin = originOf(payload);
  const data = Buffer.from(payload.data ?? []);
  // At least the byte that says how it was written: a shorter one could only pass with a shorter tag.
  if (data.length <= SEAL_BYTES) throw new PayloadRefused('malformed');
  try {
    return unpack(openBytes(key, place(namespace, origin), data));
  } catch {
    throw new PayloadRefused('damaged');
  }
}

function place(namespace: string, { workflowId, keyId }: PayloadOrigin): Buffer {
  return Buffer.from(JSON.stringify(['atende payload 1', namespace, workflowId, keyId]), 'utf8');
}

function pack({ metadata, data }: Payload): Buffer {
  // Protobuf hands over what has no bytes as an empty array of numbers.
  const body = Buffer.from(data ?? []);
  const names = Object.keys(metadata ?? {});
  const encoding = names.length === 1 ? text(metadata?.['encoding']) : null;
  if (encoding === 'json/plain') return Buffer.concat([Buffer.of(JSON_PLAIN), body]);
  if (encoding === 'binary/null') return Buffer.concat([Buffer.of(NULL), body]);
  const entries = names.map((name) => [name, Buffer.from(metadata?.[name] ?? []).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([Buffer.of(OTHER), length, head, body]);
}

function unpack(packed: Buffer): Payload {
  const [kind] = packed;
  if (kind === JSON_PLAIN) return { metadata: { encoding: utf8('json/plain') }, data: packed.subarray(1) };
  if (kind === NULL) return { metadata: { encoding: utf8('binary/null') }, data: packed.subarray(1) };
  const start = 5 + packed.readUInt32BE(1);
  const head = JSON.parse(packed.subarray(5, start).toString('utf8')) as Record<string, string>;
  const entries = Object.entries(head).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]);
  return { metadata: Object.fromEntries(entries) as Record<string, Uint8Array>, data: packed.subarray(start) };
}

function utf8(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

function text(bytes: Uint8Array | null | undefined): string | null {
  return bytes === undefined || bytes === null ? null : Buffer.from(bytes).toString('utf8');
}
