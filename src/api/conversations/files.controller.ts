import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FileLinks, StoredFiles } from '../../modules/attachment/index.js';
import { OpenToAll } from '../access/access.guard.js';
import { Problem } from '../problems/problem.js';

/** Files themselves, away from the API: they are somebody else's, and nothing in them may run here. */
@ApiTags('conversations')
@Controller('files')
export class FilesController {
  constructor(
    private readonly links: FileLinks,
    private readonly files: StoredFiles,
  ) {}

  @Get(':token')
  @OpenToAll()
  @ApiOperation({ operationId: 'fetchFile', summary: 'A file, by a link of GET /v1/attachments/{id}' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'The file, to be saved and not shown' })
  async fetch(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const linked = this.links.read(token, Date.now());
    const file = linked === null ? null : await this.files.open(linked);
    if (file === null) throw new Problem('not_found', { detail: 'Ask for a new link: this one is not good any more.' });
    await reply
      .headers({
        'content-type': file.kind,
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()]/g, escaped)}`,
        'content-security-policy': "sandbox; default-src 'none'",
        'cache-control': 'private, no-store',
      })
      .send(file.bytes);
  }
}

/** What `encodeURIComponent` leaves as it is and a header must not have (RFC 8187, 3.2). */
function escaped(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}
