/** Everything the platform knows, in memory: people, questions, packs, messages, claims, tokens. Ids are numbers, as the platform has them. */
import { nowOf } from '../serving.mjs';
import { LIMITED, reasons } from './reasons.mjs';

export const LIMITS = { answer: 2000, message: 350, files: 25 };

/** The part of ISO-8859-1 that is text, and a few of the emoji the platform lists. */
const LATIN1 = /^[\t\n\r\x20-\x7e\xa0-\xff😀😁😂😊😍👍🙏❤️🎉]*$/u;

export class World {
  constructor(settings = {}) {
    this.settings = {
      clientId: '7000000001',
      clientSecret: 'sim-client-secret',
      sellerId: 1001,
      agentId: 3037675074,
      /** Seconds; the platform says six hours and often means less. */
      expiresIn: 10_800,
      /** Seconds within which a refresh token has to be used; the platform says six months. */
      refreshExpiresIn: 183 * 86_400,
      /** False = no token is taken, however new it is. */
      admitsTokens: true,
      /** Requests a minute and group; the platform documents 500 for messages. */
      perMinute: 500,
      /** Where notices go; null = nobody is told. */
      noticesUrl: null,
      /** Each notice again, this many times. */
      duplicates: 0,
      /** Notices are lost on their way with this chance, or come in another order. */
      loss: 0,
      shuffle: false,
      /** Ms between the tries of a notice that was not answered 200 within `noticeTimeoutMs`. */
      noticeRetryMs: 400,
      noticeTimeoutMs: 500,
      /** After how many notices of a topic in a row that nobody took it is switched off; null = never. The number is not published. */
      disablesAfter: null,
      /** How far the platform's clock stands before the true time, in ms; below 0 = behind. */
      skewMs: 0,
      ...settings,
    };
    this.next = 2_000_000_000;
    this.questions = new Map();
    this.packs = new Map();
    this.messages = new Map();
    this.claims = new Map();
    /** Files of messages by the name the platform gave them. */
    this.files = new Map();
    /** What is on offer, by id. */
    this.items = new Map();
    /** Who may not ask, and who may not buy. */
    this.blocked = { questions: new Set(), order: new Set() };
    this.codes = new Map();
    this.access = new Map();
    this.refresh = new Map();
    this.refreshed = 0;
    this.missed = [];
    /** By topic: notices in a row that nobody took; and topics that are switched off, of which nothing is kept. */
    this.untaken = new Map();
    this.disabled = new Set();
    /** Every answer and message of the seller that was taken, also what the platform then took twice. */
    this.taken = [];
  }

  /** What the platform takes for now, in epoch ms. */
  now() {
    return nowOf(this.settings);
  }

  id() {
    this.next += 7;
    return this.next;
  }

  ask({ buyerId, text, itemId = 'MLB1000000001', status = 'UNANSWERED', at = this.now() }) {
    const id = this.id();
    const question = {
      id,
      date_created: stamp(at),
      item_id: itemId,
      seller_id: this.settings.sellerId,
      status,
      text: status === 'BANNED' ? '' : text,
      deleted_from_listing: false,
      hold: false,
      suspected_spam: false,
      answer: null,
      from: { id: buyerId },
      tags: [],
    };
    this.questions.set(id, question);
    return question;
  }

  answer(question, text, at = this.now()) {
    question.status = 'ANSWERED';
    question.answer = { text, status: 'ACTIVE', date_created: stamp(at) };
  }

  /** An order with its pack; `agent` = the buyer stands behind the platform's agent, `excepted` = no reason is needed to write. */
  pack({ buyerId, agent = false, single = false, excepted = false, items = [], at = this.now() }) {
    const orderId = this.id();
    // A pack of one order may have no id of its own: the order's stands in its place.
    const packId = single ? orderId : this.id() + 2_000_000_000_000_000;
    const pack = {
      id: packId,
      orderId,
      buyerId,
      agent,
      single,
      excepted,
      substatus: null,
      reasons: reasons(),
      items,
      at,
    };
    this.packs.set(packId, pack);
    return pack;
  }

