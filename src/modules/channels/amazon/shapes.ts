import { z } from 'zod';

export const tokenShape = z.object({
  access_token: z.string().min(1).max(4096),
  expires_in: z.number().positive(),
  /** The same each time: it does not end by being used. */
  refresh_token: z.string().min(1).max(4096).optional(),
});

const word = z.string().max(1024).nullish().catch(null);

export const errorsShape = z.object({
  errors: z.array(z.object({ code: z.string().max(128), message: word, details: word })).min(1),
});

export const actionsShape = z.object({
  _links: z.object({ actions: z.array(z.object({ name: z.string().max(128) })).catch([]) }),
});

export const attributesShape = z.object({
  buyer: z
    .object({
      locale: z
        .string()
        .regex(/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/)
        .nullish()
        .catch(null),
    })
    .nullish(),
});

const money = z
  .object({ CurrencyCode: z.string().max(8).nullish(), Amount: z.coerce.number().nullish() })
  .nullish()
  .catch(null);

export const orderShape = z.object({
  payload: z.object({
    AmazonOrderId: z.string().max(64),
    OrderStatus: z.string().max(64),
    PurchaseDate: z.iso.datetime({ offset: true }).nullish().catch(null),
    OrderTotal: money,
  }),
});

export const orderItemsShape = z.object({
  payload: z.object({
    OrderItems: z.array(
      z.object({
        ASIN: z.string().max(64),
        Title: z.string().max(1024).nullish(),
        QuantityOrdered: z.number(),
        /** Of all of them together. */
        ItemPrice: money,
      }),
    ),
  }),
});
