import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { REASONS } from '../../domain/attachment/states.js';
import { withinReach } from '../../domain/identity/permissions.js';
import type { Reach } from '../../domain/identity/permissions.js';
import { FileLinks } from '../../modules/attachment/index.js';
import { readAttachment } from '../../modules/conversation/index.js';
import type { Attachment } from '../../modules/conversation/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Origin } from '../http/origin.js';
import { instantShape, instantText } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { attachmentReasonShape, attachmentStateShape } from '../inquiries/inquiry-shapes.js';
import { readReach } from '../inquiries/inquiries.controller.js';
import { Problem } from '../problems/problem.js';

const addressShape = z.object({
  url: z.string().nullable().describe('null for roles that see no texts, and while there is nothing to fetch'),
  expiresAt: instantShape.nullable().describe('null where the link is somebody else’s'),
  state: attachmentStateShape,
  reason: attachmentReasonShape,
});

/** Where files can be fetched that a buyer or an agent attached. */
@ApiTags('conversations')
@Controller('v1/attachments')
export class AttachmentsController {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly links: FileLinks,
  ) {}

  @Get(':id')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readAttachment', summary: 'A link to an attachment, good for five minutes' })
  @ApiResponse({ status: 200, standardSchema: addressShape, description: 'The link, or why there is none' })
  async read(
    @Param('id', { schema: idParam }) id: string,
    @Caller() principal: Principal,
    @Origin() origin: string,
  ): Promise<z.infer<typeof addressShape>> {
    const reach = readReach(principal);
    const found = await this.database.tenant(principal.tenantId, (tx) => readAttachment(tx, this.vault, id, reach));
    if (found === null) throw new Problem('not_found');
    if (!withinReach(reach, principal.queues, found.queue)) throw new Problem('forbidden');
    const { state, reason } = found;
    return {
      ...this.#link(principal, found, reach, origin),
      state,
      reason: reason === null ? null : { code: reason, text: REASONS[reason] },
    };
  }

  /** A link of ours to what is stored; an address elsewhere that was sent stays what it is. */
  #link(
    { tenantId }: Principal,
    { id, state, stated }: Attachment,
    reach: Reach,
    origin: string,
  ): { readonly url: string | null; readonly expiresAt: string | null } {
    if (reach === 'no_text') return { url: null, expiresAt: null };
    if (state === 'linked') return { url: stated?.url ?? null, expiresAt: null };
    if (state !== 'stored') return { url: null, expiresAt: null };
    const { url, expiresAt } = this.links.make({ tenantId, attachmentId: id }, origin, Date.now());
    return { url, expiresAt: instantText(expiresAt) };
  }
}
