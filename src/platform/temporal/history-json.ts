import type { Payload } from '@temporalio/common';

/** A payload in proto3 JSON: bytes are base64. */
export type JsonPayload = { readonly metadata: Readonly<Record<string, string>>; readonly data?: string | undefined };

/** What the server itself needs to read, and therefore was never sealed. */
const NEVER_SEALED = 'searchAttributes';

/**
 * A history in proto3 JSON with its payloads replaced by what they open to; everything else stays as it is.
 *
 * @param open opens payloads, in order
 */
export async function openHistory(
  historyJson: string,
  open: (payloads: readonly Payload[]) => Promise<readonly Payload[]>,
): Promise<string> {
  const history: unknown = JSON.parse(historyJson);
  const sealed: JsonPayload[] = [];
  visit(history, (payload) => void sealed.push(payload));
  const opened = await open(sealed.map(fromJson));
  const clear = new Map(sealed.map((payload, index) => [payload, toJson(opened[index] ?? {})]));
  return JSON.stringify(history, (_name, value: unknown) => clear.get(value as JsonPayload) ?? value);
}

function visit(value: unknown, found: (payload: JsonPayload) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, found);
  else if (isPayload(value)) found(value);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) if (name !== NEVER_SEALED) visit(inner, found);
}

function isPayload(value: unknown): value is JsonPayload {
  const metadata = (value as { metadata?: unknown } | null)?.metadata;
  return typeof metadata === 'object' && metadata !== null && typeof Reflect.get(metadata, 'encoding') === 'string';
}

/** A payload from proto3 JSON. */
export function fromJson({ metadata, data }: JsonPayload): Payload {
  const entries = Object.entries(metadata).map(([name, base64]) => [name, Buffer.from(base64, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? '', 'base64') };
}

/** A payload as proto3 JSON. */
export function toJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return { metadata: Object.fromEntries(entries) as Record<string, string>, data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
