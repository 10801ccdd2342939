import type { ReadOutcome, SendOutcome } from '../../domain/messaging/dispatch.js';

/** A message as a channel is given it; ids are the channel's own, except the intent's. */
export type OutgoingMessage = {
  readonly intentId: string;
  readonly conversationId: string;
  readonly buyerId: string;
  readonly text: string;
  readonly language: string | null;
  readonly inReplyTo: string | null;
  readonly author: 'human' | 'automated';
  readonly attachments: readonly unknown[];
};

/** Where and how a shop's messages leave. */
export type ChannelTarget = {
  readonly url: string;
  /** What to sign with: more than one while the shop's secret changes, so that either side may be the first. */
  readonly secrets: readonly string[];
  readonly requestTimeoutMs: number;
};

/** What the dispatcher needs of a channel. Neither call throws: every end is an outcome. */
export type Channel = {
  send(target: ChannelTarget, message: OutgoingMessage): Promise<SendOutcome>;
  /** Asks what became of an intent. */
  read(target: ChannelTarget, intentId: string): Promise<ReadOutcome>;
};