  /** @param from the buyer, or the seller when somebody writes on the platform's own page */
  write(
    pack,
    { text, from, at = this.now(), status = 'available', moderation = 'clean', reason = null, files = [], kept = [] },
  ) {
    const { sellerId, agentId } = this.settings;
    const buyer = pack.agent ? agentId : pack.buyerId;
    const id = `${this.id().toString(16)}${'0'.repeat(8)}${pack.id.toString(16)}`;
    const message = {
      id,
      pack: pack.id,
      from: { user_id: from === 'seller' ? sellerId : buyer },
      to: { user_id: from === 'seller' ? buyer : sellerId },
      text,
      status,
      moderation,
      reason,
      at,
      read: null,
      hiddenFor: 0,
      files: [...kept, ...files.map((file) => this.keep(file))],
    };
    this.messages.set(id, message);
    if (from === 'buyer' && pack.substatus === LIMITED) pack.substatus = null;
    return message;
  }

  /** A buyer claims something; `dispute` = the platform mediates. */
  claim({ buyerId, stage = 'claim', at = this.now() }) {
    const id = this.id();
    const claim = { id, orderId: this.id(), buyerId, status: 'opened', stage, at, messages: [] };
    this.claims.set(id, claim);
    return claim;
  }

  /** Somebody writes in a claim; parts are `complainant`, `respondent` and `mediator`, `reason` = why it is shown to nobody. */
  claimed(claim, { sender, receiver, text, at = this.now(), reason = null, files = [], kept = [] }) {
    const message = { sender, receiver, text, at, reason, files: [...kept, ...files.map((file) => this.keep(file))] };
    claim.messages.push(message);
    return message;
  }

  /** @param file { name, type, base64 } */
  keep({ name, type, base64 }) {
    const bytes = Buffer.from(base64, 'base64');
    const file = { id: `${this.settings.sellerId}_${this.id()}.${name.split('.').at(-1)}`, name, type, bytes };
    this.files.set(file.id, file);
    return file;
  }

  messagesOf(packId) {
    return [...this.messages.values()].filter((message) => message.pack === packId);
  }
}

/** Why a message's text is not taken, or null. */
export function textFault(text) {
  if (typeof text !== 'string' || text === '') return 'text_required';
  if (text.length > LIMITS.message) return 'The message exceeds the limit of 350 characters';
  return LATIN1.test(text) ? null : 'The message has characters that are not supported';
}

/** A message as the platform shows it. */
export function shown(message, { sellerId }) {
  const at = stamp(message.at);
  return {
    id: message.id,
    site_id: 'MLB',
    client_id: null,
    from: message.from,
    to: message.to,
    status: message.status,
    subject: null,
    text: message.text,
    message_date: { received: at, available: at, notified: at, created: at, read: message.read },
    message_moderation: {
      status: message.moderation,
      reason: message.reason,
      source: 'online',
      moderation_date: at,
    },
    message_attachments:
      message.files.length === 0
        ? null
        : message.files.map(({ id, name, type, bytes }) => ({
            filename: id,
            original_filename: name,
            type,
            size: bytes.length,
            potential_security_threat: false,
            creation_date: at,
          })),
    message_resources: [
      { id: String(message.pack), name: 'packs' },
      { id: String(sellerId), name: 'sellers' },
    ],
    conversation_first_message: false,
  };
}

/** The older of the two shapes in which one message is shown. */
export function shownOld(message, { sellerId }) {
  return {
    message_id: message.id,
    date_received: stamp(message.at),
    date: stamp(message.at),
    from: { user_id: String(message.from.user_id) },
    to: [{ user_id: String(message.to.user_id) }],
    text: { plain: message.text },
    status: message.status,
    moderation: { status: message.moderation, reason: message.reason },
    resource_id: String(message.pack),
    message_resources: [
      { id: String(message.pack), name: 'packs' },
      { id: String(sellerId), name: 'sellers' },
    ],
  };
}

export function stamp(at) {
  return new Date(at).toISOString().replace('Z', '+00:00');
}
