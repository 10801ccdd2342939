import { Readable } from 'node:stream';
import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { StreamFeed } from '../../modules/stream/index.js';
import type { Following } from '../../modules/stream/index.js';
import { bearer, May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { eventBlock } from './server-sent-events.js';
import { StreamAccess } from './stream-access.js';

/** How often an open stream looks whether its key is still good. */
const RENEW_MS = 15_000;

/** Changes as they happen, for consoles: ids only, what they name is read through the API. */
@ApiTags('stream')
@Controller('v1/stream')
export class StreamController {
  constructor(
    private readonly feed: StreamFeed,
    private readonly authenticator: Authenticator,
  ) {}

  @Get()
  @May('inquiries.read')
  @ApiOperation({
    operationId: 'followStream',
    summary: 'Follow changes as server-sent events',
    description:
      'Events carry ids only and come once and in order. `Last-Event-ID` goes on where an earlier connection ended; an id ' +
      'that is unknown or older than seven days is answered with the event `reset`: read again what you show.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Id of the last event received' })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'A stream that stays open; a comment every 15 s while nothing happens' })
  follow(
    @Caller() principal: Principal,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const access = new StreamAccess(this.authenticator, bearer(request), principal);
    const blocks = this.#blocks(access, {
      tenantId: principal.tenantId,
      lastEventId: lastEventId ?? null,
      allows: access.allows,
      signal: gone.signal,
    });
    void reply
      .headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        // A stream that ends takes its connection with it, so that a process that stops need not wait for it.
        connection: 'close',
        'x-accel-buffering': 'no',
      })
      .send(Readable.from(blocks, { objectMode: false }));
  }

  async *#blocks(access: StreamAccess, following: Following): AsyncGenerator<string, void> {
    let renewed = Date.now();
    for await (const item of this.feed.follow(following)) {
      if (Date.now() - renewed >= RENEW_MS) {
        if (!(await access.renew())) return;
        renewed = Date.now();
      }
      if (item.kind !== 'event' || access.allows(item.event)) yield eventBlock(item);
    }
  }
}
