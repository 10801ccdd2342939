import type { ChannelEvent, PayloadError } from './events.js';

/** A delivery of the channel as it came in. */
export type Notice = {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Address of the caller, behind trusted proxies too. */
  readonly from: string;
  /** Where the platform was told to deliver: as configured, never as the request says; left out where each shop has its own. */
  readonly registeredUrl?: string;
};

/** What a notice says. */
export type ParsedNotice =
  /** It is the whole truth, because the channel signed it. */
  | { readonly kind: 'event'; readonly event: ChannelEvent }
  /** The same for several things at once, and perhaps for several shops. */
  | {
      readonly kind: 'events';
      readonly parts: readonly NoticedPart[];
      /** What of it names no account anybody could read. */
      readonly unplaced: readonly Unread[];
    }
  /** It says where to look: the platform's id of the shop, and what to read. */
  | {
      readonly kind: 'hints';
      /** The platform's id of the notice itself, or an empty text. */
      readonly id: string;
      readonly account: string;
      readonly hints: readonly Hint[];
    }
  /** The consent of some accounts is over, or ends by an instant; both epoch ms, `at` = when the platform said so. */
  | {
      readonly kind: 'consent';
      readonly accounts: readonly string[];
      readonly endsAt: number | null;
      readonly at: number;
    }
  /** A trial of the platform, or something nobody here cares for: answered and forgotten. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly errors: readonly PayloadError[] };

/** A part of a notice that nobody here understands, as a notice of its own that can be read again after a fix. */
export type Unread = { readonly body: Buffer; readonly errors: readonly PayloadError[] };

/** What a signed notice says about one account. */
export type NoticedPart = {
  /** The platform's id of the shop. */
  readonly account: string;
  /** This part of the notice as a notice of its own: what another account was told is none of this shop's. */
  readonly body: Buffer;
  /** In the channel's order. */
  readonly events: readonly ChannelEvent[];
  readonly unread: readonly Unread[];
};

/** How what a channel pushes is told from what anybody else could send, and read. */
export type Notices = {
  /** Whether the channel sent these bytes, by the shop's secrets or whatever else the channel offers. */
  verify(secrets: readonly string[], notice: Notice): boolean;
  parse(body: Buffer): ParsedNotice;
  /**
   * What a platform is answered that asks, before it sends anything, whether this is the address it was told of; null where it
   * is somebody else who asks. Present where the platform does so.
   */
  readonly challenge?: (query: Readonly<Record<string, string>>) => string | null;
};

/** Something of the channel to be read, for example a question. The same hint twice is one thing to read. */
export type Hint = {
  /** A word of the connector's own. */
  readonly kind: string;
  /** The channel's id of it. */
  readonly resource: string;
  /** Whether there may be more of it each time; what a sweep finds of other things is read once. */
  readonly grows?: boolean;
  /** When the channel last had something to tell of it (epoch ms), where a sweep finds that out: read before, it is read again. */
  readonly toldAt?: number;
};
