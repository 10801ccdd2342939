/** Sends the invented inquiries through the real signed webhook. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../lib.mjs';
import { Progress } from './show.mjs';

/** The inquiries that ship, with ids of this run, so that every run is new to the product. */
export function freshInquiries() {
  const run = randomBytes(4).toString('hex');
  const shipped = JSON.parse(readFileSync(join(root, 'definitions', 'demo', 'inquiries.json'), 'utf8'));
  const fresh = (id) => `${id}-${run}`;
  return shipped.map((inquiry) => ({
    ...inquiry,
    buyer: { ...inquiry.buyer, id: fresh(inquiry.buyer.id) },
    conversationId: fresh(inquiry.conversationId),
    messages: inquiry.messages.map((message) => ({ ...message, messageId: fresh(message.messageId) })),
  }));
}

/**
 * Sends all messages, `rate` a second; a buyer's second message waits for its turn behind the first. What cannot be
 * delivered is told, not thrown.
 *
 * @returns per inquiry the ids it was accepted under, and the errors
 */
export async function sendAll(client, inquiries, rate) {
  const total = inquiries.reduce((sum, { messages }) => sum + messages.length, 0);
  const progress = new Progress('sent', total);
  const sent = inquiries.map(() => ({ accepted: [], errors: [] }));
  const began = Date.now();
  let done = 0;
  const turn = (slot) => sleep(Math.max(0, began + (slot * 1_000) / rate - Date.now()));
  // One after the other within a conversation, as channels deliver; side by side between them.
  const conversation = async (inquiry, index) => {
    for (const message of inquiry.messages) {
      await turn(index + message.delaySeconds);
      try {
        sent[index].accepted.push(await client.deliver(eventOf(inquiry, message)));
      } catch (error) {
        sent[index].errors.push(error.message);
      }
      done += 1;
      progress.show(done, `${((done * 1_000) / Math.max(1, Date.now() - began)).toFixed(1)}/s`);
    }
  };
  await Promise.all(inquiries.map(conversation));
  return sent;
}

function eventOf({ buyer, conversationId, about }, { messageId, text }) {
  const data = { messageId, conversationId, sentAt: new Date().toISOString(), buyer, text };
  return { type: 'message.received', data: about === undefined ? data : { ...data, about } };
}
