import { Controller, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { NoticeDesk } from '../../modules/ingest/index.js';
import type { NoticeResult } from '../../modules/ingest/index.js';
import { OpenToAll } from '../access/access.guard.js';
import { Problem } from '../problems/problem.js';
import { AcceptMeter } from './accept-meter.js';
import type { AcceptOutcome } from './accept-meter.js';
import { noticeOf } from './notice.js';
import { PublicAddresses } from './public-addresses.js';

/** Where platforms tell what has happened, or that there is something to read. */
@ApiTags('channels')
@Controller('channels')
export class NoticesController {
  constructor(
    private readonly desk: NoticeDesk,
    private readonly meter: AcceptMeter,
    private readonly addresses: PublicAddresses,
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
  ): Promise<void> {
    if (!this.desk.knows(channel)) throw new Problem('not_found');
    const notice = noticeOf(request, this.addresses.noticeUrl(channel));
    const receive = (): Promise<NoticeResult> => this.desk.receive(channel, key, notice);
    const result = await this.meter.time(channel, receive, outcomeOf);
    // Answered without a body: some platforms take any other answer for a failure.
    if (result === 'signature_invalid' || result === 'payload_invalid') throw new Problem(result);
  }

  @Get(':channel/:key')
  @OpenToAll()
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({
    operationId: 'confirmNoticeAddress',
    summary: 'Ask whether this is the address of notices, as platforms do before they send any',
  })
  @ApiResponse({ status: 200, description: 'It is: what the platform wants to hear' })
  challenge(@Param('channel') channel: string, @Param('key') key: string, @Req() request: FastifyRequest): string {
    if (!this.desk.knows(channel)) throw new Problem('not_found');
    const given = Object.entries(request.query as Readonly<Record<string, unknown>>);
    const query = Object.fromEntries(given.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    const answer = this.desk.challenge(channel, key, query);
    if (answer === null) throw new Problem('signature_invalid');
    return answer;
  }
}

/** What is set aside counts as refused, so that somebody looks; the platform is not told, since it would only come again. */
function outcomeOf(result: NoticeResult): AcceptOutcome {
  if (result === 'set_aside') return 'payload_invalid';
  return result === 'signature_invalid' || result === 'payload_invalid' ? result : 'accepted';
}
