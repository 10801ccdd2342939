import { randomUUID } from 'node:crypto';
import { nowOf } from '../serving.mjs';
import { SignIn } from './sign-in.mjs';

/** Mailboxes of one provider, and what it has passed on to others. */
export class World {
  settings = {
    /** Whether a copy of what is handed in is put into Sent by the provider itself. */
    savesSent: true,
    /** Whether a waiting client is told of new mail. */
    tellsIdle: true,
    /** Whether it offers to tell a waiting client at all. */
    offersIdle: true,
    /** Wait before each answer to an IMAP command, in ms. */
    slowMs: 0,
    /** Largest mail taken, in bytes. */
    maxSize: 25 * 1024 * 1024,
    /** Whether a token may come with the command that asks for it, or only once it is asked for. */
    takesAtOnce: true,
    /** Whether each renewal gives another token to renew with, and ends the one before. */
    rotates: true,
    /** How long access lasts, in seconds. */
    expiresIn: 3_600,
    /** Who consents; null = whoever is meant. */
    consentsAs: null,
    refusesConsent: false,
    /** Whether tokens open anything, however good they are. */
    admitsTokens: true,
    /** How far the provider's clock stands before the true time, in ms; below 0 = behind. */
    skewMs: 0,
  };

  /** By name of the login, which is the address. */
  accounts = new Map();

  /** Everything that was taken to be passed on, once for each recipient. */
  taken = [];

  /** Connections to mailboxes that wait for news now, and how many there have been. */
  waiting = new Set();
  waits = 0;

  signIn = new SignIn(this.settings);

  #listeners = new Set();

  constructor(settings = {}) {
    Object.assign(this.settings, settings);
    this.open('loja@loja.example', 'sim-mailbox-password');
  }

  open(user, password) {
    this.accounts.set(user, {
      password,
      boxes: new Map([box('INBOX', null), box('Sent', '\\Sent'), box('Junk', '\\Junk')]),
    });
  }

  /** Whether somebody may come in, with a password or a token. */
  admits(user, { password, accessToken }) {
    const account = this.accounts.get(user);
    if (accessToken !== undefined)
      return account !== undefined && this.settings.admitsTokens && this.signIn.opens(user, accessToken);
    return account !== undefined && account.password === password;
  }

  /** What the provider takes for now, in epoch ms. */
  now() {
    return nowOf(this.settings);
  }

  boxOf(user, name) {
    const wanted = /^inbox$/i.test(name) ? 'INBOX' : name;
    return this.accounts.get(user)?.boxes.get(wanted);
  }

  /** Puts a mail into a mailbox; its number there. `hiddenFor` = so many requests for it get nothing, although it is told of and found. */
  put(user, name, raw, { flags = [], at = this.now(), hiddenFor = 0 } = {}) {
    const target = this.boxOf(user, name);
    const message = { uid: target.uidNext, raw, flags: new Set(flags), at, hiddenFor };
    target.uidNext += 1;
    target.messages.push(message);
    if (this.settings.tellsIdle) for (const listener of this.#listeners) listener(target);
    return message.uid;
  }

  /** The server was restored: the same mails under other numbers. */
  renumber(user, name) {
    const target = this.boxOf(user, name);
    target.uidValidity += 1;
    target.messages.forEach((message, index) => (message.uid = index + 1));
    target.uidNext = target.messages.length + 1;
  }

  rename(user, from, { name, use }) {
    const { boxes } = this.accounts.get(user);
    boxes.set(name, Object.assign(boxes.get(from), { name, use }));
    boxes.delete(from);
  }

  /** A mail handed in by somebody who is logged in. */
  take(user, { from, to, raw }) {
    const messageId = /^message-id:\s*(\S+)/im.exec(raw.toString('latin1'))?.[1] ?? `<${randomUUID()}@none>`;
    for (const recipient of to) this.taken.push({ from, to: recipient, messageId, raw: raw.toString('utf8') });
    const copies = [...(this.accounts.get(user)?.boxes.values() ?? [])].find(({ use }) => use === '\\Sent');
    if (this.settings.savesSent && copies !== undefined) this.put(user, copies.name, raw, { flags: ['\\Seen'] });
    for (const recipient of to) if (this.accounts.has(recipient)) this.put(recipient, 'INBOX', raw);
  }

  onNew(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function box(name, use) {
  return [name, { name, use, uidValidity: 1_000 + name.length, uidNext: 1, messages: [] }];
}
