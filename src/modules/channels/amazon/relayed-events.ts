import type { ChannelEvent } from '../events.js';
import { receivedEvents } from '../email/events.js';
import type { Mail } from '../email/mail.js';
import { buyersName, buyersWords, relayAddressText } from './relay.js';
import type { RelayAddress } from './relay.js';

const HOUR_MS = 3_600_000;

/**
 * What a buyer's mail says. The platform's own marks for machines are left out: it sends every mail by one, and a person wrote it.
 *
 * @param arrivedAt epoch ms
 * @param respondHours within which an answer counts as given in time
 */
export function relayedEvents(
  mail: Mail,
  arrivedAt: number,
  address: RelayAddress,
  respondHours: number,
): ChannelEvent[] {
  const { alias, orderId } = address;
  const words = { ...mail, text: buyersWords(mail.text) };
  return receivedEvents(words, { arrivedAt, buyer: { address: alias, name: buyersName(mail.from) } }).map((event) => {
    if (event.type !== 'message.received') return event;
    const { data } = event;
    const order = orderId === null ? {} : { about: { kind: 'order', id: orderId, title: mail.subject } };
    const platform = { respondBy: new Date(arrivedAt + respondHours * HOUR_MS).toISOString() };
    return { ...event, data: { ...data, conversationId: relayAddressText(address), platform, ...order } };
  });
}
