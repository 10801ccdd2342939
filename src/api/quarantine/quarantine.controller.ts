import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { Quarantine } from '../../modules/ingest/index.js';
import type { Accepted, QuarantinedDelivery, QuarantinePlace } from '../../modules/ingest/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Editor } from '../http/editing.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantShape, instantText, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';

const listQuery = z.strictObject({
  ...pageQuery,
  replayed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

const deliveryShape = z.object({
  id: z.uuid(),
  shopId: z.uuid(),
  channel: z.string(),
  problem: z.object({ code: z.string(), errors: z.array(z.object({ pointer: z.string(), detail: z.string() })) }),
  receivedAt: instantShape,
  replayedAt: instantShape.nullable(),
});
const acceptedShape = z.object({
  messageId: z.uuid().nullable(),
  conversationId: z.uuid().nullable(),
  inquiryId: z.uuid().nullable(),
  duplicate: z.boolean(),
});

type DeliveryView = Omit<QuarantinedDelivery, 'receivedAt' | 'replayedAt'> & {
  readonly receivedAt: string;
  readonly replayedAt: string | null;
};

/** Signed deliveries that could not be read. */
@ApiTags('channels')
@Controller('v1/quarantine')
@May('quarantine.manage')
export class QuarantineController {
  constructor(
    private readonly editor: Editor,
    private readonly quarantine: Quarantine,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listQuarantine',
    summary: 'Deliveries that could not be read, newest first, without their bodies',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(deliveryShape), description: 'A page of deliveries' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<DeliveryView>> {
    const page = await this.editor.page(principal, query, {
      name: `quarantine:${query.replayed ?? ''}`,
      read: (tx, after, limit) => this.quarantine.list(tx, { replayed: query.replayed }, placeOf(after), limit),
      place: ({ receivedAt, id }) => [receivedAt, id],
    });
    return { ...page, items: page.items.map(deliveryView) };
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayQuarantined',
    summary: 'Put a delivery through the acceptance again, after a fix on either side',
  })
  @ApiResponse({ status: 202, standardSchema: acceptedShape, description: 'Accepted like any delivery' })
  async replay(@Param('id', { schema: idParam }) id: string, @Acting() act: Act): Promise<Accepted> {
    // Outside the act's transaction: the acceptance commits by itself, and recognises what it has accepted before.
    const result = await this.quarantine.replay(act.principal.tenantId, id);
    if (result === null) throw new Problem('not_found');
    if (result.kind === 'shop_inactive') throw new Problem('meaning_invalid', { detail: 'The shop is switched off.' });
    if (result.kind === 'payload_invalid') {
      throw new Problem('meaning_invalid', { detail: 'The delivery still cannot be read.', errors: result.errors });
    }
    const { accepted } = result;
    return this.editor.once(act, 202, async (tx, author) => {
      await this.quarantine.markReplayed(tx, author, id, accepted);
      return done(accepted);
    });
  }
}

function deliveryView({ receivedAt, replayedAt, ...delivery }: QuarantinedDelivery): DeliveryView {
  return { ...delivery, receivedAt: instantText(receivedAt), replayedAt: instantText(replayedAt) };
}

function placeOf(after: readonly unknown[] | null): QuarantinePlace | null {
  return after === null ? null : { receivedAt: after[0] as number, id: after[1] as string };
}
