import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { LocalServer } from './local-server.js';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export type SignedRequest = {
  readonly method: string;
  /** Path as it is in the request, without the query. */
  readonly path: string;
  /** The query in the order that is signed. */
  readonly query: string;
  /** Headers by names in lower case; only those that are signed count. */
  readonly headers: Readonly<Record<string, string>>;
};

/** The signature that AWS, version 4, asks for: of a request, for a key in a region, with these headers. */
export function signatureOf(
  { method, path, query, headers }: SignedRequest,
  signed: readonly string[],
  secret: string,
  region: string,
): string {
  const at = headers['x-amz-date'] ?? '';
  const canonical = [
    ...[method, path, query],
    ...signed.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    ...['', signed.join(';'), headers['x-amz-content-sha256'] ?? ''],
  ].join('\n');
  const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`;
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${secret}`, at.slice(0, 8)), region));
  return hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex');
}

/** A store that speaks as much of S3 as keeping files takes, and checks every signature and body. */
export class S3Server extends LocalServer {
  readonly files = new Map<string, Buffer>();
  /** Answers requests with this status before doing anything, one each. */
  readonly faults: number[] = [];

  constructor(private readonly key: { readonly id: string; readonly secret: string; readonly region: string }) {
    super();
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, answer] = this.#answer(request, await buffer(request));
    response.writeHead(status).end(answer);
  }

  /** Address of its bucket. */
  get url(): string {
    return `${this.origin}/atende-files`;
  }

  #answer(request: IncomingMessage, body: Buffer): readonly [status: number, body?: Buffer | string] {
    const { method = '', url: path = '' } = request;
    const fault = this.faults.shift();
    if (fault !== undefined) return [fault];
    if (!this.#isSigned(request, body)) return [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>'];
    if (method === 'PUT') this.files.set(path, body);
    if (method === 'DELETE') return [this.files.delete(path) ? 204 : 404];
    if (method !== 'GET') return [200];
    const file = this.files.get(path);
    return file === undefined ? [404, '<Error><Code>NoSuchKey</Code></Error>'] : [200, file];
  }

  #isSigned(request: IncomingMessage, body: Buffer): boolean {
    const { id, secret, region } = this.key;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const [, scope, names = '', given] =
      /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
        headers['authorization'] ?? '',
      ) ?? [];
    const at = headers['x-amz-date'] ?? '';
    const age = Date.now() - Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const signed = names.split(';');
    const [path = '', query = ''] = (request.url ?? '').split('?');
    return (
      scope === `${id}/${at.slice(0, 8)}/${region}/s3/aws4_request` &&
      Math.abs(age) < 15 * 60_000 &&
      ['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signed.includes(name)) &&
      headers['x-amz-content-sha256'] === sha256(body) &&
      given === signatureOf({ method: request.method ?? '', path, query, headers }, signed, secret, region)
    );
  }
}
