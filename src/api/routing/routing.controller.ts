import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { RoutingTable } from '../../modules/definition/index.js';
import type { RoutingTableState } from '../../modules/definition/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { plainText } from '../http/validation.js';

const ruleShape = z.strictObject({
  /** CEL on message, buyer, shop, calendar and now; left out = always. */
  when: plainText(2000).optional(),
  definition: plainText(63),
  /** Left out = the newest when the inquiry starts. */
  version: z.int().min(1).optional(),
});
const routingBody = z.strictObject({ rules: z.array(ruleShape).max(100) });
const routingShape = routingBody.extend({ version: z.int() });

/** On which definition a message starts: the first rule that matches. */
@ApiTags('routing')
@Controller('v1/routing')
export class RoutingController {
  constructor(
    private readonly editor: Editor,
    private readonly table: RoutingTable,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'readRouting', summary: 'The whole list of rules, in order' })
  @ApiResponse({ status: 200, standardSchema: routingShape, description: 'The routing' })
  async read(
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoutingTableState> {
    return tagged(reply, await this.editor.read(principal, (tx) => this.table.read(tx)));
  }

  @Put()
  @May('definitions.write')
  @ApiOperation({
    operationId: 'replaceRouting',
    summary: 'Replace the whole list, for inquiries that start from now on',
  })
  @ApiResponse({ status: 200, standardSchema: routingShape, description: 'The routing as it is now' })
  async replace(
    @Body({ schema: routingBody }) { rules }: z.infer<typeof routingBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoutingTableState> {
    return tagged(
      reply,
      await this.editor.change(editing, (tx, author) => this.table.replace(tx, author, rules, expected)),
    );
  }
}
