import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { addToLogContext } from '../../platform/log/index.js';
import { WebhookReceiver, webhookSchema } from '../../modules/ingest/index.js';
import type { Accepted, WebhookResult } from '../../modules/ingest/index.js';
import { OpenToAll } from '../access/access.guard.js';
import { Limits } from '../access/limits.js';
import { openApiSchema } from '../openapi/json-schema.js';
import { Problem } from '../problems/problem.js';
import { AcceptMeter } from './accept-meter.js';
import type { AcceptOutcome } from './accept-meter.js';

/** Where channels deliver. They sign their requests instead of carrying a key. */
@ApiTags('channels')
@Controller('channels')
export class ChannelsController {
  constructor(
    private readonly receiver: WebhookReceiver,
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
  @ApiBody({ schema: openApiSchema(webhookSchema) })
  @ApiResponse({ status: 202, description: 'Committed; the same delivery again gives the same ids' })
  async webhook(@Param('shopId') shopId: string, @Req() request: FastifyRequest): Promise<Accepted> {
    this.limits.mayDeliver(shopId);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const receive = (): Promise<WebhookResult> => this.receiver.receive(shopId, headersOf(request), body);
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

function outcomeOf(result: WebhookResult): AcceptOutcome {
  if (result.kind !== 'accepted') return result.kind;
  return result.accepted.duplicate ? 'duplicate' : 'accepted';
}

function headersOf(request: FastifyRequest): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
