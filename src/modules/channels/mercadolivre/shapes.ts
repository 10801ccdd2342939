import { z } from 'zod';

/** What the platform's answers look like, as far as they are read. Ids come as numbers or texts; statuses are open lists. */

export const idShape = z
  .union([z.string().min(1).max(128), z.number().int().nonnegative()])
  .transform((id) => String(id));

/** Nothing was said or sold before; and with a year of more than four digits nobody here can do anything. In epoch ms. */
const [FIRST, LAST] = [0, Date.UTC(9999, 11, 31)];

/** An instant of the platform, with whatever offset, as UTC. */
const instantShape = z
  .string()
  .refine((text) => Date.parse(text) >= FIRST && Date.parse(text) < LAST, 'An instant')
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
export type StatedFile = z.infer<typeof attachment>;

/** What is said of a message that has just been written. */
export const writtenShape = messageShape.pick({ id: true, status: true, message_moderation: true });
export type WrittenMessage = z.infer<typeof writtenShape>;
export type Moderated = Omit<WrittenMessage, 'id'>;

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

/** For which application a notice is meant, whatever else it says. */
export const addresseeShape = z.object({ application_id: idShape });

export const noticeShape = addresseeShape.extend({
  /** Its own id; pages call it one or the other. */
  _id: idShape.optional().catch(undefined),
  id: idShape.optional().catch(undefined),
  resource: z.string().min(1).max(256),
  user_id: idShape,
  topic: z.string().max(64),
});

export const missedShape = z.object({ messages: z.array(z.unknown()) });

/** A notice that reached nobody, with when it was last tried. */
export const missedNoticeShape = noticeShape.extend({ sent: instantShape.optional().catch(undefined) });

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
  cause: z.string().max(64).nullish().catch(null),
});

/** Names of what is to be filled in: listed, as members of an object, or none. */
const varsShape = z
  .union([
    z.array(z.string().min(1).max(64)),
    z.array(z.object({ name: z.string().min(1).max(64) })).transform((vars) => vars.map(({ name }) => name)),
    z.record(z.string().max(64), z.unknown()).transform(Object.keys),
  ])
  .nullish()
  .catch([])
  .transform((vars) => vars ?? []);

const optionShape = z.object({
  id: z.string().min(1).max(64),
  enabled: z.boolean(),
  actionable: z.boolean().nullish(),
  type: z.string().toLowerCase(),
  templates: z.array(z.object({ id: z.string().min(1).max(63), vars: varsShape })).nullish(),
  char_limit: z.number().int().positive().nullish(),
  cap_available: z.number().nullish(),
});
export type GuideOption = z.infer<typeof optionShape>;

/** Reasons for which a seller may write. */
export const guideShape = z.object({ options: z.array(optionShape) });

/** What may be done, each as a word or with when it is due. */
const actionShape = z.union([z.string(), z.object({ action: z.string() }).transform(({ action }) => action)]);

export const claimShape = z.object({
  id: idShape,
  status: z.string().max(64),
  players: z.array(
    z.object({ role: z.string().max(64), user_id: idShape, available_actions: z.array(actionShape).nullish() }),
  ),
});
export type Claim = z.infer<typeof claimShape>;

const claimMessageShape = z.object({
  sender_role: z.string().max(64),
  receiver_role: z.string().max(64).nullish(),
  message: z.string().nullish(),
  date_created: instantShape,
  status: z.string().max(64).default('available'),
  message_moderation: messageShape.shape.message_moderation,
  attachments: z.array(attachment).nullish(),
});
export type ClaimMessage = z.infer<typeof claimMessageShape>;

/** They have no ids. */
export const claimMessagesShape = z.array(claimMessageShape);

export const claimSearchShape = z.object({
  paging: z.object({ total: z.number().int().nonnegative() }),
  data: z.array(z.object({ id: idShape })),
});

/** What a file is named by once it is there. */
export const uploadedShape = z.union([
  z.object({ id: z.string().min(1).max(512) }).transform(({ id }) => id),
  z.object({ filename: z.string().min(1).max(512) }).transform(({ filename }) => filename),
]);

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
