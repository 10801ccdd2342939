import type { Mail, Party } from '../email/mail.js';

/** Whom a conversation is with, and about which order, where one is named. */
export type RelayAddress = {
  /** Under which the platform lets the shop write to a buyer; it stays the same for the two of them. */
  readonly alias: string;
  readonly orderId: string | null;
};

/** Numbers of orders as the platform writes them; nowhere documented. */
const ORDER = /(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])/;

/** How much of a mail is looked through for an order, in characters. */
const LOOKED_AT = 20_000;

/** A conversation as the text that is kept with each message. */
export function relayAddressText({ alias, orderId }: RelayAddress): string {
  return orderId === null ? alias : `${alias} ${orderId}`;
}

/** The conversation behind a text, or null. */
export function relayAddressOf(text: string): RelayAddress | null {
  const [, alias, orderId = null] = /^([^\s@]{1,64}@[^\s@]{1,150})(?: (\d{3}-\d{7}-\d{7}))?$/.exec(text) ?? [];
  return alias === undefined ? null : { alias, orderId };
}

/** Whether an address is one of those under which the platform hides buyers. */
export function isRelayed(address: string, domains: readonly string[]): boolean {
  return domains.includes(address.split('@')[1] ?? '');
}

/**
 * The conversation a mail of a buyer belongs to; null where it is none. Only whom it is from counts: where answers are to go, anybody
 * might have written into it.
 */
export function buyersThread(mail: Mail, domains: readonly string[]): RelayAddress | null {
  const { address: alias } = mail.from;
  return isRelayed(alias, domains) ? { alias, orderId: orderIn(mail) } : null;
}

/** The buyer a mail of the shop goes to, or null. */
export function relayedTo({ to }: Pick<Mail, 'to'>, domains: readonly string[]): string | null {
  return to.find((address) => isRelayed(address, domains)) ?? null;
}

/** The order a mail is about: in its subject, else the first in its text. */
export function orderIn({ subject, text }: Pick<Mail, 'subject' | 'text'>): string | null {
  return ORDER.exec(subject)?.[0] ?? ORDER.exec(text.slice(0, LOOKED_AT))?.[0] ?? null;
}

const BEGIN = /^[>\s]*-{3,}\s*(?:begin message|início da mensagem|inicio da mensagem)\s*-{3,}\s*$/i;
const END = /^[>\s]*-{3,}\s*(?:end message|fim da mensagem)\s*-{3,}\s*$/i;

/** What the buyer wrote: the platform may put a frame around it. Without its two lines everything is taken. */
export function buyersWords(text: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => BEGIN.test(line));
  const to = lines.findIndex((line, index) => index > from && END.test(line));
  if (from < 0 || to < 0) return text;
  const words = lines
    .slice(from + 1, to)
    .join('\n')
    .trim();
  return words === '' ? text : words;
}

/** A buyer's name without what the platform adds to it. */
export function buyersName({ name }: Party): string | null {
  return name?.replace(/\s*[-–(|]\s*(?:via\s+)?amazon\b.*$/i, '').trim() || null;
}

/** How much of what is answered is given back, in characters. */
const QUOTED = 4_000;

/** An answer with what it answers to below it: the platform lets no answer through to some buyers that comes without. */
export function withOriginal(text: string, original: string): string {
  const lines = original.slice(0, QUOTED).toWellFormed().trim().split('\n');
  return `${text}\n\n${lines.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`)).join('\n')}\n`;
}
