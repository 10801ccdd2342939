import { z } from 'zod';

/** What the platform sends and answers, as far as it is read. Ids are texts; types, statuses and states are open lists. */

const id = z.string().min(1).max(256);
/** A phone number or user id, of which an address is made. */
const person = z.string().regex(/^[\w.+-]{1,160}$/);

/** Seconds since 1970 as a text, as ISO 8601. */
const stamp = z
  .string()
  .regex(/^\d{1,11}$/)
  .transform((seconds) => new Date(Number(seconds) * 1_000).toISOString());

export const noticeShape = z.object({
  object: z.string(),
  entry: z
    .array(
      z.object({
        id: z.string().optional().catch(undefined),
        changes: z.array(z.object({ field: z.string(), value: z.unknown() })),
      }),
    )
    .default([]),
});
export type WhatsAppNotice = z.infer<typeof noticeShape>;

/** Whom a change is about; everything in it is looked at one by one. */
export const valueShape = z.object({
  metadata: z.looseObject({ phone_number_id: id }),
  contacts: z.array(z.unknown()).optional().catch(undefined),
  messages: z.array(z.unknown()).optional(),
  message_echoes: z.array(z.unknown()).optional(),
  statuses: z.array(z.unknown()).optional(),
});
export type NoticeValue = z.infer<typeof valueShape>;

export const contactShape = z.object({
  profile: z
    .object({ name: z.string().max(512) })
    .optional()
    .catch(undefined),
  wa_id: person.optional(),
  user_id: person.optional(),
});
export type Contact = z.infer<typeof contactShape>;

const media = z.object({
  id,
  mime_type: z.string().min(1).max(255),
  caption: z.string().optional(),
  filename: z.string().max(512).optional(),
});
const place = z.object({
  latitude: z.number(),
  longitude: z.number(),
  name: z.string().nullish(),
  address: z.string().nullish(),
});
const card = z.object({
  name: z.object({ formatted_name: z.string() }),
  phones: z
    .array(z.object({ phone: z.string().nullish() }))
    .nullish()
    .catch(null),
});
const choice = z.object({ title: z.string(), description: z.string().nullish() });
const order = z.object({
  catalog_id: id.optional(),
  text: z.string().nullish(),
  product_items: z.array(z.object({ product_retailer_id: z.string(), quantity: z.coerce.number() })),
});

const common = { id, timestamp: stamp, type: z.string().min(1).max(64) };
const content = z.looseObject({
  text: z.object({ body: z.string() }).optional(),
  image: media.optional(),
  audio: media.optional(),
  video: media.optional(),
  document: media.optional(),
  sticker: media.optional(),
  location: place.optional(),
  contacts: z.array(card).optional(),
  button: z.object({ text: z.string() }).optional(),
  interactive: z
    .object({ button_reply: choice.optional(), list_reply: choice.optional(), nfm_reply: z.unknown().optional() })
    .optional(),
  order: order.optional(),
});
export type Content = z.infer<typeof content>;

export const messageShape = content
  .extend({
    ...common,
    from: person.optional(),
    from_user_id: person.optional(),
    referral: z
      .object({ source_id: id, headline: z.string().max(1_024).nullish() })
      .optional()
      .catch(undefined),
  })
  .refine(({ from, from_user_id: user }) => from !== undefined || user !== undefined, {
    message: 'from or from_user_id is required',
    path: ['from'],
  });
export type Message = z.infer<typeof messageShape>;

/** What somebody wrote to the buyer in the app on the phone of the shop. */
export const echoShape = content
  .extend({ ...common, to: person.optional(), to_user_id: person.optional() })
  .refine(({ to, to_user_id: user }) => to !== undefined || user !== undefined, {
    message: 'to or to_user_id is required',
    path: ['to'],
  });
export type Echo = z.infer<typeof echoShape>;

export const statusShape = z.object({
  id,
  status: z.string().min(1).max(64),
  timestamp: stamp,
  biz_opaque_callback_data: id.optional().catch(undefined),
  errors: z
    .array(z.object({ code: z.coerce.number().int() }))
    .optional()
    .catch(undefined),
});
export type Status = z.infer<typeof statusShape>;

export const sentShape = z.object({ messages: z.array(z.object({ id })).min(1) });

export const errorShape = z.object({ error: z.object({ code: z.coerce.number().int() }) });

export const phoneShape = z.object({ id });
export const phonesShape = z.object({ data: z.array(z.object({ id })) });

const templateShape = z.object({
  name: z.string().min(1).max(512),
  language: z.string().min(1).max(35),
  status: z.string().min(1).max(64),
  category: z.string().max(64),
  components: z.array(
    z.object({
      type: z.string(),
      format: z.string().optional(),
      text: z.string().optional(),
      buttons: z.array(z.object({ type: z.string(), url: z.string().optional() })).optional(),
    }),
  ),
});
export type Template = z.infer<typeof templateShape>;

export const templatesShape = z.object({
  data: z.array(templateShape),
  paging: z
    .object({ cursors: z.object({ after: z.string().optional() }).optional(), next: z.string().optional() })
    .optional(),
});

export const mediaShape = z.object({ url: z.url({ protocol: /^https?$/ }).max(4_096) });
