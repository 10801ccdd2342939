import { KINDS } from '../attachment/kinds.js';
import type { FileKind } from '../attachment/kinds.js';

/** Files that a channel takes with one message. Sizes are bytes. */
export type FileLimits = {
  readonly kinds: readonly FileKind[];
  readonly maxCount: number;
  readonly maxBytes: number;
  /** Of all files of a message. */
  readonly maxTotalBytes: number;
  /** UTF-16 units of the text beside files, where that is shorter than other texts; 0 = a file goes without words. */
  readonly maxTextLength?: number;
};

/** Things of a platform that it can show in a message by their id. */
export const CARD_KINDS = ['product', 'order'] as const;
export type CardKind = (typeof CARD_KINDS)[number];

/** One of them, by the platform's id of it. */
export type ShownCard = { readonly kind: CardKind; readonly id: string };

/** What a channel takes in one message, as far as a person writing one must know. */
export type MessageLimits = {
  /** UTF-16 units. */
  readonly maxLength: number;
  readonly charset: 'any' | 'latin1';
  readonly links: boolean;
  /** Left out where it takes no files. */
  readonly files?: FileLimits;
  /** Each is a message of its own, without words; left out where it takes none. */
  readonly cards?: readonly CardKind[];
};

/**
 * What a channel can do and what it does not allow. What it cannot do is said here and left out of its connector, so that nobody
 * finds out by an error. Durations are ms.
 */
export type ChannelCapabilities = {
  /** The form templates are rendered in. */
  readonly form: 'letter' | 'chat';
  /** Of a message in a conversation. */
  readonly message: MessageLimits;
  /** Of the one answer that a thread takes; null where threads take any number. */
  readonly answer: MessageLimits | null;
  /** How messages may carry files: not at all, as links, or handed over as `MessageLimits.files` says. */
  readonly attachments: 'none' | 'links' | 'files';
  /** Whether a message that was handed over can be changed. */
  readonly edit: boolean;
  /** Whether messages that no person wrote may be sent. */
  readonly automatedSends: boolean;
  /** How long after a buyer's message the channel takes an answer; null without such a window. */
  readonly windowMs: number | null;
  /** Whether the channel may take a message and decide later that nobody sees it. */
  readonly moderation: boolean;
  /**
   * How a message whose fate nobody knows is found again: asked for by the intent it carries or by its text in its conversation;
   * or nobody can ask, but the channel's notices name the intent (`by_notice`); or not at all. Then a person is asked.
   */
  readonly readBack: 'by_intent' | 'by_content' | 'by_notice' | 'none';
  /** How long the channel may need until what it took can be read. */
  readonly settleMs: number;
  /** Whether the channel states until when an answer is due. */
  readonly statesDeadlines: boolean;
};

const DAY_MS = 86_400_000;

/** What fits into a mail of 25 MB, the size many providers take, once it is written in letters (base64). */
const MAIL_BYTES = 18_000_000;

const MAIL_FILES: FileLimits = {
  kinds: Object.keys(KINDS) as FileKind[],
  maxCount: 10,
  maxBytes: MAIL_BYTES,
  maxTotalBytes: MAIL_BYTES,
};

/** What Amazon's relay passes on is not documented: what most mail has, well below ten megabytes once it is written in letters. */
const RELAY_BYTES = 7_000_000;

