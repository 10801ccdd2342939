import type { FeedItem } from '../../modules/stream/index.js';

/** How long a client waits before it connects again, in ms. */
const RETRY_MS = 1_000;

/**
 * One item as a block of `text/event-stream` (WHATWG HTML, 9.2). Blocks without `data` raise no event at the client but
 * move its last event id, so that who resumes is not told again what it was not meant to see.
 */
export function eventBlock(item: FeedItem): string {
  switch (item.kind) {
    case 'begin':
      return `retry: ${RETRY_MS}\nid: ${item.position}\n\n`;
    case 'reset':
      return `retry: ${RETRY_MS}\nid: ${item.position}\nevent: reset\ndata: {}\n\n`;
    case 'event':
      return `id: ${item.event.position}\nevent: ${item.event.kind}\ndata: ${JSON.stringify(item.event.data)}\n\n`;
    case 'heartbeat':
      return `: heartbeat\nid: ${item.position}\n\n`;
  }
}
