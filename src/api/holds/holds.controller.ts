import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../../modules/identity/index.js';
import { Holds } from '../../modules/retention/index.js';
import type { HoldAuthor, HoldView } from '../../modules/retention/index.js';
import { Database } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting, Acts } from '../http/acting.js';
import type { Act, Answer } from '../http/acting.js';
import { Cursors, pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantShape, memberShape, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';

const reasonText = z.string().min(1).max(2_000);
const scopeBody = z.union([
  z.strictObject({ inquiryId: z.uuid() }),
  z.strictObject({ buyerId: z.uuid() }),
  z.strictObject({ tenant: z.literal(true) }),
]);
const newHoldBody = z.strictObject({
  scope: scopeBody,
  reason: reasonText,
  reviewAt: z.iso.datetime({ offset: true }).optional(),
});
const releaseBody = z.strictObject({ reason: reasonText });
const listQuery = z.strictObject({ ...pageQuery, active: z.enum(['true', 'false']).optional() });

const holdShape = z.object({
  id: z.uuid(),
  scope: scopeBody,
  reason: z.string(),
  createdBy: memberShape,
  createdAt: instantShape,
  reviewAt: instantShape.nullable(),
  releasedBy: memberShape.nullable(),
  releasedAt: instantShape.nullable(),
  releaseReason: z.string().nullable(),
});

const LIST = 'holds';

/** Legal holds: while one is in force, nothing in its scope is erased. */
@ApiTags('privacy')
@Controller('v1/holds')
export class HoldsController {
  constructor(
    private readonly database: Database,
    private readonly acts: Acts,
    private readonly cursors: Cursors,
    private readonly holds: Holds,
  ) {}

  @Get()
  @May('retention.read')
  @ApiOperation({ operationId: 'listHolds', summary: 'Holds, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(holdShape), description: 'A page of holds' })
  async list(
    @Caller() { tenantId }: Principal,
    @Query({ schema: listQuery }) { limit, cursor, active }: z.infer<typeof listQuery>,
  ): Promise<Page<HoldView>> {
    const after = this.cursors.decode(tenantId, LIST, cursor) as [number, string] | null;
    const selection = { active: active === undefined ? undefined : active === 'true', after, limit: limit + 1 };
    const rows = await this.database.tenant(tenantId, (tx) => this.holds.list(tx, selection));
    const page = this.cursors.page(tenantId, LIST, rows, limit, ({ position }) => position);
    return { ...page, items: page.items.map(({ view }) => view) };
  }

  @Get(':id')
  @May('retention.read')
  @ApiOperation({ operationId: 'readHold', summary: 'One hold' })
  @ApiResponse({ status: 200, standardSchema: holdShape, description: 'The hold' })
  async hold(@Caller() { tenantId }: Principal, @Param('id', { schema: idParam }) id: string): Promise<HoldView> {
    const found = await this.database.tenant(tenantId, (tx) => this.holds.find(tx, id));
    if (found === null) throw new Problem('not_found');
    return found;
  }

  @Post()
  @HttpCode(201)
  @May('retention.write')
  @ApiOperation({ operationId: 'placeHold', summary: 'Keep an inquiry, a buyer, or everything from being erased' })
  @ApiResponse({ status: 201, standardSchema: holdShape, description: 'In force' })
  async place(
    @Body({ schema: newHoldBody }) { scope, reason, reviewAt }: z.infer<typeof newHoldBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldView> {
    const hold = { scope, reason, reviewAt: reviewAt === undefined ? null : Date.parse(reviewAt) };
    const { body } = await this.acts.once(act, async (tx): Promise<Answer> => {
      const placed = await this.holds.place(tx, hold, authorOf(act));
      return 'refused' in placed ? { refused: new Problem(placed.refused) } : { status: 201, body: placed };
    });
    const placed = body as HoldView;
    void reply.header('location', `/v1/holds/${placed.id}`);
    return placed;
  }

  @Post(':id/release')
  @HttpCode(200)
  @May('retention.write')
  @ApiOperation({ operationId: 'releaseHold', summary: 'Release a hold that somebody else has placed' })
  @ApiResponse({ status: 200, standardSchema: holdShape, description: 'Released; erasure goes on with the next sweep' })
  async release(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: releaseBody }) { reason }: z.infer<typeof releaseBody>,
    @Acting() act: Act,
  ): Promise<HoldView> {
    const { body } = await this.acts.once(act, async (tx): Promise<Answer> => {
      const released = await this.holds.release(tx, id, reason, authorOf(act));
      return 'refused' in released ? { refused: new Problem(released.refused) } : { status: 200, body: released };
    });
    return body as HoldView;
  }
}

function authorOf({ principal, requestId }: Act): HoldAuthor {
  return { memberId: principal.memberId, role: principal.role, at: Date.now(), requestId };
}
