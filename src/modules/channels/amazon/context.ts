import type { Access, Answer, Cards, Context, OrderCard, Subject } from '../connector.js';
import { timed } from '../exchange.js';
import type { AmazonHttp } from './http.js';
import { relayAddressOf } from './relay.js';
import { orderItemsShape, orderShape } from './shapes.js';

/** How many are read at once: the platform gives one in two seconds. */
const MAX_ORDERS = 2;

/** Orders that a conversation names. Nothing of a buyer is asked for: neither name nor address. */
export function amazonOrders(http: AmazonHttp): Context {
  return { read: (access, subject) => read(http, timed(access), subject) };
}

async function read(http: AmazonHttp, access: Access, { conversationIds }: Subject): Promise<Answer<Cards>> {
  const ids = conversationIds.flatMap((id) => relayAddressOf(id)?.orderId ?? []);
  const orders: OrderCard[] = [];
  for (const id of [...new Set(ids)].slice(0, MAX_ORDERS)) {
    const answer = await cardOf(http, access, id);
    if (answer.kind === 'read') orders.push(answer.value);
    else if (answer.kind !== 'absent') return answer;
  }
  return { kind: 'read', value: { orders, products: [] } };
}

async function cardOf(http: AmazonHttp, access: Access, id: string): Promise<Answer<OrderCard>> {
  const ask = { group: 'orders', urgent: false } as const;
  const order = await http.read(access, { ...ask, path: ['orders', 'v0', 'orders', id] }, orderShape);
  if (order.kind !== 'read') return order;
  const items = await http.read(
    access,
    { ...ask, path: ['orders', 'v0', 'orders', id, 'orderItems'] },
    orderItemsShape,
  );
  if (items.kind !== 'read') return items;
  const { OrderStatus: status, PurchaseDate: orderedAt, OrderTotal: total } = order.value.payload;
  return {
    kind: 'read',
    value: {
      ...{ id, status: status.toLowerCase() },
      orderedAt: orderedAt ? new Date(orderedAt).toISOString() : null,
      ...{ currency: total?.CurrencyCode ?? null, total: total?.Amount ?? null },
      items: items.value.payload.OrderItems.map(({ ASIN, Title, QuantityOrdered: quantity, ItemPrice }) => ({
        ...{ productId: ASIN, title: Title ?? ASIN, quantity },
        unitPrice: unitPrice(ItemPrice?.Amount ?? null, quantity),
      })),
    },
  };
}

/** The platform names the price of all of them together. */
function unitPrice(together: number | null, quantity: number): number | null {
  return together === null || quantity <= 0 ? null : together / quantity;
}
