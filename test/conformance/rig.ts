import type { Verdict } from '../../src/domain/messaging/delivery-state.js';
import type {
  Access,
  Authorisation,
  Connector,
  Grant,
  Hint,
  Notice,
  OutgoingMessage,
} from '../../src/modules/channels/index.js';

/** What a platform can do with a message that is handed over to it. */
export const SEND_FAULTS = [
  'none',
  /** It takes the message and never answers, cuts the connection, or answers 500. */
  'hang_after',
  'cut_after',
  'error_after',
  /** It answers 500 or cuts the connection and has taken nothing. */
  'cut_before',
  'error_before',
  /** It has no time and says so. */
  'busy',
  /** It will not have the message, now or ever. */
  'refuse',
] as const;
export type SendFault = (typeof SEND_FAULTS)[number];

/** What a platform can do with a question. */
export const READ_FAULTS = ['busy', 'error_before', 'cut_before', 'cut_after', 'garbage'] as const;
export type ReadFault = (typeof READ_FAULTS)[number];

/** What is handed in for a grant. */
export type Exchange = Parameters<Authorisation['exchange']>[0];

/** A connector and the server of its platform, which does what it is told. */
export type Rig = {
  readonly connector: Connector;
  readonly access: Access;
  /** The same with a credential the platform does not know. */
  readonly stranger: Access;
  /** How long a platform that hangs is waited for, in ms, where a message takes more than a few exchanges. */
  readonly hastyMs?: number;
  /** An address nobody listens at. */
  readonly unreachable: string;
  /** Access that leads there, where addresses are given and not `Access.url`. */
  readonly nowhere?: Access;
  /**
   * A message that the platform would take: whatever has to be there before it is there. `thread` = as the one answer of a thread,
   * where the channel has such.
   */
  message(text: string, where?: 'conversation' | 'thread'): Promise<OutgoingMessage>;
  /** What happens to the next attempt to hand over `message`; called again, to the one after it. */
  next(message: OutgoingMessage, fault: SendFault): Promise<void>;
  /** How often the platform has a message, whatever it said. */
  taken(message: OutgoingMessage): Promise<number>;
  /** Present where the platform tells by itself what became of messages: what its notices have said about one, newest last. */
  readonly told?: (message: OutgoingMessage) => Promise<readonly Verdict[]>;
  /** Present where the platform tells anything: a delivery as the platform makes it, and some that only look like one. */
  readonly notices?: () => {
    /** Whether the channel signs; one that does not may only hint. */
    readonly signed: boolean;
    readonly secrets: readonly string[];
    readonly good: Notice;
    readonly forged: readonly Notice[];
  };
  /** Present where the channel is read. */
  readonly reading?: {
    /** A buyer writes, to be found under a hint; the channel's id of the message. */
    arrive(text: string): Promise<{ readonly hint: Hint; readonly messageId: string; readonly conversationId: string }>;
    /** What happens to the next read. */
    next(fault: ReadFault): Promise<void>;
    /** A hint at something the platform has never had. */
    readonly unknown: Hint;
  };
  /** Present where consent is needed. */
  readonly consent?: {
    /** Whether the refresh token stays the same; otherwise each works once. */
    readonly stays?: true;
    readonly redirectUri: string;
    /** The seller's administrator follows the link and agrees; what the platform brings back, its `code` and our `state` in it. */
    agree(url: string): Promise<Readonly<Record<string, string>>>;
    /** The same consent as somebody would hand it in who has only seen its code. */
    stolen(asked: Exchange): Exchange;
    /** Present where a refresh token ends that nobody uses: after how many days, and letting days pass for what was given. */
    readonly ages?: { readonly days: number; elapse(days: number): Promise<void> };
    /** What happens to the next request for tokens. */
    next(fault: 'busy' | 'error_before' | 'cut_before' | 'cut_after'): Promise<void>;
    /** Access that a grant gives. */
    accessOf(grant: Grant): Access;
  };
  /** Present where an administrator gives credentials: the platform's id of the account that those of `access` open. */
  readonly credentials?: { readonly account: string };
  stop(): Promise<void>;
};

/** Access that leads to nobody. */
export function nowhereOf({ access, nowhere, unreachable }: Rig): Access {
  return nowhere ?? { ...access, url: unreachable };
}
