import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { addToLogContext } from '../../platform/log/index.js';
import { channelEventSchema } from '../../modules/channels/index.js';
import { Receiver } from '../../modules/ingest/index.js';
import type { Accepted, ReceiveResult } from '../../modules/ingest/index.js';
import { OpenToAll } from '../access/access.guard.js';
import { Limits } from '../access/limits.js';
import { openApiSchema } from '../openapi/json-schema.js';
import { Problem } from '../problems/problem.js';
import { AcceptMeter } from './accept-meter.js';
import type { AcceptOutcome } from './accept-meter.js';
import { noticeOf } from './notice.js';

/** Where channels deliver. They sign their requests instead of carrying a key. */
@ApiTags('channels')
@Controller('channels')
export class ChannelsController {
  constructor(
    private readonly receiver: Receiver,
    private readonly meter: AcceptMeter,
    private readonly limits: Limits,
  ) {}

  @Post('webhook/:shopId')
  @HttpCode(202)
  @OpenToAll()
  @ApiOperation({
    operationId: 'receiveWebhook',
    summary: 'Deliver an event of the generic channel, signed by Standard Webhooks',
  })
  @ApiBody({ schema: openApiSchema(channelEventSchema) })
  @ApiResponse({ status: 202, description: 'Committed; the same delivery again gives the same ids' })
  async webhook(@Param('shopId') shopId: string, @Req() request: FastifyRequest): Promise<Accepted> {
    this.limits.mayDeliver(shopId);
    const notice = noticeOf(request);
    const receive = (): Promise<ReceiveResult> => this.receiver.receive('webhook', shopId, notice);
    const result = await this.meter.time('webhook', receive, outcomeOf);
    if (result.kind !== 'signature_invalid') await this.limits.delivered(shopId);
    if (result.kind === 'accepted') {
      const { inquiryId } = result.accepted;
      if (inquiryId !== null) addToLogContext({ inquiryId });
      return result.accepted;
    }
    if (result.kind === 'signature_invalid') {
      throw new Problem('signature_invalid', {
        detail: 'Sign the raw body with a secret of the shop, within five minutes.',
      });
    }
    throw new Problem('payload_invalid', { errors: result.errors });
  }
}

function outcomeOf(result: ReceiveResult): AcceptOutcome {
  if (result.kind !== 'accepted') return result.kind;
  return result.accepted.duplicate ? 'duplicate' : 'accepted';
}