const RELAY_FILES: FileLimits = {
  kinds: ['image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'text/plain'],
  maxCount: 5,
  maxBytes: RELAY_BYTES,
  maxTotalBytes: RELAY_BYTES,
};

/** Of a message after a sale: 25 files, each of 25 MB; together no more than one may have, for all of it is sent within one time-out. */
const MERCADO_LIVRE_FILES: FileLimits = {
  kinds: ['image/jpeg', 'image/png', 'application/pdf', 'text/plain'],
  maxCount: 25,
  maxBytes: 25_000_000,
  maxTotalBytes: 25_000_000,
};

/** One file goes with a message, and its text as a caption; of what goes as a picture no more than pictures may have. */
const WHATSAPP_FILES: FileLimits = {
  kinds: ['image/jpeg', 'image/png', 'application/pdf', 'text/plain'],
  maxCount: 1,
  maxBytes: 5_000_000,
  maxTotalBytes: 5_000_000,
  maxTextLength: 1_024,
};

/** A picture is a message of its own, without words; sizes as independent implementations have them. */
const SHOPEE_FILES: FileLimits = {
  kinds: ['image/jpeg', 'image/png', 'image/gif'],
  maxCount: 1,
  maxBytes: 2_000_000,
  maxTotalBytes: 2_000_000,
  maxTextLength: 0,
};

const GENERIC: MessageLimits = { maxLength: 16_384, charset: 'any', links: true };

/** Every channel this installation speaks. */
export const CAPABILITIES = {
  webhook: {
    form: 'chat',
    message: GENERIC,
    // The channel says it per thread; the limits are the same.
    answer: GENERIC,
    attachments: 'links',
    edit: false,
    automatedSends: true,
    windowMs: null,
    moderation: true,
    readBack: 'by_intent',
    settleMs: 5_000,
    statesDeadlines: true,
  },
  /** Sources: Mercado Livre's pages on questions, messages after a sale and moderation; docs/channels/mercadolivre.md. */
  mercadolivre: {
    form: 'chat',
    message: { maxLength: 350, charset: 'latin1', links: false, files: MERCADO_LIVRE_FILES },
    answer: { maxLength: 2_000, charset: 'any', links: false },
    attachments: 'files',
    edit: false,
    automatedSends: false,
    windowMs: 30 * DAY_MS,
    moderation: true,
    readBack: 'by_content',
    settleMs: 5_000,
    statesDeadlines: false,
  },
  /** No public page says how long a text may be, nor when one may be written; docs/channels/shopee.md. */
  shopee: {
    form: 'chat',
    message: { maxLength: 1_000, charset: 'any', links: false, files: SHOPEE_FILES, cards: CARD_KINDS },
    answer: null,
    attachments: 'files',
    edit: false,
    automatedSends: true,
    windowMs: 7 * DAY_MS,
    moderation: true,
    readBack: 'by_content',
    settleMs: 5_000,
    statesDeadlines: true,
  },
  /** Source: Meta's pages on messages, statuses and errors of the Cloud API; docs/channels/whatsapp.md. */
  whatsapp: {
    form: 'chat',
    message: { maxLength: 4_096, charset: 'any', links: true, files: WHATSAPP_FILES },
    answer: null,
    attachments: 'files',
    edit: false,
    automatedSends: true,
    windowMs: DAY_MS,
    moderation: true,
    readBack: 'by_notice',
    // Statuses follow within seconds; nothing is lost when one comes later than that.
    settleMs: 60_000,
    statesDeadlines: false,
  },
  /** No API reads or answers messages: all of it is mail. What no person wrote is left out of caution; docs/channels/amazon.md. */
  amazon: {
    form: 'letter',
    message: { maxLength: 65_536, charset: 'any', links: false, files: RELAY_FILES },
    answer: null,
    attachments: 'files',
    edit: false,
    automatedSends: false,
    windowMs: null,
    moderation: false,
    readBack: 'by_intent',
    settleMs: 30_000,
    statesDeadlines: true,
  },
  /** Sources: RFC 5322, 6409; docs/channels/email.md. */
  email: {
    form: 'letter',
    message: { maxLength: 65_536, charset: 'any', links: true, files: MAIL_FILES },
    answer: null,
    attachments: 'files',
    edit: false,
    automatedSends: true,
    windowMs: null,
    moderation: false,
    readBack: 'by_intent',
    settleMs: 30_000,
    statesDeadlines: false,
  },
} as const satisfies Readonly<Record<string, ChannelCapabilities>>;

export type ChannelName = keyof typeof CAPABILITIES;

/** Names of the channels a shop can be on. */
export const CHANNEL_NAMES = Object.keys(CAPABILITIES) as [ChannelName, ...ChannelName[]];

/** What a channel can do; one that is not spoken here is taken for the generic one. */
export function capabilitiesOf(channel: string): ChannelCapabilities {
  return Object.hasOwn(CAPABILITIES, channel) ? CAPABILITIES[channel as ChannelName] : CAPABILITIES.webhook;
}
