import type { z } from 'zod';
import type { ChannelCapabilities, ShownCard } from '../../domain/channel/capabilities.js';
import type { FileKind } from '../../domain/attachment/kinds.js';
import type { FilledTemplate, PlatformTemplate } from '../../domain/channel/platform-template.js';
import type { ReadOutcome, SendOutcome } from '../../domain/messaging/dispatch.js';
import type { Authorisation } from './authorisation.js';
import type { Cards, Subject } from './cards.js';
import type { ChannelEvent, PayloadError } from './events.js';
import type { Metrics } from './metrics.js';
import type { Hint, Notices } from './notices.js';
import type { Pushes } from './push-state.js';

export type { Authorisation, Grant, GrantOutcome } from './authorisation.js';
export type { Cards, CouponCard, OrderCard, ProductCard, Subject } from './cards.js';
export type { Metrics, ShopMetric } from './metrics.js';
export type { Hint, Notice, NoticedPart, Notices, ParsedNotice, Unread } from './notices.js';
export type { Pushes } from './push-state.js';

/**
 * One channel's protocol in code. Every channel implements it; whatever it cannot do is absent here and told by its
 * capabilities. A connector keeps nothing: no database, no clock of its own beyond the moment of a request, no retries. None of
 * its calls throws; every end is an outcome.
 */
export type Connector = {
  readonly name: string;
  readonly capabilities: ChannelCapabilities;
  /** Where the platform is reached; absent where each shop has an address of its own. */
  readonly address?: string;
  /** Endpoints that the platform counts together, by the names its budget has; absent where nobody counts. */
  readonly groups?: readonly string[];
  /** Present where the channel tells anything by itself. */
  readonly notices?: Notices;
  /** Hands a message over; called once per attempt. */
  send(access: Access, message: OutgoingMessage): Promise<SendOutcome>;
  /** Asks what became of a message. Present where `capabilities.readBack` says by what. */
  readonly find?: (access: Access, sought: Sought) => Promise<ReadOutcome>;
  /** Present where a seller's consent has to be asked for. */
  readonly authorisation?: Authorisation;
  /** Present where an administrator gives what the platform is reached with, because it has no page to consent on. */
  readonly credentials?: Credentials;
  /** Present where a notice is a hint and the channel is read. */
  readonly reading?: Reading;
  /** Present where the channel keeps files under ids of its own. */
  readonly files?: Files;
  /** Present where a shop can keep a buyer away. */
  readonly blocking?: Blocking;
  /** Present where the platform can be asked what a conversation is about. */
  readonly context?: Context;
  /** Present where the platform counts how a shop answers. */
  readonly metrics?: Metrics;
  /** Present where the platform says whether it still tells us anything. */
  readonly pushes?: Pushes;
  /** Present where the platform takes texts that it has approved when it takes no free text any more. */
  readonly templates?: Templates;
  /** Present where the platform has another way for some things, with a consent of its own. */
  readonly beside?: Beside;
};

/** What a channel does by another way of its platform. The seller's consent to it is asked for apart: the channel goes on without it. */
export type Beside = {
  readonly address: string;
  readonly groups?: readonly string[];
  readonly authorisation: Authorisation;
  readonly templates: Templates;
  /** Hands over a message that was made of a template. Nobody can ask later what became of it. */
  send(access: Access, message: OutgoingMessage): Promise<SendOutcome>;
  readonly context?: Context;
};

/** How an account is opened. */
export type Opening = Pick<Connector, 'address' | 'authorisation' | 'credentials'>;

/** With what a shop's channel is reached. */
export type Access = {
  /** Where requests go: the shop's own address, or the platform's. */
  readonly url: string;
  /**
   * What requests are signed or authorised with, newest first; two while a secret changes, so that either side may be first. Where
   * an administrator gives them: one for each name of `Credentials.secret`, in its order, empty where it was left out. Where a consent
   * completes what is given: its access token alone.
   */
  readonly secrets: readonly string[];
  /** What an administrator gave besides secrets, checked by `Credentials.shape`; absent where nothing is given. */
  readonly settings?: Given;
  /** The platform's id of the shop; null where the channel has none. */
  readonly account: string | null;
  /** The whole of one call, in ms, however many requests it takes: whoever calls expects nothing to happen after that. */
  readonly requestTimeoutMs: number;
};

/** A message as a channel is given it; ids are the channel's own, except the intent's. */
export type OutgoingMessage = {
  readonly intentId: string;
  readonly conversationId: string;
  readonly buyerId: string;
  readonly text: string;
  readonly language: string | null;
  readonly inReplyTo: string | null;
  readonly author: 'human' | 'automated';
  /** Links, where the channel takes those. */
  readonly attachments: readonly unknown[];
  /** Files to hand over, within `MessageLimits.files` of the channel; left out = none. */
  readonly files?: readonly OutgoingFile[];
  /** Something of the platform's that is the message, without words; left out = there are words or files. */
  readonly card?: ShownCard;
  /** The platform's template that the text was made of; it is sent instead. Left out = free text. */
  readonly template?: FilledTemplate;
  /**
   * Where the channel is read by content: its ids of the answers in this conversation that are known already, the newest ones. What
   * it has besides them is this message, or somebody's who answered elsewhere. Left out = nothing is said about it.
   */
  readonly known?: readonly string[];
};

/** A file that goes with a message. */
export type OutgoingFile = {
  /** Without folders, ending as its kind does. */
  readonly name: string;
  readonly mediaType: FileKind;
  readonly bytes: Buffer;
};

/** Texts that the platform has looked at beforehand. */
export type Templates = {
  /**
   * All of them, whatever their state.
   *
   * @param conversationIds the channel's ids of one conversation, the newest first, where it decides which may be sent; null = of none
   */
  list(access: Access, conversationIds: readonly string[] | null): Promise<Answer<readonly PlatformTemplate[]>>;
};

