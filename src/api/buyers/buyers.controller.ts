import { Body, Controller, Get, Param, Patch, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { withinReach } from '../../domain/identity/permissions.js';
import { Buyers } from '../../modules/buyer/index.js';
import type { BuyerView, FoundBuyer } from '../../modules/buyer/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Database } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
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
