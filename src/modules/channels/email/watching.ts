import type { ImapFlow } from 'imapflow';
import type { Hint, Listener } from '../connector.js';
import { openBox } from './boxes.js';
import { placeText } from './cursor.js';
import type { Mailbox } from './mailbox.js';

/** A server that ends each wait at once is not asked again at once, in ms. */
const BREATH_MS = 1_000;

/**
 * Waits for mail in the inbox and tells of each that comes, by its number; ends when the connection does. The server says by itself that
 * something has come (IDLE, RFC 2177); one that cannot is asked every two minutes.
 */
export async function watchInbox(client: ImapFlow, mailbox: Mailbox, listener: Listener): Promise<void> {
  const validity = await openBox(client, mailbox, 'inbox');
  if (validity === null || client.mailbox === false) return;
  let known = client.mailbox.uidNext - 1;
  const look = async (): Promise<void> => {
    // `n:*` names the last mail even when its number is below n.
    const found = (await client.search({ uid: `${known + 1}:*` }, { uid: true })) || [];
    const fresh = found.filter((uid) => uid > known);
    if (fresh.length === 0) return;
    known = Math.max(...fresh);
    await listener.told(fresh.map((uid): Hint => ({ kind: 'inbox', resource: placeText({ validity, uid }) })));
  };
  let looking = Promise.resolve();
  const exists = (): void => {
    // Asking ends the wait; what has come is told before the next one begins.
    looking = looking.then(look);
    looking.catch(() => client.close());
  };
  client.on('exists', exists);
  try {
    await listener.connected();
    while (client.usable) {
      const begunAt = Date.now();
      await client.idle();
      await looking;
      if (client.usable && Date.now() - begunAt < BREATH_MS) await new Promise((go) => setTimeout(go, BREATH_MS));
    }
  } finally {
    client.off('exists', exists);
  }
}
