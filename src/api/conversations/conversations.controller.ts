import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { withinReach } from '../../domain/identity/permissions.js';
import { ContextReader } from '../../modules/context/index.js';
import type { ConversationContext } from '../../modules/context/index.js';
import { queuesOfConversation, readConversation, readMessages } from '../../modules/conversation/index.js';
import type { ConversationView, MessageView } from '../../modules/conversation/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Cursors, pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantShape, memberShape, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { readReach } from '../inquiries/inquiries.controller.js';
import { messageShape } from '../inquiries/inquiry-shapes.js';
import { Problem } from '../problems/problem.js';

const messagesQuery = z.strictObject(pageQuery);

const conversationShape = z.object({
  id: z.uuid(),
  shopId: z.uuid(),
  shopName: z.string(),
  channel: z.string(),
  buyer: z.object({ id: z.uuid(), name: z.string().nullable() }),
  language: z.string().nullable(),
  windowUntil: instantShape.nullable(),
  lastAgent: memberShape.nullable(),
  inquiries: z.array(
    z.object({
      id: z.uuid(),
      number: z.number().int(),
      state: z.string(),
      intent: z.string().nullable(),
      queue: z.string().nullable(),
      openedAt: instantShape,
      closedAt: instantShape.nullable(),
    }),
  ),
  createdAt: instantShape,
});

const contextQuery = z.strictObject({
  refresh: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true asks the platform again, however lately it was asked'),
});

const age = { at: instantShape, ageMs: z.number().int() };
const money = { currency: z.string().nullable() };

const contextShape = z.object({
  orders: z.array(
    z.object({
      id: z.string(),
      status: z.string().describe("The platform's own word"),
      orderedAt: instantShape.nullable(),
      ...money,
      total: z.number().nullable(),
      items: z.array(
        z.object({
          productId: z.string(),
          title: z.string(),
          quantity: z.number(),
          unitPrice: z.number().nullable(),
        }),
      ),
      source: z.literal('platform'),
      ...age,
    }),
  ),
  product: z
    .object({
      id: z.string(),
      title: z.string().nullable(),
      source: z.literal('message'),
      messageId: z.uuid(),
      ...age,
    })
    .nullable(),
  products: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      price: z.number().nullable(),
      ...money,
      available: z.number().nullable(),
      url: z.string().nullable(),
      source: z.literal('platform'),
      ...age,
    }),
  ),
  coupons: z
    .array(
      z.object({
        id: z.string(),
        code: z.string(),
        name: z.string(),
        startsAt: instantShape,
        endsAt: instantShape,
        quantity: z.number().nullable(),
        used: z.number().nullable(),
        state: z.enum(['running', 'scheduled']),
        source: z.literal('platform'),
        ...age,
      }),
    )
    .describe('Those of the shop that hold now or will'),
  platform: z
    .object({
      readAt: instantShape.nullable(),
      ageMs: z.number().int().nullable(),
      problem: z.string().nullable().describe('Why it could not be asked just now; what is shown is older then'),
    })
    .nullable()
    .describe('null where the channel has nothing to tell, and for roles that see no texts'),
});

/** The whole history of a buyer with a shop, over all their inquiries. */
@ApiTags('conversations')
@Controller('v1/conversations/:id')
export class ConversationsController {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly cursors: Cursors,
    private readonly contexts: ContextReader,
  ) {}

  @Get()
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readConversation', summary: 'A conversation with its inquiries' })
  @ApiResponse({ status: 200, standardSchema: conversationShape, description: 'The conversation' })
  async conversation(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<ConversationView> {
    const found = await this.#within(principal, id, (tx) => readConversation(tx, this.vault, id, readReach(principal)));
    if (found === null) throw new Problem('not_found');
    return found;
  }

  @Get('messages')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'listConversationMessages', summary: 'Messages of all its inquiries, oldest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(messageShape), description: 'A page of messages' })
  async messages(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: messagesQuery }) { limit, cursor }: z.infer<typeof messagesQuery>,
  ): Promise<Page<MessageView>> {
    const { tenantId } = principal;
    const name = `messages of ${id}`;
    const after = (this.cursors.decode(tenantId, name, cursor)?.[0] as number | undefined) ?? null;
    const selection = { of: { conversationId: id }, order: 'oldest' as const, after, limit: limit + 1 };
    const rows = await this.#within(principal, id, (tx) =>
      readMessages(tx, this.vault, selection, readReach(principal)),
    );
    const page = this.cursors.page(tenantId, name, rows, limit, ({ position }) => [position]);
    return { ...page, items: page.items.map(({ view }) => view) };
  }

  @Get('context')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readConversationContext', summary: 'Orders and products, with their source and age' })
  @ApiResponse({ status: 200, standardSchema: contextShape, description: 'What stands beside the conversation' })
  async context(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: contextQuery }) { refresh }: z.infer<typeof contextQuery>,
  ): Promise<ConversationContext> {
    await this.#within(principal, id, () => Promise.resolve(null));
    return this.contexts.read(principal.tenantId, id, readReach(principal), refresh === 'true');
  }

  /**
   * Reads in a transaction of the tenant. A conversation is within reach if any of its inquiries is: whoever answers the
   * newest must see what was written before.
   */
  async #within<T>(principal: Principal, id: string, read: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.tenant(principal.tenantId, async (tx) => {
      const queues = await queuesOfConversation(tx, id);
      if (queues === null) throw new Problem('not_found');
      if (!queues.some((queue) => withinReach(readReach(principal), principal.queues, queue))) {
        throw new Problem('forbidden', { detail: 'None of its inquiries is in a queue you belong to.' });
      }
      return read(tx);
    });
  }
}
