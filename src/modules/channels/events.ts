import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { CATEGORIES } from '../../domain/inquiry/category.js';

/**
 * What channels tell, in one form: the bodies of the `webhook` channel, into which connectors put whatever their platform says. Ids
 * in it are the channel's own, except `intentId`.
 */

const id = z.string().min(1).max(256);
const at = z.iso.datetime({ offset: true });
const locale = z
  .string()
  .min(2)
  .max(35)
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'A language tag such as pt-BR');
const MAX_TEXT = 65_536;

/**
 * Whether people may be given a link of a channel to open. What comes over http from the open network can be exchanged on the
 * way; a channel inside one's own network may have nothing else.
 */
function isSafeToOpen(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast');
}

const buyer = z.object({
  id,
  /** All ids the channel has for them, where it may have several: whoever is known by one of them is the same buyer. */
  ids: z.array(id).max(4).optional(),
  name: z.string().max(512).optional(),
  language: locale.optional(),
});

/** A file of a message, where it may be fetched by people. */
export const attachmentShape = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .refine(isSafeToOpen, 'https, without user name and password; http only for an address of your own network'),
  mediaType: z.string().min(1).max(255),
  name: z.string().max(512).optional(),
  size: z.number().int().nonnegative().optional(),
});

const attachments = z.array(attachmentShape).max(50).optional();

const messageReceived = z.object({
  type: z.literal('message.received'),
  data: z.object({
    messageId: id,
    conversationId: id,
    sentAt: at,
    buyer,
    text: z.string().max(MAX_TEXT),
    thread: z
      .object({
        id,
        answers: z.enum(['one', 'many']).default('many'),
        public: z.boolean().default(false),
        /** It is an inquiry of its own, whatever else the buyer has open; one that takes one answer always is. */
        apart: z.boolean().optional(),
      })
      .optional(),
    platform: z
      .object({
        respondBy: at.optional(),
        windowUntil: at.optional(),
        noResponseNeeded: z.boolean().optional(),
        /** No person wrote it, or whoever did asks for no automatic answer: none is sent, so that two machines never write to each other. */
        automated: z.boolean().optional(),
      })
      .optional(),
    attachments,
    about: z.object({ kind: z.string().max(64), id, title: z.string().max(1024).optional() }).optional(),
    /** Where it is not told by what it is about. */
    category: z.enum(CATEGORIES).optional(),
  }),
});

const messageStatus = z.object({
  type: z.literal('message.status'),
  data: z
    .object({
      intentId: id.optional(),
      externalId: id.optional(),
      status: z.enum(['available', 'rejected', 'bounced']),
      reason: z.string().max(1024).optional(),
      at: at.optional(),
    })
    .refine((data) => data.intentId !== undefined || data.externalId !== undefined, {
      message: 'intentId or externalId is required',
      path: ['intentId'],
    }),
});

const replyExternal = z.object({
  type: z.literal('reply.external'),
  data: z.object({
    messageId: id,
    conversationId: id,
    sentAt: at,
    text: z.string().max(MAX_TEXT),
    author: z.enum(['human', 'automated', 'unknown']).default('human'),
    buyer: buyer.optional(),
    attachments,
    /** The thread it was given in, where that is an inquiry of its own. */
    thread: z.object({ id, answers: z.enum(['one', 'many']).optional() }).optional(),
  }),
});

const platformEvent = z.object({
  type: z.literal('platform.event'),
  data: z.object({
    eventId: id,
    conversationId: id,
    name: z.string().regex(/^[a-z][a-z0-9_.-]{0,62}$/, 'A name such as claim_closed'),
    at,
    about: z.object({ kind: z.string().max(64), id, title: z.string().max(1024).optional() }).optional(),
    data: z.record(z.string().max(64), z.unknown()).optional(),
    buyer: buyer.optional(),
  }),
});

const buyerTyping = z.object({
  type: z.literal('buyer.typing'),
  data: z.object({ conversationId: id, buyer: buyer.optional() }),
});

/** Every event of a channel; an unknown `type` does not fit. */
export const channelEventSchema = z.discriminatedUnion('type', [
  messageReceived,
  messageStatus,
  replyExternal,
  platformEvent,
  buyerTyping,
]);

/** A file that comes with a message: at an address, or kept by the channel, which only its connector can name. */
export type AttachmentGiven =
  | z.infer<typeof attachmentShape>
  | (Omit<z.infer<typeof attachmentShape>, 'url'> & {
      /** The channel's own id of it, for `Files.fetch`. */
      readonly ref: string;
    });

type WithFiles<T> = Omit<T, 'attachments'> & { readonly attachments?: readonly AttachmentGiven[] | undefined };

export type MessageReceived = WithFiles<z.infer<typeof messageReceived>['data']> & {
  /** What tells it from others that have the same id, where ids are not the channel's to give; the same message has the same. */
  readonly print?: string;
};
export type ReplyExternal = WithFiles<z.infer<typeof replyExternal>['data']>;
export type ChannelEvent =
  | { readonly type: 'message.received'; readonly data: MessageReceived }
  | { readonly type: 'reply.external'; readonly data: ReplyExternal }
  | Exclude<z.infer<typeof channelEventSchema>, { readonly type: 'message.received' | 'reply.external' }>;
export type MessageStatus = z.infer<typeof messageStatus>['data'];
export type PlatformEvent = z.infer<typeof platformEvent>['data'];

export type PayloadError = { readonly pointer: string; readonly detail: string };

/** Where a body does not fit, as JSON pointers (RFC 6901). */
export function payloadErrors(error: z.ZodError): PayloadError[] {
  return error.issues.map((issue) => ({
    pointer: issue.path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: issue.message,
  }));
}
