import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Principal } from '../../modules/identity/index.js';
import { showAtInquiry } from '../../modules/presence/index.js';
import { Database } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { instantText } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { CommandService } from '../inquiries/command.service.js';
import { inquiryPresenceBody, inquiryPresenceShape } from './me.schemas.js';

/** Who is looking at an inquiry right now. */
@ApiTags('inquiries')
@Controller('v1/inquiries')
export class InquiryPresenceController {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandService,
  ) {}

  @Put(':id/presence')
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'showPresence',
    summary: 'Show others that one is looking or typing, for ten seconds',
    description: 'Repeat it while it lasts. It is told to the stream and is not part of the history.',
  })
  @ApiResponse({ status: 200, standardSchema: inquiryPresenceShape, description: 'Until when, and who else is there' })
  async show(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: inquiryPresenceBody }) { state }: z.infer<typeof inquiryPresenceBody>,
    @Caller() principal: Principal,
  ): Promise<z.infer<typeof inquiryPresenceShape>> {
    await this.commands.target(principal, id);
    const { until, others } = await this.database.tenant(principal.tenantId, (tx) =>
      showAtInquiry(tx, id, principal.memberId, state, Date.now()),
    );
    return { until: instantText(until), others: others.map((one) => ({ ...one, until: instantText(one.until) })) };
  }
}
