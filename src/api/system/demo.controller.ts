import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DemoBuyer } from '../../modules/demo/index.js';
import type { DemoMessage } from '../../modules/demo/index.js';
import { OpenToAll } from '../access/access.guard.js';

/** What the demo buyer received; exists only beside the demo tenants. */
@Controller('demo')
@OpenToAll()
@ApiExcludeController()
export class DemoController {
  constructor(private readonly buyer: DemoBuyer) {}

  /** Messages the demo buyer has received, oldest first. */
  @Get('outbox')
  outbox(): { items: readonly DemoMessage[] } {
    return { items: this.buyer.messages };
  }
}
