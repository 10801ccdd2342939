import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { inspect } from '../../domain/attachment/inspect.js';
import { KINDS } from '../../domain/attachment/kinds.js';
import { REASONS } from '../../domain/attachment/states.js';
import { Uploads } from '../../modules/attachment/index.js';
import type { KeptFile } from '../../modules/attachment/index.js';
import { audit } from '../../modules/audit/index.js';
import type { Upload } from '../../modules/conversation/index.js';
import type { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { CONFIG } from '../../platform/nest/index.js';
import { May } from '../access/access.guard.js';
import { Acting, Acts } from '../http/acting.js';
import type { Act, Answer } from '../http/acting.js';
import { UploadHeaders } from '../http/upload-headers.js';
import type { UploadHead } from '../http/upload-headers.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import { CommandService } from './command.service.js';
import { ReplyLimits } from './reply-limits.js';

const uploadedShape = z.object({
  id: z.uuid(),
  mediaType: z.string().describe('What it is by its bytes'),
  size: z.int().describe('Bytes that are kept: without what cameras write into pictures'),
});

/** Files to answer with; a reply names them. */
@ApiTags('inquiries')
@Controller('v1/inquiries')
export class UploadsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly commands: CommandService,
    private readonly limits: ReplyLimits,
    private readonly uploads: Uploads,
    private readonly acts: Acts,
  ) {}

  @Post(':id/attachments')
  @HttpCode(201)
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'uploadAttachment',
    summary: 'Upload a file to answer with; it goes after 48 hours unless a reply names it',
  })
  @ApiConsumes(...Object.keys(KINDS))
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 201, standardSchema: uploadedShape, description: 'Kept; name its id in `attachments`' })
  async upload(
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
    @UploadHeaders() head: UploadHead,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<unknown> {
    const target = await this.commands.target(act.principal, id);
    if (target.erased) throw new Problem('erased');
    if (target.closed) throw new Problem('inquiry_closed');
    const file = this.#inspected(body, head.mediaType);
    this.limits.requireTaken(target, { mediaType: file.kind, size: file.bytes.length });
    const upload = {
      // Other bytes under the same key are another file: which of both is kept decides whoever came first.
      id: derivedId(act.id, 'upload', act.fingerprint.toString('hex')),
      inquiryId: target.id,
      shopId: target.shopId,
      name: head.name,
    };
    if (!(await this.uploads.store(act.principal.tenantId, upload, file))) throw new Problem('erased');
    const answer = await this.acts.once(act, (tx) => this.#record(tx, act, upload, file));
    response.status(answer.status);
    return answer.body;
  }

  async #record(tx: Tx, { principal, requestId }: Act, upload: Upload, file: KeptFile): Promise<Answer> {
    if (!(await this.uploads.record(tx, upload, file))) return { refused: new Problem('erased') };
    const { id, inquiryId } = upload;
    const said = { mediaType: file.kind, size: file.bytes.length };
    await audit(tx, [
      {
        at: Date.now(),
        actor: { kind: 'member', id: principal.memberId, role: principal.role },
        action: 'attachment.upload',
        object: { kind: 'attachment', id },
        inquiryId,
        result: 'ok',
        after: said,
        requestId,
      },
    ]);
    return { status: 201, body: { id, ...said } };
  }

  /** The file as it is kept; throws 422 for one that is not. */
  #inspected(body: unknown, stated: string): KeptFile {
    const { maxBytes } = this.config.files;
    const inspected = inspect(Buffer.isBuffer(body) ? body : Buffer.alloc(0), stated, maxBytes);
    if (inspected.ok) return inspected;
    throw new Problem('file_refused', {
      detail: REASONS[inspected.reason].en,
      extra: { reason: { code: inspected.reason, text: REASONS[inspected.reason] } },
    });
  }
}
