import { createHash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { textOfHtml } from './html.js';
import { visibleText } from './text.js';

/** A person or machine at the other end. */
export type Party = { readonly address: string; readonly name: string | null };

/** A mail as far as anybody here cares. */
export type Mail = {
  /** Its Message-ID; a hash of its bytes where it has none, or none that can be kept. */
  readonly id: string;
  /** What it says and holds, whatever way it came: programs that give every mail one Message-ID are known by this, and copies too. */
  readonly print: string;
  readonly from: Party;
  /** Whom an answer goes to. */
  readonly answerTo: Party;
  readonly to: readonly string[];
  readonly subject: string;
  /** Plain, what is quoted marked by `> `. */
  readonly text: string;
  readonly attachments: readonly MailFile[];
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Nobody wrote it, or whoever did wants no automatic answer. */
  readonly isAutomatic: boolean;
  /** Whether it is addressed to the mailbox, and not only to a list or in secret. */
  readonly isToUs: boolean;
  /** What servers on the way say of who sent it, the newest first: headers as they came. */
  readonly authentication: readonly string[];
  /** What became of another mail, where this one is a report about it (RFC 3464). */
  readonly report: Report | null;
  /** It only says that another mail was seen, or thrown away unseen (RFC 8098). */
  readonly isReceipt: boolean;
};

/** A file in a mail: `index` tells which of them it is. */
export type MailFile = {
  readonly index: number;
  readonly name: string | null;
  readonly mediaType: string;
  readonly bytes: Buffer;
};

export type Report = { readonly about: string; readonly action: string; readonly status: string };

const MAX_ID = 256;
const MAX_FILES = 50;
const MAX_RESULTS = 20;

/** What of a text is looked at, in characters: far more than anybody writes. */
const MAX_TEXT = 1_000_000;

/**
 * Reads a mail, however badly it is made.
 *
 * @param own the mailbox's own address
 * @param isWhole whether these are all its bytes; of one that was cut off nobody knows where its files end
 * @returns null where nobody is named who wrote it
 */
export async function readMail(raw: Buffer, own: string, isWhole = true): Promise<Mail | null> {
  const parsed = await simpleParser(raw, {
    skipTextToHtml: true,
    skipHtmlToText: true,
    keepDeliveryStatus: true,
    maxChildNodes: 500,
  }).catch(() => null);
  const from = parsed === null ? undefined : partiesOf(parsed.from)[0];
  if (parsed === null || from === undefined) return null;
  const beginning = beginningOf(raw);
  const attachments = isWhole ? parsed.attachments.slice(0, MAX_FILES).map(fileOf) : [];
  const to = [...partiesOf(parsed.to), ...partiesOf(parsed.cc)].map(({ address }) => address);
  return {
    id: keptId(parsed.messageId) ?? hashOf(raw),
    print: printOf(parsed, from, attachments),
    from,
    answerTo: partiesOf(parsed.replyTo)[0] ?? from,
    to,
    subject: plain(parsed.subject ?? '').slice(0, 1_000),
    text: visibleText(plain(wordsOf(parsed))),
    attachments,
    inReplyTo: idsIn(parsed.inReplyTo)[0] ?? null,
    references: idsIn(parsed.references),
    isAutomatic: isAutomatic(parsed, from.address),
    isToUs: to.includes(own.toLowerCase()),
    authentication: authenticationIn(parsed),
    report: reportOf(beginning),
    isReceipt: /^multipart\/report\b.*\bdisposition-notification\b/is.test(beginning.type),
  };
}

/** What was written: the plain part, where there is one. */
function wordsOf({ text, html }: ParsedMail): string {
  if (text !== undefined && text.trim() !== '') return text.slice(0, MAX_TEXT);
  return typeof html === 'string' ? textOfHtml(html.slice(0, MAX_TEXT)) : '';
}

type Addresses = ParsedMail['to'];

function partiesOf(given: Addresses): Party[] {
  const lists = given === undefined ? [] : [given].flat();
  return lists
    .flatMap(({ value }) => value.flatMap((one) => one.group ?? [one]))
    .flatMap(({ address, name }) => {
      const plainAddress = plain(address ?? '')
        .trim()
        .toLowerCase();
      if (!/^[^\s@<>]{1,64}@[^\s@<>]{1,190}$/.test(plainAddress)) return [];
      return [{ address: plainAddress, name: plain(name).trim().slice(0, 512) || null }];
    });
}

/** Ids in angle brackets, in their order, without those that nobody can keep. */
export function idsIn(given: string | readonly string[] | undefined): string[] {
  const text = typeof given === 'string' ? given : (given ?? []).join(' ');
  return (text.match(/<[^<>\s]+>/g) ?? []).flatMap((id) => keptId(id) ?? []);
}

function keptId(id: string | undefined): string | null {
  const found = /<[^<>\s]+>/.exec(plain(id ?? ''))?.[0];
  return found === undefined || found.length > MAX_ID ? null : found;
}

function hashOf(raw: Buffer): string {
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}

/** What lies in a mail and not around it: a copy that came another way, or was written in other letters on its way, has the same. */
function printOf({ subject, text, html }: ParsedMail, from: Party, files: readonly MailFile[]): string {
  const squeezed = [subject, text, html].map((part) =>
    typeof part === 'string' ? part.slice(0, MAX_TEXT).replace(/\s+/g, ' ').trim() : '',
  );
  const inside = files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  return createHash('sha256')
    .update(JSON.stringify([from.address, ...squeezed, ...inside]))
    .digest('hex')
    .slice(0, 32);
}

/** Text that every part of the system can carry. */
function plain(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

const MACHINES = /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+._-].*)?$/;

