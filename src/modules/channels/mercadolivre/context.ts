import type { z } from 'zod';
import type { Access, Answer, Cards, Context, OrderCard, ProductCard, Subject } from '../connector.js';
import { addressOf } from './addresses.js';
import type { MercadoLivreHttp } from './http.js';
import { itemShape, orderShape, packOrdersShape } from './shapes.js';

/** How much is read at once: what somebody who answers can take in, and the platform's budget bears. */
const MAX_ORDERS = 5;
const MAX_PRODUCTS = 3;

type Read<T> = Promise<Answer<T>>;

/** Orders of packs, and what questions are about. */
export function mercadoLivreContext(http: MercadoLivreHttp): Context {
  return { read: (access, subject) => new Looking(http, access).cards(subject) };
}

/** Reading what one conversation is about. */
class Looking {
  constructor(
    private readonly http: MercadoLivreHttp,
    private readonly access: Access,
  ) {}

  async cards({ conversationIds, productIds }: Subject): Read<Cards> {
    const packs = conversationIds.flatMap((id) => {
      const address = addressOf(id);
      return address?.kind === 'pack' ? [address.id] : [];
    });
    const orderIds = await this.#each(packs, (pack) => this.#ordersOf(pack));
    if (orderIds.kind !== 'read') return orderIds;
    const wanted = [...new Set(orderIds.value.flat())].slice(0, MAX_ORDERS);
    const orders = await this.#each(wanted, (id) => this.#order(id));
    if (orders.kind !== 'read') return orders;
    const products = await this.#each(productIds.slice(0, MAX_PRODUCTS), (id) => this.#product(id));
    if (products.kind !== 'read') return products;
    return { kind: 'read', value: { orders: orders.value, products: products.value } };
  }

  /** What is not there any more is left out; anything else ends it. */
  async #each<T>(ids: readonly string[], read: (id: string) => Read<T>): Read<T[]> {
    const found: T[] = [];
    for (const id of ids) {
      const answer = await read(id);
      if (answer.kind === 'read') found.push(answer.value);
      else if (answer.kind !== 'absent') return answer;
    }
    return { kind: 'read', value: found };
  }

  /** The id may be that of an order without a pack. */
  async #ordersOf(pack: string): Read<string[]> {
    const answer = await this.#get(packOrdersShape, `/packs/${pack}`);
    if (answer.kind === 'absent') return { kind: 'read', value: [pack] };
    return answer.kind === 'read' ? { kind: 'read', value: answer.value.orders.map(({ id }) => id) } : answer;
  }

  async #order(id: string): Read<OrderCard> {
    const answer = await this.#get(orderShape, `/orders/${id}`);
    if (answer.kind !== 'read') return answer;
    const { status, date_created, currency_id, total_amount, order_items } = answer.value;
    const items = order_items.map(({ item, quantity, unit_price }) => {
      return { productId: item.id, title: item.title, quantity, unitPrice: unit_price ?? null };
    });
    const [orderedAt, currency, total] = [date_created ?? null, currency_id ?? null, total_amount ?? null];
    return { kind: 'read', value: { id: answer.value.id, status, orderedAt, currency, total, items } };
  }

  async #product(id: string): Read<ProductCard> {
    const answer = await this.#get(itemShape, `/items/${encodeURIComponent(id)}`);
    if (answer.kind !== 'read') return answer;
    const { title, price, currency_id, available_quantity, permalink } = answer.value;
    return {
      kind: 'read',
      value: {
        ...{ id: answer.value.id, title, price: price ?? null, currency: currency_id ?? null },
        ...{ available: available_quantity ?? null, url: permalink ?? null },
      },
    };
  }

  #get<T>(shape: z.ZodType<T>, path: string): Read<T> {
    return this.http.read(this.access, { group: 'orders', urgent: false, path }, shape);
  }
}
