import type { z } from 'zod';
import type { Access, Answer, Cards, Context, CouponCard, OrderCard, ProductCard, Subject } from '../connector.js';
import { timed } from '../exchange.js';
import type { ShopeeHttp } from './http.js';
import { couponsShape, ordersShape, productsShape } from './shapes.js';
import type { ShopeeCoupon, ShopeeOrder, ShopeeProduct } from './shapes.js';

/** How much is read at once: what somebody who answers can take in. */
const MAX_ORDERS = 5;
const MAX_PRODUCTS = 3;
const MAX_COUPONS = 20;

type Read<T> = Promise<Answer<T>>;
type CouponStatus = 'ongoing' | 'upcoming';

/**
 * Orders and products that messages name, and the coupons of the shop that hold now or will. Nothing of a buyer is asked for. The paths
 * are known from independent implementations; docs/channels/shopee.md.
 */
export function shopeeContext(http: ShopeeHttp): Context {
  return { read: (access, subject) => new Looking(http, timed(access)).cards(subject) };
}

/** Reading what one conversation is about. */
class Looking {
  constructor(
    private readonly http: ShopeeHttp,
    private readonly access: Access,
  ) {}

  async cards({ orderIds, productIds }: Subject): Read<Cards> {
    const orders = await this.#orders(orderIds.slice(0, MAX_ORDERS));
    if (orders.kind !== 'read') return orders;
    const products = await this.#products(productIds.slice(0, MAX_PRODUCTS));
    if (products.kind !== 'read') return products;
    const coupons: CouponCard[] = [];
    for (const state of ['ongoing', 'upcoming'] as const) {
      const answer = await this.#coupons(state);
      if (answer.kind !== 'read') return answer;
      coupons.push(...answer.value);
    }
    return { kind: 'read', value: { orders: orders.value, products: products.value, coupons } };
  }

  #orders(ids: readonly string[]): Read<OrderCard[]> {
    const query = { order_sn_list: ids.join(','), response_optional_fields: 'item_list,total_amount' };
    return ids.length === 0
      ? nothing()
      : this.#list('/api/v2/order/get_order_detail', query, ordersShape, (value) => value.order_list.map(orderOf));
  }

  #products(ids: readonly string[]): Read<ProductCard[]> {
    const query = { item_id_list: ids.join(',') };
    return ids.length === 0
      ? nothing()
      : this.#list('/api/v2/product/get_item_base_info', query, productsShape, (value) =>
          value.item_list.map(productOf),
        );
  }

  #coupons(status: CouponStatus): Read<CouponCard[]> {
    const query = { status, page_no: '1', page_size: String(MAX_COUPONS) };
    return this.#list('/api/v2/voucher/get_voucher_list', query, couponsShape, (value) =>
      value.voucher_list.map((coupon) => couponOf(coupon, status)),
    );
  }

  /** What an application has no permission for, or the platform knows nothing of, is left out: the rest is shown all the same. */
  async #list<T, C>(
    path: string,
    query: Readonly<Record<string, string>>,
    shape: z.ZodType<T>,
    cardsOf: (value: T) => C[],
  ): Read<C[]> {
    const answer = await this.http.read(this.access, { group: 'shop_read', path, query }, shape);
    if (answer.kind === 'absent' || (answer.kind === 'later' && answer.code?.includes('permission'))) return nothing();
    return answer.kind === 'read' ? { kind: 'read', value: cardsOf(answer.value) } : answer;
  }
}

function orderOf(order: ShopeeOrder): OrderCard {
  return {
    ...{ id: order.order_sn, status: order.order_status.toLowerCase(), orderedAt: instantOf(order.create_time) },
    ...{ currency: order.currency ?? null, total: order.total_amount ?? null },
    items: (order.item_list ?? []).map((item) => ({
      ...{ productId: item.item_id, title: item.item_name, quantity: item.model_quantity_purchased },
      unitPrice: item.model_discounted_price ?? null,
    })),
  };
}

function productOf({
  item_id: id,
  item_name: title,
  price_info: prices,
  stock_info_v2: stock,
}: ShopeeProduct): ProductCard {
  const price = prices?.[0];
  return {
    ...{ id, title, price: price?.current_price ?? null, currency: price?.currency ?? null },
    ...{ available: stock?.summary_info?.total_available_stock ?? null, url: null },
  };
}

function couponOf(coupon: ShopeeCoupon, status: CouponStatus): CouponCard {
  return {
    ...{ id: coupon.voucher_id, code: coupon.voucher_code, name: coupon.voucher_name },
    ...{ startsAt: instantOf(coupon.start_time), endsAt: instantOf(coupon.end_time) },
    ...{ quantity: coupon.usage_quantity ?? null, used: coupon.current_usage ?? null },
    state: status === 'ongoing' ? 'running' : 'scheduled',
  };
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

function nothing(): Promise<{ readonly kind: 'read'; readonly value: never[] }> {
  return Promise.resolve({ kind: 'read', value: [] });
}
