import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../support/api.js';
import type { ApiAnswer } from '../support/api.js';
import type { AcceptedMessage, DoneAct } from '../support/end-check.js';
import { webhookHeaders } from '../support/product.js';
import type { DemoFile } from '../support/product.js';
import { Seeded } from '../support/seeded.js';

/** What becomes of one inquiry, from the point of view of those who take part. */
const STORIES = ['answered', 'late', 'noted', 'abandoned'] as const;
/** `long`: more happens to the inquiry than one run of its workflow takes. */
export type Story = (typeof STORIES)[number] | 'long';

type Member = 'agent' | 'agent2' | 'supervisor';
type Claimed = { readonly member: Member; readonly taskId: string; readonly token: number };
type TaskRow = { readonly id: string; readonly kind: string; readonly assignee: { readonly id: string } | null };

/** How long one request is repeated before the test gives up: longer than any outage it makes. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 250;

/** A note after the other costs six events each; a run ends at three hundred. */
const LONG_NOTES = 60;

/** Longer than the last level of the chaos definition. */
const LATE_MS = 3_500;

/**
 * Buyers who write and people who answer, over HTTP, each repeating what got no answer until it gets one, as a channel and a
 * console do. It remembers what the product said it has done.
 */
export class Load {
  readonly accepted: AcceptedMessage[] = [];
  readonly acts: DoneAct[] = [];
  readonly #demo: DemoFile;
  readonly #chance: Seeded;
  readonly #name: string;
  readonly #members = new Map<string, Member>();
  #count = 0;

  constructor(demo: DemoFile, seed: number) {
    this.#demo = demo;
    this.#chance = new Seeded(seed);
    this.#name = `${seed}-${Date.now().toString(36)}`;
  }

  /** Lets `count` inquiries happen at once; ends when the last caller has got its answer. */
  async run(count: number, stories: readonly Story[] = STORIES): Promise<void> {
    const order = this.#chance.shuffled(stories);
    await Promise.all(Array.from({ length: count }, (_, n) => this.#tell(order[n % order.length] ?? 'answered')));
  }

  /** Inquiries whose callers were told that they are closed, and want nothing more of them. */
  get closed(): string[] {
    return this.acts.filter(({ what, done }) => what === 'close' && done).map(({ inquiryId }) => inquiryId);
  }

  /** Delivers what the buyer's side has to say about a message, until it is accepted. */
  async report(event: unknown): Promise<void> {
    await this.#deliver(JSON.stringify(event));
  }

  /** Keeps `atOnce` inquiries happening until the time is over. */
  async runFor(ms: number, atOnce: number): Promise<void> {
    const until = Date.now() + ms;
    const line = async (): Promise<void> => {
      while (Date.now() < until) await this.run(1);
    };
    await Promise.all(Array.from({ length: atOnce }, line));
  }

  async #tell(story: Story): Promise<void> {
    const buyer = `b-${this.#name}-${(this.#count += 1)}`;
    const twice = this.#chance.chance(0.4);
    const again = this.#chance.chance(0.3);
    const inquiryId = await this.#write(buyer, 1, again);
    if (twice) await this.#write(buyer, 2, false);
    if (story === 'late') await sleep(LATE_MS);
    if (story === 'noted') return this.#note(buyer, inquiryId);
    if (story === 'long') return this.#noteOften(inquiryId);
    const claimed = await this.#claim(inquiryId);
    if (story === 'abandoned') return;
    await this.#reply(inquiryId, claimed);
    await this.#act('close', inquiryId, 'supervisor', `/v1/inquiries/${inquiryId}/close`, { reason: 'resolved' });
  }

  async #note(buyer: string, inquiryId: string): Promise<void> {
    for (const text of ['Cliente antigo.', 'Pediu nota fiscal.']) await this.#noteOnce(inquiryId, text);
    await this.#write(buyer, 3, false);
  }

