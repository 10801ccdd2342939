import type { ChannelEvent } from '../events.js';
import { addressText } from './addresses.js';
import { filesOf, moderationOf, rejected } from './events.js';
import type { Claim, ClaimMessage } from './shapes.js';

/** A message of a claim under an id of ours: the platform has none. */
export type NamedClaimMessage = { readonly id: string; readonly message: ClaimMessage };

/** What stands before the words of a mediator, who is nobody of the buyer's. */
const MEDIATOR = '[Mercado Livre]';

/**
 * What was written in a claim to the seller or by them, in the order given. It stands apart from whatever else the buyer writes; an answer
 * to a mediator goes to the mediator.
 */
export function claimEvents(claim: Claim, messages: readonly NamedClaimMessage[]): ChannelEvent[] {
  const buyer = playerOf(claim, 'complainant')?.user_id;
  if (buyer === undefined) return [];
  const thread = { id: addressText({ kind: 'claim', id: claim.id }) };
  return messages.flatMap(({ id: messageId, message }): ChannelEvent[] => {
    const { sender_role: sender, receiver_role: receiver, message: text } = message;
    const isMediated = sender === 'mediator' || receiver === 'mediator';
    const attachments = filesOf(message.attachments, (name) => `claim:${claim.id}:${name}`);
    const common = {
      ...{ messageId, sentAt: message.date_created, buyer: { id: buyer }, text: text ?? '' },
      conversationId: addressText({ kind: isMediated ? 'mediation' : 'claim', id: claim.id }),
      ...(attachments.length === 0 ? {} : { attachments }),
    };
    if (sender === 'respondent') {
      const why = moderationOf(message);
      if (why !== null) return [rejected(messageId, why)];
      return [{ type: 'reply.external', data: { ...common, author: 'human', thread } }];
    }
    // What the buyer and the platform write to each other is not the seller's to answer.
    const isForUs = receiver === 'respondent' || (receiver ?? null) === null;
    if (!isForUs || (common.text === '' && attachments.length === 0)) return [];
    const words = sender === 'mediator' ? `${MEDIATOR} ${common.text}`.trim() : common.text;
    const apart = { ...thread, answers: 'many', public: false, apart: true } as const;
    const about = { kind: 'claim', id: claim.id };
    return [{ type: 'message.received', data: { ...common, text: words, thread: apart, about } }];
  });
}

/** Who takes part in a claim as what. */
export function playerOf({ players }: Claim, role: string): Claim['players'][number] | undefined {
  return players.find((player) => player.role === role);
}
