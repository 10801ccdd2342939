import type { BuyerSide } from './buyer-side.js';
import type { Client } from './client.js';
import { think } from './pace.js';
import { newAnswer, newMessage } from './texts.js';

/** What one inquiry's steps took, in ms. */
export type Timing = {
  readonly inquiryId: string;
  /** From the planned instant of the message to its 202. */
  readonly accept: number;
  /** From the planned instant of the message to its acknowledgement at the buyer. */
  readonly acknowledge: number;
  /** The agent's reply and close, from the request to its answer: each is an update of the workflow. */
  readonly reply: number;
  readonly close: number;
};

/** Messages that begin so run on the definition with short clocks. */
export const CLOCK_PREFIX = 'Relógio. ';

/** Two levels within seconds, so that a run can see how late they fire. */
const CLOCK_DEFINITION = `
atende: 1
key: bench-clock
title: Short clocks
calendar: always
obligations:
  first_response: { within: 6s, clock: wall, escalate: chase }
escalations:
  chase:
    - { at: start+3s, do: [ { notify: { to: holder } } ] }
    - { at: deadline, do: [ { notify: { to: supervisor } }, { set: { urgency: high } } ] }
steps:
  - { id: classify, classify: {} }
  - { id: acknowledge, send: { template: ack } }
  - { id: person, assign: { queue: [sales-br], strategy: least_loaded, preferLastAgent: true } }
  - { id: reply, task: { kind: reply, lease: 20m }, on: { sent: close, not_needed: close } }
  - { id: close, close: { reason: resolved, reopenWithin: 7d, retention: order } }
`;

/** One agent works alone, so that whoever drives the load knows who is offered what. */
export async function setUpShop(client: Client, buyers: BuyerSide, shopId: string): Promise<void> {
  await client.change('admin', 'PATCH', `/v1/shops/${shopId}`, { settings: { replyUrl: buyers.url } });
  const { items } = (await client.get('ops', '/v1/queues')) as {
    readonly items: readonly { readonly id: string; readonly key: string }[];
  };
  const queue = items.find(({ key }) => key === 'sales-br');
  const me = (await client.get('agent', '/v1/me')) as { readonly id: string };
  await client.change('ops', 'PATCH', `/v1/queues/${queue?.id ?? ''}`, { members: [me.id] });
  const yaml = { 'content-type': 'application/yaml' };
  await client.change('ops', 'PUT', '/v1/definitions/bench-clock/draft', CLOCK_DEFINITION, yaml);
  await client.post('ops', '/v1/definitions/bench-clock/publish', {});
  const when = `message.text.startsWith("${CLOCK_PREFIX}")`;
  const rules = [{ when, definition: 'bench-clock' }, { definition: 'standard-br' }];
  await client.change('ops', 'PUT', '/v1/routing', { rules });
}

/** Inquiries as buyer and agent live them. */
export class Shop {
  constructor(
    private readonly client: Client,
    private readonly buyers: BuyerSide,
    private readonly random: () => number,
  ) {}

  /** Message, acknowledgement, reply, close. */
  async lifecycle(planned = performance.now()): Promise<Timing> {
    const message = newMessage(this.random);
    const inquiryId = await this.client.deliver(message.data);
    const accept = performance.now() - planned;
    const acknowledge = (await this.#arrival(message.conversationId, 'automated')) - planned;
    await think(this.random);
    const replied = await this.#timed(`/v1/inquiries/${inquiryId}/replies`, { text: newAnswer(this.random) });
    await this.#arrival(message.conversationId, 'human');
    await think(this.random);
    const closed = await this.#timed(`/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
    this.buyers.forget(message.conversationId);
    return { inquiryId, accept, acknowledge, reply: replied.took, close: closed.took };
  }

  /** An inquiry that is acknowledged and then stays open. */
  async open(prefix = ''): Promise<string> {
    const message = newMessage(this.random, prefix);
    const inquiryId = await this.client.deliver(message.data);
    await this.#arrival(message.conversationId, 'automated');
    this.buyers.forget(message.conversationId);
    return inquiryId;
  }

  /** Closes an inquiry that nobody answered. */
  async giveUp(inquiryId: string): Promise<void> {
    await this.client.post('supervisor', `/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
  }

  /** How late the timers of an inquiry on short clocks fired, in ms. */
  async lateness(inquiryId: string): Promise<readonly number[]> {
    const path = `/v1/inquiries/${inquiryId}/obligations/first_response/1/ledger`;
    const { timers } = (await this.client.get('supervisor', path)) as {
      readonly timers: readonly { readonly lateMs: number | null; readonly state: string }[];
    };
    if (!timers.every(({ state }) => state === 'fired')) throw new Error('A timer has not fired');
    return timers.flatMap(({ lateMs }) => (lateMs === null ? [] : [lateMs]));
  }

  async #arrival(conversationId: string, author: string): Promise<number> {
    const arrival = await this.buyers.next(conversationId);
    if (arrival.author !== author) throw new Error(`The buyer got a message of ${arrival.author}, not of ${author}`);
    return arrival.at;
  }

  async #timed(path: string, body: unknown): Promise<{ readonly body: unknown; readonly took: number }> {
    const began = performance.now();
    const answer = await this.client.post('agent', path, body);
    return { body: answer, took: performance.now() - began };
  }
}
