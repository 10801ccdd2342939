/** An order as people who answer have to see it. Amounts are in units of the currency. */
export type OrderCard = {
  readonly id: string;
  /** The platform's own word. */
  readonly status: string;
  /** RFC 3339 UTC. */
  readonly orderedAt: string | null;
  readonly currency: string | null;
  readonly total: number | null;
  readonly items: readonly {
    readonly productId: string;
    readonly title: string;
    readonly quantity: number;
    readonly unitPrice: number | null;
  }[];
};

/** Something on offer. The price is in units of the currency. */
export type ProductCard = {
  readonly id: string;
  readonly title: string;
  readonly price: number | null;
  readonly currency: string | null;
  /** How many there are to sell. */
  readonly available: number | null;
  readonly url: string | null;
};

/** A coupon that a shop gives. Instants are RFC 3339 UTC. */
export type CouponCard = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** How often it may be used by all buyers together, and has been. */
  readonly quantity: number | null;
  readonly used: number | null;
  readonly state: 'running' | 'scheduled';
};

export type Cards = {
  readonly orders: readonly OrderCard[];
  readonly products: readonly ProductCard[];
  /** Left out where the platform has none, or tells of none. */
  readonly coupons?: readonly CouponCard[];
};

/** What a conversation may be about, by the channel's ids, the newest first. */
export type Subject = {
  readonly conversationIds: readonly string[];
  readonly orderIds: readonly string[];
  readonly productIds: readonly string[];
};
