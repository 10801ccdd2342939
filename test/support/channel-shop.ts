import type { Sim } from '../channels/sim.js';
import type { ApiAnswer } from './api.js';
import { eventually } from './eventually.js';
import type { Stack } from './stack.js';

/** How long tests wait for what must come; none measures by it, and a machine that is busy takes its time. */
export const PATIENT_MS = 60_000;

const LOOK_MS = 200;

/** An inquiry with its messages, each as `in: …` or `out: …`. */
export type Told = { readonly id: string; readonly messages: readonly string[] };

export type ShopToCreate = {
  readonly key: string;
  readonly name: string;
  readonly channel: string;
  readonly settings: Readonly<Record<string, unknown>>;
};

/** The product with a shop on a channel, and the channel's server. */
export abstract class ChannelShop {
  shopId = '';

  protected constructor(
    readonly stack: Stack,
    readonly sim: Sim,
  ) {}

  protected async create(shop: ShopToCreate): Promise<void> {
    const created = await this.stack.as('admin').post('/v1/shops', shop);
    if (created.status !== 201) throw new Error(JSON.stringify(created.body));
    this.shopId = created.body.id;
  }

  /** Looks at once for what nobody told of. */
  async sweep(): Promise<void> {
    // One that is under way may have looked already: it would put the next one off again.
    await eventually(
      () =>
        this.stack.superuser.query(
          `update work_queue set due_at = now()
            where kind = 'reconcile' and ref = $1 and coalesce(lease_until <= now(), true)`,
          [this.shopId],
        ),
      ({ rowCount }) => (rowCount ?? 0) > 0,
      PATIENT_MS,
      50,
    );
  }

  async health(): Promise<ApiAnswer['body']> {
    return (await this.stack.as('admin').get(`/v1/shops/${this.shopId}/health`)).body;
  }

  /** Waits until nothing is wrong with it. */
  async becomesWell(): Promise<void> {
    await eventually(
      () => this.health(),
      ({ state }) => state === 'ok',
      PATIENT_MS,
    );
  }

  /** Inquiries of the shop with their messages in order, as supervisors see them. */
  async inquiries(): Promise<readonly Told[]> {
    const { rows } = await this.stack.superuser.query<{ id: string }>(
      'select id from inquiry where shop_id = $1 order by opened_at, id',
      [this.shopId],
    );
    // One after the other: all at once, again and again, they would take the connections of what is waited for.
    const told: Told[] = [];
    for (const { id } of rows) {
      const { status, body } = await this.stack.as('supervisor').get(`/v1/inquiries/${id}/messages`);
      if (status !== 200) throw new Error(`Messages not read: ${JSON.stringify(body)}`);
      const items = (body as { items: { direction: string; text: string }[] }).items;
      told.push({ id, messages: items.map(({ direction, text }) => `${direction}: ${text}`) });
    }
    return told;
  }

  /** The inquiry in which a buyer's text stands, as soon as there is one. */
  async inquiryWith(text: string): Promise<Told> {
    const found = await eventually(
      async () => (await this.inquiries()).find(({ messages }) => messages.includes(`in: ${text}`)),
      (inquiry) => inquiry !== undefined,
      PATIENT_MS,
      LOOK_MS,
    );
    if (found === undefined) throw new Error('Not there');
    return found;
  }

  /** Waits until an inquiry has these messages and no other, in whatever order. */
  async messagesBecome(id: string, expected: readonly string[]): Promise<void> {
    const wanted = JSON.stringify([...expected].sort());
    await eventually(
      async () => (await this.inquiries()).find((inquiry) => inquiry.id === id)?.messages,
      (messages) => messages !== undefined && JSON.stringify([...messages].sort()) === wanted,
      PATIENT_MS,
      LOOK_MS,
    );
  }

  /** Waits until the messages to the buyer of an inquiry, the oldest first, have ended so. */
  async settles(inquiryId: string, states: readonly string[]): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.stack.superuser.query<{ state: string }>(
          'select state from delivery where inquiry_id = $1 order by queued_at',
          [inquiryId],
        );
        return rows.map(({ state }) => state);
      },
      (now) => JSON.stringify(now) === JSON.stringify(states),
      PATIENT_MS,
      LOOK_MS,
    );
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.sim.stop();
  }
}
