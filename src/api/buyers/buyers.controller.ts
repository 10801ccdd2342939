import { Body, Controller, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { withinReach } from '../../domain/identity/permissions.js';
import { BuyerBlocks, Buyers } from '../../modules/buyer/index.js';
import type { BuyerView, FoundBuyer } from '../../modules/buyer/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Database } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting, Acts } from '../http/acting.js';
import type { Act, Answer } from '../http/acting.js';
import { authorOf, Edit } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { etag, IfMatch, requireVersion } from '../http/etag.js';
import { idParam, plainText } from '../http/validation.js';
import { readReach } from '../inquiries/inquiries.controller.js';
import { Problem } from '../problems/problem.js';
import { buyerShape } from './buyer.schemas.js';

/** More than any buyer spends; a larger number is a mistake of units. */
const MAX_VALUE = 1e12;

const patchBody = z
  .strictObject({ value: z.number().min(0).max(MAX_VALUE).optional(), tags: z.array(plainText(63)).max(50).optional() })
  .refine((body) => Object.keys(body).length > 0, 'Name something to change');

/** Buyers, and what may be said about them: their value and tags take part in conditions. */
@ApiTags('buyers')
@Controller('v1/buyers/:id')
export class BuyersController {
  constructor(
    private readonly database: Database,
    private readonly buyers: Buyers,
    private readonly blocks: BuyerBlocks,
    private readonly acts: Acts,
  ) {}

  @Get()
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readBuyer', summary: 'One buyer of one shop' })
  @ApiResponse({ status: 200, standardSchema: buyerShape, description: 'The buyer' })
  async buyer(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BuyerView> {
    const found = await this.database.tenant(principal.tenantId, (tx) => this.#find(tx, principal, id, false));
    void reply.header('etag', etag(found.version));
    return found.view;
  }

  @Patch()
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'changeBuyer',
    summary: 'Set value and tags; conditions see them from the next event on',
  })
  @ApiResponse({ status: 200, standardSchema: buyerShape, description: 'The buyer as it is now' })
  async change(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: patchBody }) body: z.infer<typeof patchBody>,
    @IfMatch() expected: number | 'any',
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BuyerView> {
    const { principal } = editing;
    const changed = await this.database.tenant(principal.tenantId, async (tx) => {
      const found = await this.#find(tx, principal, id, true);
      requireVersion(expected, found.version);
      await this.buyers.change(tx, found, body, authorOf(editing));
      return this.#find(tx, principal, id, false);
    });
    void reply.header('etag', etag(changed.version));
    return changed.view;
  }

  @Post('block')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'blockBuyer', summary: 'Keep a buyer away from the shop, where the platform has that' })
  @ApiResponse({ status: 200, standardSchema: buyerShape, description: 'The buyer, who is blocked' })
  block(@Param('id', { schema: idParam }) id: string, @Acting() act: Act): Promise<BuyerView> {
    return this.#setBlocked(act, id, true);
  }

  @Post('unblock')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'unblockBuyer', summary: 'Let a buyer in again' })
  @ApiResponse({ status: 200, standardSchema: buyerShape, description: 'The buyer, who is not blocked' })
  unblock(@Param('id', { schema: idParam }) id: string, @Acting() act: Act): Promise<BuyerView> {
    return this.#setBlocked(act, id, false);
  }

  /** The platform is asked first: what it has not done is not said to be so. Asking it again, after a crash, harms nobody. */
  async #setBlocked(act: Act, id: string, blocked: boolean): Promise<BuyerView> {
    const { principal } = act;
    const target = await this.database.tenant(principal.tenantId, async (tx) => {
      await this.#find(tx, principal, id, false);
      return this.blocks.find(tx, id);
    });
    if (target === null)
      throw new Problem('not_offered_by_channel', { detail: 'Use tags to tell your own people about this buyer.' });
    const notNow = await this.blocks.set(target, blocked);
    if (notNow !== null) {
      const seconds = Math.ceil((notNow.retryAfterMs ?? 5_000) / 1_000);
      throw new Problem('platform_unavailable', {
        detail: 'Nothing has been changed here; ask again in a while.',
        extra: { reason: notNow.code },
        headers: { 'retry-after': String(seconds) },
      });
    }
    const { body } = await this.acts.once(act, async (tx): Promise<Answer> => {
      const found = await this.#find(tx, principal, id, true);
      await this.buyers.setBlocked(tx, found, blocked, authorOf(act));
      return { status: 200, body: (await this.#find(tx, principal, id, false)).view };
    });
    return body as BuyerView;
  }

  async #find(tx: Tx, principal: Principal, id: string, lock: boolean): Promise<FoundBuyer> {
    const reach = readReach(principal);
    const found = await this.buyers.find(tx, id, reach, { lock });
    if (found === null) throw new Problem('not_found');
    if (found.erased) throw new Problem('erased');
    if (!found.queues.some((queue) => withinReach(reach, principal.queues, queue))) {
      throw new Problem('forbidden', { detail: 'None of their inquiries is in a queue you belong to.' });
    }
    return found;
  }
}
