import type { AttachmentGiven, ChannelEvent } from '../events.js';
import type { Mail, Party } from './mail.js';

const MAX_TEXT = 65_536;

/** When a mail arrived, and in whose thread it stands. */
export type Around = {
  /** Epoch ms, by the clock of the mailbox's server. */
  readonly arrivedAt: number;
  /** Who wrote first in the thread it answers to; null where it begins one, or the thread is not there. */
  readonly buyer: Party | null;
};

/** What a mail that came in says. */
export function receivedEvents(mail: Mail, { arrivedAt, buyer }: Around): ChannelEvent[] {
  if (mail.report !== null) return reportEvents(mail.report);
  // That somebody has opened a mail asks for nothing.
  if (mail.isReceipt) return [];
  const { address, name } = buyer ?? mail.answerTo;
  const { subject } = mail;
  return [
    {
      type: 'message.received',
      data: {
        messageId: mail.id,
        // Programs there are that give every mail the same id; what other words came under is another mail.
        print: mail.print,
        conversationId: mail.id,
        sentAt: new Date(arrivedAt).toISOString(),
        buyer: { id: address, ...(name === null ? {} : { name }) },
        text: textOf(mail),
        ...filesOf(mail, mail.print),
        ...(mail.isAutomatic || !mail.isToUs ? { platform: { automated: true } } : {}),
        ...(subject === '' ? {} : { about: { kind: 'subject', id: mail.references[0] ?? mail.id, title: subject } }),
      },
    },
  ];
}

/** What a mail says that was sent from the mailbox, to somebody who had written before. */
export function sentEvents(mail: Mail, arrivedAt: number, answersTo: string): ChannelEvent[] {
  const [to] = mail.to;
  if (to === undefined) return [];
  return [
    {
      type: 'reply.external',
      data: {
        messageId: mail.id,
        conversationId: answersTo,
        sentAt: new Date(arrivedAt).toISOString(),
        text: textOf(mail),
        author: mail.isAutomatic ? 'automated' : 'human',
        buyer: { id: to },
        ...filesOf(mail),
      },
    },
  ];
}

/** A report of anything but failure says nothing new: it may still arrive. */
function reportEvents({ about, action, status }: NonNullable<Mail['report']>): ChannelEvent[] {
  if (action !== 'failed') return [];
  const reason = status === '' ? 'undeliverable' : `smtp_${status}`;
  return [{ type: 'message.status', data: { externalId: about, status: 'bounced', reason } }];
}

function textOf({ text, subject }: Mail): string {
  return (text === '' ? subject : text).slice(0, MAX_TEXT).toWellFormed();
}

function filesOf({ id, attachments }: Mail, print?: string): { readonly attachments?: readonly AttachmentGiven[] } {
  if (attachments.length === 0) return {};
  return {
    attachments: attachments.map(({ index, name, mediaType, bytes }) => ({
      ...{ ref: fileRef({ id, index, print }), mediaType, size: bytes.length },
      ...(name === null ? {} : { name }),
    })),
  };
}

/** A file of a mail; `print` = of that one, where several have this id. */
type FileOfMail = { readonly id: string; readonly index: number; readonly print?: string | undefined };

/** Which file of which mail, as one text: `2 <id@host>`, and the print of the mail where it has one. */
export function fileRef({ id, index, print }: FileOfMail): string {
  return `${index} ${id}${print === undefined ? '' : ` ${print}`}`;
}

export function fileOfRef(ref: string): FileOfMail | null {
  const [, index, id, print] = /^(\d{1,3}) (<[^<>\s]+>)(?: ([0-9a-f]{32}))?$/.exec(ref) ?? [];
  return id === undefined ? null : { id, index: Number(index), print };
}
