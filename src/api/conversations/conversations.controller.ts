import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { withinReach } from '../../domain/identity/permissions.js';
import { queuesOfConversation, readContext, readConversation, readMessages } from '../../modules/conversation/index.js';
import type { ConversationContext, ConversationView, MessageView } from '../../modules/conversation/index.js';
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

const contextShape = z.object({
  orders: z.array(z.unknown()),
  product: z
    .object({
      id: z.string(),
      title: z.string().nullable(),
      source: z.literal('message'),
      messageId: z.uuid(),
      at: instantShape,
      ageMs: z.number().int(),
    })
    .nullable(),
});

/** The whole history of a buyer with a shop, over all their inquiries. */
@ApiTags('conversations')
@Controller('v1/conversations/:id')
export class ConversationsController {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly cursors: Cursors,
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
  @ApiOperation({ operationId: 'readConversationContext', summary: 'Orders and product, with their source and age' })
  @ApiResponse({ status: 200, standardSchema: contextShape, description: 'What stands beside the conversation' })
  async context(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<ConversationContext> {
    return this.#within(principal, id, (tx) => readContext(tx, this.vault, id, readReach(principal), Date.now()));
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
