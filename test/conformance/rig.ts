import type { Access, Connector, Notice, OutgoingMessage } from '../../src/modules/channels/index.js';

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

/** A connector and the server of its platform, which does what it is told. */
export type Rig = {
  readonly connector: Connector;
  readonly access: Access;
  /** The same with a credential the platform does not know. */
  readonly stranger: Access;
  /** An address nobody listens at. */
  readonly unreachable: string;
  /** A message that the platform would take: whatever has to be there before it is there. */
  message(text: string): Promise<OutgoingMessage>;
  /** What happens to the next attempt to hand over `message`; called again, to the one after it. */
  next(message: OutgoingMessage, fault: SendFault): void;
  /** How often the platform has a message, whatever it said. */
  taken(message: OutgoingMessage): number;
  /** A delivery as the platform makes it, and some that only look like one. */
  notices(): { readonly secrets: readonly string[]; readonly good: Notice; readonly forged: readonly Notice[] };
  stop(): Promise<void>;
};
