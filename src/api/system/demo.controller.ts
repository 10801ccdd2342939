import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DemoBuyer } from '../../modules/demo/index.js';
import type { DemoMessage } from '../../modules/demo/index.js';
import { OpenToAll } from '../access/access.guard.js';

/** What the demo buyer received; exists only beside the demo tenants. */
@ApiTags('demo')
@Controller('demo')
@OpenToAll()
export class DemoController {
  constructor(private readonly buyer: DemoBuyer) {}

  @Get('outbox')
  @ApiOperation({ operationId: 'demoOutbox', summary: 'Messages the demo buyer has received, oldest first' })
  outbox(): { items: readonly DemoMessage[] } {
    return { items: this.buyer.messages };
  }
}
