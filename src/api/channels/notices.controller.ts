import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { NoticeDesk } from '../../modules/ingest/index.js';
import type { NoticeResult } from '../../modules/ingest/index.js';
import { OpenToAll } from '../access/access.guard.js';
import { Problem } from '../problems/problem.js';
import { AcceptMeter } from './accept-meter.js';
import { noticeOf } from './notice.js';

/** Where platforms say that there is something to read. */
@ApiTags('channels')
@Controller('channels')
export class NoticesController {
  constructor(
    private readonly desk: NoticeDesk,
    private readonly meter: AcceptMeter,
  ) {}

  @Post(':channel/:key')
  @HttpCode(200)
  @OpenToAll()
  @ApiOperation({
    operationId: 'receiveNotice',
    summary: "Tell of something to read; one address for all shops of a platform's application, which nobody can guess",
  })
  @ApiResponse({ status: 200, description: 'Kept; what it names is read in a moment' })
  async receive(
    @Param('channel') channel: string,
    @Param('key') key: string,
    @Req() request: FastifyRequest,
  ): Promise<Record<string, never>> {
    if (!this.desk.knows(channel)) throw new Problem('not_found');
    const receive = (): Promise<NoticeResult> => this.desk.receive(channel, key, noticeOf(request));
    const result = await this.meter.time(channel, receive, (outcome) =>
      outcome === 'signature_invalid' ? outcome : 'accepted',
    );
    if (result === 'signature_invalid') throw new Problem('signature_invalid');
    return {};
  }
}
