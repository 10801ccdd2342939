import type { OutgoingFile } from './connector.js';

/** A request's body with the header that says how it is read. */
export type Encoded = { readonly bytes: Buffer; readonly contentType: string };

/** The parts of a request that carry a body; none where there is nothing to give. */
export function carrying(body: Encoded | undefined): {
  readonly headers: Readonly<Record<string, string>>;
  readonly rest: { readonly body?: Buffer };
} {
  return body === undefined
    ? { headers: {}, rest: {} }
    : { headers: { 'content-type': body.contentType }, rest: { body: body.bytes } };
}

/** A value as JSON. */
export function asJson(value: unknown): Encoded {
  return { bytes: Buffer.from(JSON.stringify(value), 'utf8'), contentType: 'application/json' };
}

/** One file, with words beside it, as `multipart/form-data` (RFC 7578). */
export async function multipart(
  field: string,
  { name, mediaType, bytes }: OutgoingFile,
  words: Readonly<Record<string, string>> = {},
): Promise<Encoded> {
  const form = new FormData();
  for (const [word, value] of Object.entries(words)) form.set(word, value);
  form.set(field, new Blob([new Uint8Array(bytes)], { type: mediaType }), name);
  const encoded = new Response(form);
  return { bytes: Buffer.from(await encoded.arrayBuffer()), contentType: encoded.headers.get('content-type') ?? '' };
}
