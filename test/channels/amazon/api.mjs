/** The parts of the Selling Partner API that are spoken here: messages of fixed kinds about an order, and orders. */

const LONGEST = {
  confirmCustomizationDetails: 800,
  confirmDeliveryDetails: 2_000,
  confirmOrderDetails: 2_000,
  confirmServiceDetails: 2_000,
  digitalAccessKey: 400,
  unexpectedProblem: 2_000,
};

const ORDER = '(?<order>\\d{3}-\\d{7}-\\d{7})';
const at = (path) => new RegExp(`^${path.replace(':order', ORDER)}$`);

/** `[method, path, call, handler]`; a handler gives `[status, body]`. */
export const ROUTES = [
  ['GET', at('/messaging/v1/orders/:order'), 'actions', actions],
  ['GET', at('/messaging/v1/orders/:order/attributes'), 'attributes', attributes],
  ['POST', at('/messaging/v1/orders/:order/messages/(?<kind>\\w+)'), 'typed', message],
  ['GET', at('/orders/v0/orders/:order'), 'order', order],
  ['GET', at('/orders/v0/orders/:order/orderItems'), 'items', items],
];

const NO_ORDER = [404, { errors: [{ code: 'NotFound', message: 'The order does not exist.', details: '' }] }];
const invalid = (message) => [400, { errors: [{ code: 'InvalidInput', message, details: '' }] }];

function actions({ orders, settings }, { params, query }) {
  if (query.marketplaceIds !== settings.marketplaceId) return invalid('marketplaceIds is missing or wrong');
  const found = orders.get(params.order);
  if (found === undefined) return NO_ORDER;
  const path = `/messaging/v1/orders/${params.order}/messages`;
  const href = (kind) => `${path}/${kind}?marketplaceIds=${settings.marketplaceId}`;
  return [200, { _links: { actions: found.allowed.map((name) => ({ name, href: href(name) })) } }];
}

function attributes({ orders }, { params }) {
  return orders.has(params.order) ? [200, { buyer: { locale: 'pt-BR' } }] : NO_ORDER;
}

function message(world, { params, query, body }) {
  const { orders, settings } = world;
  const found = orders.get(params.order);
  if (found === undefined) return NO_ORDER;
  if (query.marketplaceIds !== settings.marketplaceId) return invalid('marketplaceIds is missing or wrong');
  if (!found.allowed.includes(params.kind))
    return [403, { errors: [{ code: 'Unauthorized', message: 'The message may not be sent for this order.' }] }];
  const { text } = body;
  if (typeof text !== 'string' || text.length === 0 || text.length > LONGEST[params.kind])
    return invalid('text is missing or too long');
  if (/<[a-z]|\S+@\S+\.\S+/i.test(text)) return invalid('No HTML and no mail addresses');
  world.typed.push({ order: params.order, kind: params.kind, text });
  return [201, {}];
}

function order({ orders }, { params }) {
  const found = orders.get(params.order);
  if (found === undefined) return NO_ORDER;
  const payload = {
    ...{ AmazonOrderId: params.order, OrderStatus: 'Shipped', PurchaseDate: '2026-11-20T12:00:00Z' },
    OrderTotal: { CurrencyCode: 'BRL', Amount: '159.80' },
  };
  return [200, { payload }];
}

function items({ orders }, { params }) {
  if (!orders.has(params.order)) return NO_ORDER;
  const item = { ASIN: 'B0SIM00001', Title: 'Caneca azul', QuantityOrdered: 2 };
  const OrderItems = [{ ...item, ItemPrice: { CurrencyCode: 'BRL', Amount: '139.80' } }];
  return [200, { payload: { AmazonOrderId: params.order, OrderItems } }];
}

/** What the platform lets a seller ask: so many at once, and so many a second, for each call. */
export class Limits {
  #left = new Map();

  /** Takes one request. @returns whether it is too much */
  isOver(call, { perSecond, burst }) {
    const now = Date.now();
    const { left, at: since } = this.#left.get(call) ?? { left: burst, at: now };
    const filled = Math.min(burst, left + ((now - since) / 1_000) * perSecond);
    this.#left.set(call, { left: filled >= 1 ? filled - 1 : filled, at: now });
    return filled < 1;
  }
}