/** A message whose fate nobody knows. */
export type Sought = {
  readonly intentId: string;
  /** When the attempt began, epoch ms. */
  readonly since: number;
  /** The message itself, where the channel is read by content; null where the intent is enough. */
  readonly message: OutgoingMessage | null;
};

/** What asking a platform for something came to. `T` is what was asked for. */
export type Answer<T> =
  | { readonly kind: 'read'; readonly value: T }
  /** The platform has no such thing; it may have it a little later. */
  | { readonly kind: 'absent' }
  /** Not now: limits, time-outs, server errors. */
  | { readonly kind: 'later'; readonly retryAfterMs: number | null; readonly code: string }
  /** The consent is gone, or does not reach this far. */
  | { readonly kind: 'unauthorised'; readonly code: string }
  /** Words nobody here understands; kept for a look. */
  | { readonly kind: 'unreadable'; readonly body: string; readonly errors: readonly PayloadError[] };

/** What reading a hint came to. */
export type HintRead =
  | Answer<readonly ChannelEvent[]>
  /** What the hint names is not there, or not yet; this is what stands around it, and nobody has to wait for that. */
  | { readonly kind: 'partial'; readonly value: readonly ChannelEvent[] };

/** Reading a platform whose notices are hints. */
export type Reading = {
  /** What a hint leads to, in the channel's order. What is not the shop's gives nothing. */
  read(access: Access, hint: Hint): Promise<HintRead>;
  /** The hint under which a conversation is read again. */
  hintOf(conversationId: string): Hint | null;
  /** Everything the platform shows of one conversation, in the channel's order. */
  conversation(access: Access, conversationId: string): Promise<Answer<readonly ChannelEvent[]>>;
  /**
   * One part of what may have come although no notice said so.
   *
   * @param cursor where the part before left off, null at first
   * @param sweptAt when everything had been looked at last (epoch ms); null or left out = never
   */
  changes(access: Access, cursor: string | null, sweptAt?: number | null): Promise<Answer<Changes>>;
  /**
   * Stays with the platform until `listener.signal` or the platform ends it, and says what it tells meanwhile; `read` = it was ended
   * here. Present where the platform calls nobody, but tells whoever waits for it. It is the one call that `access.requestTimeoutMs`
   * does not bound, except until it is connected.
   */
  readonly watch?: (access: Access, listener: Listener) => Promise<Answer<null>>;
};

/** Who stays with a platform. Whatever it is told may be a part of the truth: sweeps find the rest. */
export type Listener = {
  readonly signal: AbortSignal;
  /** From now on the platform is heard; what came before has to be looked for. */
  connected(): Promise<void>;
  told(hints: readonly Hint[]): Promise<void>;
};

export type Changes = {
  readonly hints: readonly Hint[];
  /** Bodies of notices that reached nobody, about whichever shop of the application; asking for the next part confirms them. */
  readonly notices?: readonly Buffer[];
  /** From where to go on at once; null when everything has been looked at. */
  readonly next: string | null;
  /** Once everything has been looked at: where the next sweep begins; at the beginning, unless given. */
  readonly keep?: string;
};

/** A file as it came: unchecked, whatever the channel says it is. */
export type FetchedFile = {
  readonly bytes: Buffer;
  /** False when there was more of it than was asked for. */
  readonly complete: boolean;
};

/** Files that the channel keeps and gives by an id of its own, the `ref` of an attachment in an event. */
export type Files = {
  /** Fetches a file, reading `maxBytes` of it at most. */
  fetch(access: Access, ref: string, maxBytes: number): Promise<Answer<FetchedFile>>;
};

/** What an administrator gives, by its names. */
export type Given = Readonly<Record<string, string | number | boolean | undefined>>;

/** What trying credentials came to. */
export type CheckOutcome =
  /** They are good, for this account: the platform's id of it. */
  | { readonly kind: 'good'; readonly account: string }
  /** The platform says no, or will always; `field` = the given thing at fault, where that is known. */
  | { readonly kind: 'refused'; readonly code: string; readonly field?: string }
  /** Nobody could be asked. */
  | { readonly kind: 'later'; readonly code: string };

/**
 * Reaching a platform with what an administrator gives. A platform that does not take a secret any more is told by the code
 * `token_invalid`, from whatever call: then everything waits until somebody gives another.
 */
export type Credentials = {
  /** What has to be given: a flat object, nothing else in it. */
  readonly shape: z.ZodType<Given>;
  /** Which of it is secret: sealed, and never shown again. */
  readonly secret: readonly string[];
  /** Tries them against the platform before they are kept; `access.account` is null then. */
  check(access: Access): Promise<CheckOutcome>;
  /**
   * Whose consent completes what was given; null where it is enough by itself, undefined where the application for it is missing on
   * this installation. Present where there is such. What was given is checked without secrets first, and with the access token of the
   * consent before that is kept.
   */
  readonly consent?: (settings: Given) => Authorisation | null | undefined;
};

/** Keeping buyers away from a shop. */
export type Blocking = {
  /** Blocks a buyer, or lets them in again; asking for what is so already changes nothing. */
  set(access: Access, buyerId: string, blocked: boolean): Promise<Answer<null>>;
};

/** What a platform knows of orders and products beside a conversation. */
export type Context = {
  read(access: Access, subject: Subject): Promise<Answer<Cards>>;
};

/** Whether nothing can be done for a shop before its account on the platform has been opened, by consent or with credentials. */
export function needsAccount({
  authorisation,
  credentials,
}: Pick<Connector, 'authorisation' | 'credentials'>): boolean {
  return authorisation !== undefined || credentials !== undefined;
}
