import { z } from 'zod';
import { instantShape } from '../http/shapes.js';

/** A buyer in an answer. */
export const buyerShape = z.object({
  id: z.uuid(),
  shopId: z.uuid(),
  name: z.string().nullable().describe('null for roles that see no names, and where the channel gave none'),
  language: z.string().nullable(),
  value: z.number().describe("Orders of twelve months in the shop's currency; 0 if unknown"),
  tags: z.array(z.string()),
  blocked: z.boolean(),
  returning: z.boolean(),
  conversationId: z.uuid().nullable(),
  createdAt: instantShape,
});
