import type { FastifyRequest } from 'fastify';
import type { Notice } from '../../modules/channels/index.js';

/** The delivery as it came; a header that is given twice counts as none. */
export function noticeOf({ headers, body, ip }: FastifyRequest, registeredUrl?: string): Notice {
  const single = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    headers: Object.fromEntries(single),
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    from: ip,
    ...(registeredUrl === undefined ? {} : { registeredUrl }),
  };
}
