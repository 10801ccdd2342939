import { z } from 'zod';

/** What the platform's answers look like, as far as they are read. Ids come as numbers or texts; statuses are open lists. */

export const idShape = z
  .union([z.string().min(1).max(128), z.number().int().nonnegative()])
  .transform((id) => String(id));

/** An instant of the platform, with whatever offset, as UTC. */
const instantShape = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'An instant')
  .transform((text) => new Date(text).toISOString());

export const questionShape = z.object({
  id: idShape,
  date_created: instantShape,
  item_id: z.string().min(1).max(128),
  seller_id: idShape,
  status: z.string().max(64),
  text: z.string().nullish(),
  answer: z.object({ text: z.string().nullish(), status: z.string().max(64), date_created: instantShape }).nullish(),
  from: z.object({ id: idShape }),
});
export type Question = z.infer<typeof questionShape>;

export const questionsShape = z.object({
  total: z.number().int().nonnegative(),
  questions: z.array(z.object({ id: idShape })),
});

const dates = z.object({
  created: instantShape.nullish(),
  received: instantShape.nullish(),
  available: instantShape.nullish(),
});

const attachment = z.object({
  filename: z.string().min(1).max(512),
  original_filename: z.string().max(512).nullish().catch(null),
  type: z.string().max(255).nullish().catch(null),
  size: z.number().int().nonnegative().nullish().catch(null),
});

export const messageShape = z.object({
  id: idShape,
  from: z.object({ user_id: idShape }),
  status: z.string().max(64),
  text: z.string().nullish(),
  message_date: dates,
  message_moderation: z.object({ status: z.string().max(64), reason: z.string().max(256).nullish() }).nullish(),
  message_attachments: z.array(attachment).nullish(),
  message_resources: z.array(z.object({ id: idShape, name: z.string() })).nullish(),
});
export type PackMessage = z.infer<typeof messageShape>;

export const packShape = z.object({
  paging: z.object({ total: z.number().int().nonnegative() }),
  conversation_status: z
    .object({ path: z.string().nullish(), status: z.string(), substatus: z.string().nullish() })
    .nullish(),
  messages: z.array(messageShape),
});
export type Pack = z.infer<typeof packShape>;

const resources = z.array(z.object({ id: idShape, name: z.string() }));

/** One message alone, in either of the two shapes the platform has for it: all that is needed is where it belongs. */
export const placeShape = z.union([
  z
    .object({ messages: z.array(z.object({ message_resources: resources })).min(1) })
    .transform(({ messages }) => messages[0]?.message_resources ?? []),
  z.object({ message_resources: resources }).transform(({ message_resources: found }) => found),
]);

export const buyerShape = z.object({ buyer: z.object({ id: idShape }) });

export const packOrdersShape = z.object({ orders: z.array(z.object({ id: idShape })) });

const amount = z.number().nullish().catch(null);

export const orderShape = z.object({
  id: idShape,
  status: z.string().max(64),
  date_created: instantShape.nullish().catch(null),
  currency_id: z.string().max(8).nullish().catch(null),
  total_amount: amount,
  order_items: z
    .array(
      z.object({
        item: z.object({ id: idShape, title: z.string().max(1024) }),
        quantity: z.number(),
        unit_price: amount,
      }),
    )
    .catch([]),
});

export const itemShape = z.object({
  id: idShape,
  title: z.string().max(1024),
  price: amount,
  currency_id: z.string().max(8).nullish().catch(null),
  available_quantity: amount,
  permalink: z
    .url({ protocol: /^https$/ })
    .nullish()
    .catch(null),
});

export const unreadShape = z.object({ results: z.array(z.object({ resource: z.string().max(256) })) });

export const noticeShape = z.object({
  _id: idShape.optional().catch(undefined),
  resource: z.string().min(1).max(256),
  user_id: idShape,
  topic: z.string().max(64),
  application_id: idShape,
});

export const missedShape = z.object({ messages: z.array(z.unknown()) });

export const tokenShape = z.object({
  access_token: z.string().min(1).max(4096),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).max(4096),
  user_id: idShape,
});

/** Why something was refused; `error` on most pages, `code` on some. */
export const refusalShape = z.object({
  error: z.string().max(64).nullish().catch(null),
  code: z.string().max(64).nullish().catch(null),
  message: z.string().max(256).nullish().catch(null),
});

/** What a file is named by once it is there. */
export const uploadedShape = z.object({ id: z.string().min(1).max(512) });

const waited = z
  .object({ response_time: z.number().nonnegative().nullish().catch(null) })
  .nullish()
  .catch(null);

/** How long questions wait on average, in minutes. */
export const responseTimeShape = z.object({
  total: waited,
  weekdays_working_hours: waited,
  weekdays_extra_hours: waited,
  weekend: waited,
});
