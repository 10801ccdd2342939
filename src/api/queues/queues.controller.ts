import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { Queues } from '../../modules/queue/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { created, Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { newQueueBody, queuePatchBody, queueShape, queueView } from './queues.schemas.js';
import type { QueueView } from './queues.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** Teams, and who belongs to them. Queues are not deleted: inquiries and definitions name them. */
@ApiTags('queues')
@Controller('v1/queues')
export class QueuesController {
  constructor(
    private readonly editor: Editor,
    private readonly queues: Queues,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'listQueues', summary: 'Queues by key, with their members' })
  @ApiResponse({ status: 200, standardSchema: pageShape(queueShape), description: 'A page of queues' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<QueueView>> {
    const page = await this.editor.page(principal, query, {
      name: 'queues',
      read: (tx, after, limit) => this.queues.list(tx, (after?.[0] as string | undefined) ?? null, limit),
      place: (queue) => [queue.key],
    });
    return { ...page, items: page.items.map(queueView) };
  }

  @Post()
  @HttpCode(201)
  @May('definitions.write')
  @ApiOperation({ operationId: 'createQueue', summary: 'Create a queue' })
  @ApiResponse({ status: 201, standardSchema: queueShape, description: 'Created' })
  async create(
    @Body({ schema: newQueueBody }) body: z.infer<typeof newQueueBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QueueView> {
    const queue = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.queues.create(tx, author, body);
      return outcome.ok ? done(queueView(outcome.value)) : outcome;
    });
    return created(reply, `/v1/queues/${queue.id}`, queue);
  }

  @Get(':id')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readQueue', summary: 'One queue' })
  @ApiResponse({ status: 200, standardSchema: queueShape, description: 'The queue' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QueueView> {
    const queue = await this.editor.read(principal, (tx) => this.queues.read(tx, id));
    return tagged(reply, queueView(queue));
  }

  @Patch(':id')
  @May('definitions.write')
  @ApiOperation({ operationId: 'changeQueue', summary: 'Change a queue; the list of members is replaced as a whole' })
  @ApiResponse({ status: 200, standardSchema: queueShape, description: 'The queue as it is now' })
  async change(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: queuePatchBody }) body: z.infer<typeof queuePatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QueueView> {
    const queue = await this.editor.change(editing, (tx, author) => this.queues.change(tx, author, id, expected, body));
    return tagged(reply, queueView(queue));
  }
}
