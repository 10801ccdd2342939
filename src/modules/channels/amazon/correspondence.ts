import type { ImapFlow } from 'imapflow';
import type { AmazonConfig } from '../../../platform/config/index.js';
import type { Answer, OutgoingMessage } from '../connector.js';
import { isGenuine } from '../email/authentication.js';
import { findLying, findMail } from '../email/boxes.js';
import type { Box, Lying } from '../email/boxes.js';
import { answerSubject } from '../email/correspondence.js';
import type { Correspondence, Events, Letter } from '../email/correspondence.js';
import { receivedEvents, sentEvents } from '../email/events.js';
import type { Mail } from '../email/mail.js';
import type { Mailbox } from '../email/mailbox.js';
import { parentsOf, referencesTo } from '../email/threads.js';
import { relayMailboxShape } from './mailbox.js';
import type { RelayMailbox } from './mailbox.js';
import {
  buyersThread,
  isRelayed,
  orderIn,
  relayAddressOf,
  relayAddressText,
  relayedTo,
  withOriginal,
} from './relay.js';
import type { RelayAddress } from './relay.js';
import { relayedEvents } from './relayed-events.js';

type Inbox = Mailbox<RelayMailbox>;

/** Mails of one conversation that are looked at, in each mailbox. */
const LOOKED_AT = 50;

/** Mail whose server says nothing of who sent it is looked at again: somebody may put its name right. */
const UNPROVEN_MS = 10 * 60_000;

/** Mails of the platform's relay, among whatever else lies in the same mailbox. */
export class RelayedMail implements Correspondence<RelayMailbox> {
  readonly shape = relayMailboxShape;

  constructor(private readonly app: AmazonConfig) {}

  async eventsOf(client: ImapFlow, mailbox: Inbox, box: Box, lying: Lying): Promise<Answer<Events>> {
    if (box === 'inbox') return this.#received(mailbox, lying);
    return { kind: 'read', value: await this.#sent(client, mailbox, lying) };
  }

  /** What a buyer and the shop wrote to each other about one order. */
  async conversation(client: ImapFlow, mailbox: Inbox, conversationId: string): Promise<Answer<Events>> {
    const address = relayAddressOf(conversationId);
    if (address === null) return { kind: 'absent' };
    const events: Events[number][] = [];
    for (const lying of await findLying(client, mailbox, 'inbox', { from: address.alias }, LOOKED_AT)) {
      const answer = this.#received(mailbox, lying);
      if (answer.kind === 'read') events.push(...answer.value.filter((event) => isIn(event, conversationId)));
    }
    for (const lying of await findLying(client, mailbox, 'sent', { to: address.alias }, LOOKED_AT)) {
      const answers = await this.#sent(client, mailbox, lying);
      events.push(...answers.filter((event) => isIn(event, conversationId)));
    }
    return events.length === 0 ? { kind: 'absent' } : { kind: 'read', value: events };
  }

  /**
   * An answer goes to the buyer's address and nowhere else, whatever a mail asks for. It has what it answers to below it: the platform
   * lets it through then even where the buyer wants no mail of the shop.
   */
  async letter(client: ImapFlow, mailbox: Inbox, message: OutgoingMessage): Promise<Letter | null> {
    const address = relayAddressOf(message.conversationId);
    if (address === null || !isRelayed(address.alias, this.app.relayDomains)) return null;
    const parent = await this.#parent(client, mailbox, message, address);
    const { text } = message;
    return {
      to: address.alias,
      subject: answerSubject(parent?.subject ?? address.orderId ?? '', mailbox),
      text: parent === null ? text : withOriginal(text, parent.text),
      inReplyTo: parent?.id ?? message.inReplyTo,
      references: parent === null ? [] : referencesTo(parent),
      // The platform's buyers see a person's answer as a person's; nothing else is sent.
      isAutomatic: false,
    };
  }

  /** What somebody else wrote is none of the shop's business here, unless it tells what became of a mail of the shop. */
  #received(mailbox: Inbox, { mail, arrivedAt }: Lying): Answer<Events> {
    if (mail.report !== null) return { kind: 'read', value: receivedEvents(mail, { arrivedAt, buyer: null }) };
    const address = buyersThread(mail, this.app.relayDomains);
    if (address === null) return { kind: 'read', value: [] };
    const genuine = isGenuine(mail, mailbox.authservId);
    if (genuine === null) return { kind: 'later', retryAfterMs: UNPROVEN_MS, code: 'sender_unproven' };
    if (!genuine) return forged(mail);
    return { kind: 'read', value: relayedEvents(mail, arrivedAt, address, this.app.respondHours) };
  }

  async #sent(client: ImapFlow, mailbox: Inbox, { mail, arrivedAt }: Lying): Promise<Events> {
    const alias = relayedTo(mail, this.app.relayDomains);
    if (alias === null) return [];
    // By what it answers to: the shop may write of another order in it.
    const parent = await this.#genuineParent(client, mailbox, parentsOf(mail), alias);
    const address = relayAddressText(parent ?? { alias, orderId: orderIn(mail) });
    return sentEvents({ ...mail, to: [alias] }, arrivedAt, address);
  }

  async #genuineParent(
    client: ImapFlow,
    mailbox: Inbox,
    ids: readonly string[],
    alias: string,
  ): Promise<RelayAddress | null> {
    for (const id of ids) {
      const found = await findMail(client, mailbox, 'inbox', id);
      const address = found === null ? null : buyersThread(found.mail, this.app.relayDomains);
      if (address?.alias === alias) return address;
    }
    return null;
  }

  /** The mail that is answered: as it was said, else the newest of that buyer about that order. Nobody else's is given back. */
  async #parent(
    client: ImapFlow,
    mailbox: Inbox,
    message: OutgoingMessage,
    address: RelayAddress,
  ): Promise<Mail | null> {
    const isTheirs = ({ mail }: Lying): boolean =>
      mail.from.address === address.alias && this.#isGenuine(mailbox, mail);
    const named = await findMail(client, mailbox, 'inbox', message.inReplyTo ?? '');
    if (named !== null && isTheirs(named)) return named.mail;
    const all = await findLying(client, mailbox, 'inbox', { from: address.alias }, LOOKED_AT);
    return all.filter((lying) => isTheirs(lying) && orderIn(lying.mail) === address.orderId).at(-1)?.mail ?? null;
  }

  #isGenuine(mailbox: Inbox, mail: Mail): boolean {
    return isGenuine(mail, mailbox.authservId) === true;
  }
}

function isIn({ data }: Events[number], conversationId: string): boolean {
  return 'conversationId' in data && data.conversationId === conversationId;
}

function forged({ id, from, authentication }: Mail): Answer<never> {
  return {
    kind: 'unreadable',
    body: JSON.stringify({ id, from, authentication }),
    errors: [{ pointer: '/from', detail: 'A mail that names the relay, and comes from somewhere else' }],
  };
}
