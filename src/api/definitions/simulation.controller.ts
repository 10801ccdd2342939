import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Edit } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { Caller } from '../access/principal.js';
import { keyParam } from '../http/validation.js';
import { simulationBody, simulationShape } from './simulation.schemas.js';
import type { SimulationBody, SimulationView } from './simulation.schemas.js';
import { SimulationDesk } from './simulation-desk.js';

/** Trying a definition on a virtual clock; nothing is saved and nothing leaves. */
@ApiTags('definitions')
@Controller('v1/definitions/:key/simulate')
export class SimulationController {
  constructor(private readonly desk: SimulationDesk) {}

  @Post()
  @HttpCode(200)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'simulateDefinition',
    summary: 'Run a script, recorded inquiries or all kept scenarios on a virtual clock, on the draft or a version',
  })
  @ApiResponse({ status: 200, standardSchema: simulationShape, description: 'What would happen' })
  simulate(
    @Caller() principal: Principal,
    @Edit() editing: Editing,
    @Param('key', { schema: keyParam }) key: string,
    @Body({ schema: simulationBody }) body: SimulationBody,
  ): Promise<SimulationView> {
    const { inquiries } = body;
    if (inquiries === undefined) return this.desk.scenarios(principal, key, body);
    return this.desk.recorded(editing, key, { ...body, inquiries });
  }
}
