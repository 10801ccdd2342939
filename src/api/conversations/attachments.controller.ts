import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { withinReach } from '../../domain/identity/permissions.js';
import { readAttachment } from '../../modules/conversation/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { instantShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { readReach } from '../inquiries/inquiries.controller.js';
import { Problem } from '../problems/problem.js';

const addressShape = z.object({
  url: z.string().nullable().describe('null for roles that see no texts, and once erased'),
  expiresAt: instantShape.nullable().describe('null where the channel does not say'),
});

/** Where files can be fetched that a buyer or an agent attached. */
@ApiTags('conversations')
@Controller('v1/attachments')
export class AttachmentsController {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  @Get(':id')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readAttachment', summary: 'Where an attachment can be fetched' })
  @ApiResponse({ status: 200, standardSchema: addressShape, description: 'Its address' })
  async read(
    @Param('id', { schema: idParam }) id: string,
    @Caller() principal: Principal,
  ): Promise<z.infer<typeof addressShape>> {
    const reach = readReach(principal);
    const found = await this.database.tenant(principal.tenantId, (tx) => readAttachment(tx, this.vault, id, reach));
    if (found === null) throw new Problem('not_found');
    if (!withinReach(reach, principal.queues, found.queue)) throw new Problem('forbidden');
    return { url: found.url, expiresAt: found.expiresAt };
  }
}
