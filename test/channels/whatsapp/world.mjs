/** Everything the platform knows, in memory: people, messages, media, templates, tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { nowOf } from '../serving.mjs';

const WINDOW_MS = 24 * 3_600_000;
const MAX_TEXT = 4_096;

export class World {
  constructor(settings = {}) {
    this.settings = {
      appSecret: 'wa-fake-app-secret-0001',
      verifyToken: 'sim-verify-token',
      version: 'v24.0',
      phoneNumberId: '106540352242922',
      businessAccountId: '102290129340398',
      displayPhone: '551140000000',
      token: 'EAAG-sim-system-user',
      /** Where notices go; null = nobody is told. */
      noticesUrl: null,
      /** Each notice again, this many times. */
      duplicates: 0,
      /** Tries of a notice are lost on their way with this chance; or notices come in another order. */
      loss: 0,
      shuffle: false,
      /** Ms between the tries of a notice that was not answered 200 within `noticeTimeoutMs`. */
      noticeRetryMs: 300,
      noticeTimeoutMs: 5_000,
      /** After how many notices in a row that nobody took the address is switched off; null = never. The number is not published. */
      disablesAfter: null,
      /** Statuses that follow a message that was taken, and whether they come in this order. */
      statuses: ['sent', 'delivered', 'read'],
      /** Ms between two messages to the same buyer; 0 = any number. */
      pairMs: 6_000,
      /** Messages that are taken of a number within a second. */
      perSecond: 80,
      /** Whether a closed window is told by the answer; otherwise by a status. */
      refusesClosedWindow: false,
      /** How long the address of a medium holds. */
      mediaUrlMs: 300_000,
      /** How far the platform's clock stands before the true time, in ms; below 0 = behind. */
      skewMs: 0,
      ...settings,
    };
    this.tokens = new Set([this.settings.token]);
    this.people = new Map();
    /** Messages of ours that were taken, also what was taken twice. */
    this.taken = [];
    /** Notices as they were made, whether anybody heard them or not. */
    this.told = [];
    this.media = new Map();
    this.templates = [];
    this.limited = 0;
    /** When messages were handed over last, in ms; and how often it was too much for a number. */
    this.handed = [];
    this.crowded = 0;
    /** Notices in a row that nobody took, and whether anybody is told of anything now. */
    this.untaken = 0;
    this.isDisabled = false;
    this.next = 1;
  }

  /** Whether one message more within a second would be too much. */
  isCrowded() {
    const since = Date.now() - 1_000;
    this.handed = this.handed.filter((at) => at > since);
    const isOver = this.handed.length >= this.settings.perSecond;
    if (isOver) this.crowded += 1;
    else this.handed.push(Date.now());
    return isOver;
  }

  /** What the platform takes for now, in epoch ms. */
  now() {
    return nowOf(this.settings);
  }

  wamid() {
    this.next += 1;
    return `wamid.${Buffer.from(`${this.next}-${randomBytes(9).toString('hex')}`).toString('base64')}`;
  }

  /** Whom an id stands for; phone numbers and user ids may stand for the same person. */
  person({ phone, user, name }) {
    const known = this.people.get(phone) ?? this.people.get(user) ?? { lastAt: 0, lastSentAt: 0 };
    Object.assign(known, phone && { phone }, user && { user }, name && { name });
    for (const id of [phone, user]) if (id) this.people.set(id, known);
    return known;
  }

  /** A buyer's message as a notice shows it. `hidePhone` = the person shows no number. */
  write({ phone, user, name, at = this.now(), hidePhone = false, id = this.wamid(), ...content }) {
    const person = this.person({ phone, user, name });
    person.lastAt = Math.max(person.lastAt, at);
    const { text, type = text === undefined ? 'unsupported' : 'text', ...others } = content;
    const from = { ...(hidePhone || !phone ? {} : { from: phone }), ...(user ? { from_user_id: user } : {}) };
    const timestamp = String(Math.floor(at / 1_000));
    const body = text === undefined ? {} : { text: { body: text } };
    return { ...from, id, timestamp, type, ...body, ...others };
  }

  contactOf({ from, from_user_id: user }) {
    const { name = 'Alguém' } = this.people.get(from ?? user) ?? {};
    return { profile: { name }, ...(from ? { wa_id: from } : {}), ...(user ? { user_id: user } : {}) };
  }

  isOpen(person) {
    return person !== undefined && this.now() - person.lastAt < WINDOW_MS;
  }

  keepMedia(bytes, mime) {
    const id = String(900_000_000_000 + (this.next += 1));
    this.media.set(id, { bytes, mime, sha256: createHash('sha256').update(bytes).digest('hex'), addresses: new Map() });
    return id;
  }
}

/** Why a text is not taken, as the platform's code, or null. */
export function textFault(text) {
  return typeof text?.body !== 'string' || text.body === '' || text.body.length > MAX_TEXT ? 100 : null;
}
