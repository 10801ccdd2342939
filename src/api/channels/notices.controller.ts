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

  @Post('mercadolivre/:key')
  @HttpCode(200)
  @OpenToAll()
  @ApiOperation({
    operationId: 'receiveMercadoLivreNotice',
    summary: 'Tell of something to read; one address for all shops, with a part that nobody can guess',
  })
  @ApiResponse({ status: 200, description: 'Kept; what it names is read in a moment' })
  async mercadoLivre(@Param('key') key: string, @Req() request: FastifyRequest): Promise<Record<string, never>> {
    const receive = (): Promise<NoticeResult> => this.desk.receive('mercadolivre', key, noticeOf(request));
    const result = await this.meter.time('mercadolivre', receive, (outcome) =>
      outcome === 'signature_invalid' ? outcome : 'accepted',
    );
    if (result === 'signature_invalid') throw new Problem('signature_invalid');
    return {};
  }
}