/**
 * Whether nobody wrote it, or whoever did wants no automatic answer (RFC 3834, 2; `X-Auto-Response-Suppress` is also set by people's
 * mail programs: it is a wish, not a proof).
 */
function isAutomatic({ headers, headerLines }: ParsedMail, from: string): boolean {
  const header = (name: string): string => headerText(headers.get(name)).toLowerCase();
  const submitted = header('auto-submitted');
  if (submitted !== '' && !submitted.startsWith('no')) return true;
  if (['list', 'feedback-id'].some((name) => headers.has(name))) return true;
  if (headerLines.some(({ key, line }) => key === 'return-path' && /:\s*<\s*>/.test(line))) return true;
  if (/\b(?:dr|autoreply|all)\b/.test(header('x-auto-response-suppress'))) return true;
  if (/^(?:bulk|list|junk)/.test(header('precedence'))) return true;
  return MACHINES.test(from.split('@')[0] ?? '');
}

function authenticationIn({ headerLines }: ParsedMail): string[] {
  const lines = headerLines.filter(({ key }) => key === 'authentication-results').slice(0, MAX_RESULTS);
  return lines.map(({ line }) => plain(line.slice(line.indexOf(':') + 1)).trim());
}

function headerText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if ('value' in value && typeof value.value === 'string') return value.value;
  return 'text' in value && typeof value.text === 'string' ? value.text : '';
}

/** The part of a report that is for machines, and the Message-ID in what it gives back. */
function reportOf({ type, body }: Beginning): Report | null {
  if (!/multipart\/report/i.test(type) || !/delivery-status/i.test(type)) return null;
  const about = keptId([...body.matchAll(/^message-id:\s*(<[^<>\s]+>)/gim)].at(-1)?.[1]);
  const action = /^action:\s*([a-z]{1,20})/im.exec(body)?.[1]?.toLowerCase();
  const status = /^status:\s*(\d\.\d{1,3}\.\d{1,3})/im.exec(body)?.[1] ?? '';
  return about === null || action === undefined ? null : { about, action, status };
}

/** What a mail says that it is, and the first of what comes after its head. */
type Beginning = { readonly type: string; readonly body: string };

function beginningOf(raw: Buffer): Beginning {
  const text = raw.subarray(0, 256 * 1024).toString('latin1');
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  const type = /^content-type:[^\n]*(?:\n[ \t][^\n]*)*/im.exec(head)?.[0] ?? '';
  return { type: type.replace(/^content-type:\s*/i, ''), body: text.slice(head.length) };
}

function fileOf({ filename, contentType, content }: ParsedMail['attachments'][number], index: number): MailFile {
  const name = plain(typeof filename === 'string' ? filename : '')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 512);
  const mediaType = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(contentType) ? contentType : 'application/octet-stream';
  return { index, name: name || null, mediaType, bytes: content };
}