  async #noteOften(inquiryId: string): Promise<void> {
    for (let n = 1; n <= LONG_NOTES; n += 1) await this.#noteOnce(inquiryId, `Ligação ${n}.`);
  }

  async #noteOnce(inquiryId: string, text: string): Promise<void> {
    await this.#act('note', inquiryId, 'supervisor', `/v1/inquiries/${inquiryId}/notes`, { text });
  }

  /** Claims the open task for whoever it was offered to; null when nobody could have it. */
  async #claim(inquiryId: string): Promise<Claimed | null> {
    const task = await this.#openTask(inquiryId);
    const member = (await this.#memberOf(task.assignee?.id)) ?? 'agent';
    const answer = await this.#act('claim', inquiryId, member, `/v1/tasks/${task.id}/claim`, undefined);
    return answer.status === 200 ? { member, taskId: task.id, token: Number(answer.body.token) } : null;
  }

  async #reply(inquiryId: string, claimed: Claimed | null): Promise<void> {
    const text = 'Chega amanhã até as 18 h.';
    if (claimed === null) {
      await this.#act('reply', inquiryId, 'supervisor', `/v1/inquiries/${inquiryId}/replies`, { text });
      return;
    }
    const { member, taskId, token } = claimed;
    await this.#act('reply', inquiryId, member, `/v1/tasks/${taskId}/complete`, { action: 'send', token, text });
  }

  /** Delivers a buyer message until it is accepted; `again` delivers it once more, which must change nothing. */
  async #write(buyer: string, order: number, again: boolean): Promise<string> {
    const data = {
      messageId: `m-${buyer}-${order}`,
      conversationId: `c-${buyer}`,
      sentAt: new Date().toISOString(),
      buyer: { id: buyer },
      text: order === 1 ? 'Oi, quando chega o meu pedido?' : 'Alguma novidade?',
      // A text that is there whenever the product is.
      ...(order === 1 ? { attachments: [{ url: `${this.#demo.baseUrl}/health/live`, mediaType: 'text/plain' }] } : {}),
    };
    const body = JSON.stringify({ type: 'message.received', data });
    const first = await this.#deliverMessage(body);
    this.accepted.push({ buyer, order, messageId: first.messageId, inquiryId: first.inquiryId });
    if (again) {
      const second = await this.#deliverMessage(body);
      if (second.messageId !== first.messageId || !second.duplicate)
        throw new Error(`The same message was accepted twice: ${JSON.stringify([first, second])}`);
    }
    return first.inquiryId;
  }

  async #deliverMessage(body: string): Promise<{ messageId: string; inquiryId: string; duplicate: boolean }> {
    return (await this.#deliver(body)) as { messageId: string; inquiryId: string; duplicate: boolean };
  }

  async #deliver(body: string): Promise<unknown> {
    const { baseUrl, shop } = this.#demo;
    const answer = await persist(async () => {
      const response = await fetch(`${baseUrl}/channels/webhook/${shop.id}`, {
        method: 'POST',
        body,
        headers: webhookHeaders(shop.webhookSecret, body),
      });
      return { status: response.status, body: await response.json() } as ApiAnswer;
    });
    if (answer.status !== 202) throw new Error(`Refused: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** An act of a person with one `Idempotency-Key`, repeated until it has its answer, and what that was. */
  async #act(
    what: DoneAct['what'],
    inquiryId: string,
    member: Member,
    path: string,
    body: unknown,
  ): Promise<ApiAnswer> {
    const api = new Api(this.#demo.baseUrl, this.#demo.keys[member]);
    const idempotencyKey = randomUUID();
    const first = await persist(() => api.post(path, body, { idempotencyKey }));
    const pending = first.status === 202 && first.body.state === 'pending';
    const answer = pending ? await settledCommand(api, String(first.body.commandId)) : first;
    const closing = what === 'close' && answer.body?.state === 'closing';
    this.acts.push({ what, inquiryId, done: answer.status < 300 && !closing });
    return answer;
  }

  async #openTask(inquiryId: string): Promise<TaskRow> {
    const api = new Api(this.#demo.baseUrl, this.#demo.keys.supervisor);
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until) {
      const { body } = await persist(() => api.get(`/v1/tasks?inquiry=${inquiryId}&state=ready,offered,claimed`));
      const [task] = body.items as TaskRow[];
      if (task !== undefined) return task;
      await sleep(PAUSE_MS);
    }
    throw new Error(`No task was opened for ${inquiryId}`);
  }

  async #memberOf(memberId: string | undefined): Promise<Member | undefined> {
    for (const member of ['agent', 'agent2'] as const) {
      if ([...this.#members.values()].includes(member)) continue;
      const api = new Api(this.#demo.baseUrl, this.#demo.keys[member]);
      const { body } = await persist(() => api.get('/v1/me'));
      this.#members.set(String(body.id), member);
    }
    return memberId === undefined ? undefined : this.#members.get(memberId);
  }
}

/** Repeats a request until it is answered by something else than an outage. */
async function persist(ask: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask().catch((error: unknown) => ({ status: 0, body: String(error), headers: new Headers() }));
    const outage = answer.status === 0 || answer.status === 429 || answer.status >= 500;
    if (!outage) return answer;
    if (Date.now() > until) throw new Error(`No answer in time, last: ${answer.status} ${JSON.stringify(answer.body)}`);
    await sleep(PAUSE_MS);
  }
}

/** The end of a command that was answered with "pending". */
async function settledCommand(api: Api, id: string): Promise<ApiAnswer> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const answer = await persist(() => api.get(`/v1/commands/${id}`));
    if (answer.body.state === 'applied') return { ...answer, body: answer.body.result };
    if (answer.body.state === 'refused') return { ...answer, status: 409, body: answer.body.problem };
    await sleep(PAUSE_MS);
  }
  throw new Error(`The command ${id} is never answered`);
}
