import { Body, Controller, Delete, Get, HttpCode, Param, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { Scenarios, scenarioSchema } from '../../modules/simulation/index.js';
import type { KeptScenario, Scenario } from '../../modules/simulation/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatchIfAny } from '../http/etag.js';
import { keyParam, keyText } from '../http/validation.js';

const scenarioShape = scenarioSchema.extend({ name: z.string(), version: z.int() });
const listShape = z.object({ items: z.array(scenarioShape) });

/** Written scenarios: what must come about before a definition is published. */
@ApiTags('definitions')
@Controller('v1/definitions/:key/scenarios')
export class ScenariosController {
  constructor(
    private readonly editor: Editor,
    private readonly scenarios: Scenarios,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'listScenarios', summary: 'All scenarios of a definition, by name' })
  @ApiResponse({ status: 200, standardSchema: listShape, description: 'The scenarios' })
  list(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
  ): Promise<{ readonly items: readonly KeptScenario[] }> {
    return this.editor.read(principal, async (tx) => ({ items: await this.scenarios.list(tx, key) }));
  }

  @Get(':name')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readScenario', summary: 'One scenario' })
  @ApiResponse({ status: 200, standardSchema: scenarioShape, description: 'The scenario' })
  async read(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Param('name', { schema: keyParam }) name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeptScenario> {
    return tagged(reply, await this.editor.read(principal, (tx) => this.scenarios.read(tx, key, name)));
  }

  @Put(':name')
  @May('definitions.write')
  @ApiOperation({
    operationId: 'saveScenario',
    summary: 'Keep a scenario beside the draft; If-Match is required once there is one of that name',
  })
  @ApiResponse({ status: 200, standardSchema: scenarioShape, description: 'The scenario as it is now' })
  async save(
    @Param('key', { schema: keyText }) key: string,
    @Param('name', { schema: keyText }) name: string,
    @Body({ schema: scenarioSchema }) scenario: Scenario,
    @IfMatchIfAny() expected: ExpectedVersion | null,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeptScenario> {
    return tagged(
      reply,
      await this.editor.change(editing, (tx, author) =>
        this.scenarios.save(tx, author, key, { name, scenario }, expected),
      ),
    );
  }

  @Delete(':name')
  @HttpCode(204)
  @May('definitions.write')
  @ApiOperation({ operationId: 'deleteScenario', summary: 'Take a scenario away; published versions keep theirs' })
  @ApiResponse({ status: 204, description: 'It is gone' })
  async delete(
    @Param('key', { schema: keyParam }) key: string,
    @Param('name', { schema: keyParam }) name: string,
    @Edit() editing: Editing,
  ): Promise<void> {
    await this.editor.change(editing, (tx, author) => this.scenarios.delete(tx, author, key, name));
  }
}
