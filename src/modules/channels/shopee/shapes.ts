import { z } from 'zod';
import { jsonOf } from './json.js';

/** What the platform's answers and pushes look like, as far as they are read. Ids come as numbers or texts; words are open lists. */

export const idShape = z
  .union([z.string().regex(/^[\w-]{1,128}$/), z.number().int().nonnegative()])
  .transform((id) => String(id));

/** Counts from the platform's clock: seconds or, where it says so, more digits; digits that are too many come as a text. */
const count = z.union([z.number().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(Number);

/** An instant in whole seconds; with one far beyond any year anybody plans for nobody here can do anything. */
const seconds = count.refine((value) => value * 1_000 < Date.UTC(9000, 0), 'An instant in seconds');

const word = z.string().max(128).nullish();

export const envelopeShape = z.object({
  error: z.string().nullish(),
  message: z.string().nullish(),
  response: z.unknown().optional(),
});

/** What a message holds; some replies have it as the text of JSON. */
const contentShape = z.preprocess(
  (content) => (typeof content === 'string' ? jsonOf(content) : content),
  z.record(z.string(), z.unknown()).nullish().catch(null),
);

export const messageShape = z.object({
  message_id: idShape,
  message_type: z.string().max(64),
  from_id: idShape,
  from_shop_id: idShape.nullish(),
  to_id: idShape,
  created_timestamp: seconds,
  status: word,
  source: word,
  content: contentShape,
  source_content: z
    .object({ order_sn: z.string().max(128).nullish().catch(null), item_id: idShape.nullish().catch(null) })
    .nullish()
    .catch(null),
  business_type: z.number().int().nullish(),
});
export type ShopeeMessage = z.infer<typeof messageShape>;

export const messagesShape = z.object({
  messages: z.array(messageShape).nullish(),
  page_result: z.object({ next_offset: z.union([z.string(), z.number()]).nullish() }).nullish(),
});

export const conversationShape = z.object({
  conversation_id: idShape,
  to_id: idShape,
  to_name: z.string().max(512).nullish().catch(null),
  latest_message_id: idShape.nullish().catch(null),
  last_message_timestamp: count,
  business_type: z.number().int().nullish().catch(null),
});

export const conversationsShape = z.object({
  conversations: z.array(conversationShape).nullish(),
  page_result: z
    .object({
      more: z.boolean().nullish(),
      next_cursor: z.object({ next_message_time_nano: idShape.nullish() }).nullish(),
    })
    .nullish(),
});

export const sentShape = z.object({ message_id: idShape });

export const uploadedShape = z.object({ url: z.url({ protocol: /^https?$/ }).max(2_048) });

export const tokenShape = z.object({
  access_token: z.string().min(1).max(4096),
  refresh_token: z.string().min(1).max(4096),
  expire_in: z.number().positive(),
});

export const lostShape = z.object({
  push_message_list: z
    .array(
      z.object({ shop_id: idShape.nullish(), code: z.number().int(), timestamp: count, data: z.unknown().optional() }),
    )
    .nullish(),
  last_message_id: idShape.nullish(),
});

export const pushShape = z.object({
  code: z.number().int(),
  shop_id: idShape.nullish().catch(null),
  timestamp: count.nullish().catch(null),
  msg_id: idShape.nullish().catch(null),
  data: z.unknown().optional(),
});

/** Of a push about the chat. */
export const chatShape = z.object({
  content: z.object({
    conversation_id: idShape,
    message_id: idShape.nullish().catch(null),
    shop_id: idShape.nullish().catch(null),
    business_type: z.number().int().nullish().catch(null),
  }),
});

/** Of a push about the consent of shops. */
export const consentShape = z.object({
  shop_id: idShape.nullish().catch(null),
  shop_id_list: z.array(idShape).nullish().catch(null),
  shop_expire_soon: z.array(idShape).nullish().catch(null),
  expire_before: seconds.nullish().catch(null),
});

export const pushConfigShape = z.object({ live_push_status: z.string().max(64).nullish() });

export const performanceShape = z.object({
  metric_list: z
    .array(
      z.object({
        metric_id: z.number().int(),
        current_period: z.number().nullish(),
        unit: z.number().int().nullish(),
        target: z.object({ value: z.number().nullish(), comparator: z.string().max(4).nullish() }).nullish(),
      }),
    )
    .nullish(),
});

const amount = z.number().nullish().catch(null);
const currency = z.string().max(8).nullish().catch(null);

const orderShape = z.object({
  order_sn: z.string().max(128),
  order_status: z.string().max(64),
  create_time: seconds,
  currency,
  total_amount: amount,
  item_list: z
    .array(
      z.object({
        item_id: idShape,
        item_name: z.string().max(1024),
        model_quantity_purchased: z.number().nonnegative(),
        model_discounted_price: amount,
      }),
    )
    .nullish(),
});
export type ShopeeOrder = z.infer<typeof orderShape>;

export const ordersShape = z.object({ order_list: z.array(orderShape) });

const productShape = z.object({
  item_id: idShape,
  item_name: z.string().max(1024),
  price_info: z.array(z.object({ currency, current_price: amount })).nullish(),
  stock_info_v2: z
    .object({ summary_info: z.object({ total_available_stock: amount }).nullish() })
    .nullish()
    .catch(null),
});
export type ShopeeProduct = z.infer<typeof productShape>;

export const productsShape = z.object({ item_list: z.array(productShape) });

const couponShape = z.object({
  voucher_id: idShape,
  voucher_code: z.string().max(64),
  voucher_name: z.string().max(512),
  start_time: seconds,
  end_time: seconds,
  usage_quantity: amount,
  current_usage: amount,
});
export type ShopeeCoupon = z.infer<typeof couponShape>;

export const couponsShape = z.object({ voucher_list: z.array(couponShape) });
