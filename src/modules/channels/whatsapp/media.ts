import { errorCode } from '../../../platform/egress/index.js';
import type { Egress, EgressResponse } from '../../../platform/egress/index.js';
import { unreadable } from '../answers.js';
import type { Access, Answer, FetchedFile, Files } from '../connector.js';
import { timed } from '../exchange.js';
import { authorised } from './http.js';
import type { WhatsAppHttp } from './http.js';
import { mediaShape } from './shapes.js';

/** Where the platform keeps media. The token goes along, and must go nowhere else. */
const HOSTS = /(^|\.)(fbsbx\.com|fbcdn\.net|whatsapp\.net|facebook\.com)$/;

/** Media of buyers: kept by the platform for seven days under an id, at an address that holds for five minutes. */
export function whatsAppFiles(http: WhatsAppHttp, egress: Egress): Files {
  return {
    fetch: async (given, ref, maxBytes) => {
      const access = timed(given);
      const media = await http.read(access, { group: 'media', path: [ref] }, mediaShape);
      if (media.kind !== 'read') return media;
      const { url } = media.value;
      if (!isKept(url, access)) return unreadable('', 'The address is none of the platform', '/url');
      try {
        const headers = authorised(access);
        const response = await egress.request({
          method: 'GET',
          url,
          headers,
          timeoutMs: access.requestTimeoutMs,
          maxBytes,
        });
        return fileOf(response, maxBytes);
      } catch (error) {
        return { kind: 'later', retryAfterMs: null, code: errorCode(error).toLowerCase().slice(0, 64) };
      }
    },
  };
}

function isKept(url: string, { url: api }: Access): boolean {
  const { protocol, hostname, origin } = new URL(url);
  return origin === URL.parse(api)?.origin || (protocol === 'https:' && HOSTS.test(hostname));
}

function fileOf({ status, bytes, complete }: EgressResponse, maxBytes: number): Answer<FetchedFile> {
  // One that was cut off before it got too large may come whole the next time.
  if (status === 200 && !complete && bytes.length < maxBytes)
    return { kind: 'later', retryAfterMs: null, code: 'answer_cut_off' };
  if (status === 200) return { kind: 'read', value: { bytes, complete } };
  // The address has ended; asked for again there will be another.
  if (status === 404) return { kind: 'later', retryAfterMs: null, code: 'media_address_ended' };
  // The token has just been good for the address.
  if (status === 401 || status === 403) return { kind: 'unauthorised', code: 'forbidden' };
  return { kind: 'later', retryAfterMs: null, code: `http_${status}` };
}
