import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { Definitions, Publishing } from '../../modules/definition/index.js';
import type { Published, SavedDraft } from '../../modules/definition/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatchIfAny } from '../http/etag.js';
import { keyParam, keyText, plainText } from '../http/validation.js';
import { checkShape, draftShape, publishedShape } from './definitions.schemas.js';
import { bringsText, definitionTextOf, sendText, TEXT_BODY, TEXT_CONTENT, TEXTS } from './definition-text.js';

const publishBody = z.strictObject({ reason: plainText(500).optional() }).nullish();

/** Writing definitions: drafts with or without errors, and versions that never change. */
@ApiTags('definitions')
@Controller('v1/definitions/:key')
export class PublishingController {
  constructor(
    private readonly editor: Editor,
    private readonly definitions: Definitions,
    private readonly publishing: Publishing,
  ) {}

  @Get('draft')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readDraft', summary: 'The draft exactly as it was sent' })
  @ApiResponse({ status: 200, content: TEXT_CONTENT, description: 'The text' })
  async draft(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const draft = await this.editor.read(principal, (tx) => this.definitions.draft(tx, key));
    return sendText(reply, tagged(reply, draft));
  }

  @Put('draft')
  @May('definitions.write')
  @ApiOperation({
    operationId: 'saveDraft',
    summary: 'Keep a text as the draft, whatever is wrong in it; If-Match is required once there is one',
  })
  @ApiConsumes(...TEXTS)
  @ApiBody(TEXT_BODY)
  @ApiResponse({ status: 200, standardSchema: draftShape, description: 'Kept; with everything that is wrong' })
  async save(
    @Param('key', { schema: keyText }) key: string,
    @Req() request: FastifyRequest,
    @IfMatchIfAny() expected: ExpectedVersion | null,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SavedDraft> {
    const text = definitionTextOf(request);
    const saved = await this.editor.change(editing, (tx, author) =>
      this.publishing.saveDraft(tx, author, key, text, expected),
    );
    return tagged(reply, saved);
  }

  @Post('validate')
  @HttpCode(200)
  @May('definitions.read')
  @ApiOperation({
    operationId: 'validateDefinition',
    summary: 'Check a text, or the draft when none is sent; nothing is saved',
  })
  @ApiConsumes(...TEXTS)
  @ApiBody({ ...TEXT_BODY, required: false })
  @ApiResponse({ status: 200, standardSchema: checkShape, description: 'Everything that is wrong' })
  validate(
    @Caller() principal: Principal,
    @Param('key', { schema: keyText }) key: string,
    @Req() request: FastifyRequest,
  ): Promise<Pick<SavedDraft, 'problems'>> {
    const sent = bringsText(request) ? definitionTextOf(request) : null;
    return this.editor.read(principal, async (tx) => {
      const text = sent ?? (await this.definitions.draft(tx, key));
      if (text === null) return null;
      const { problems } = await this.publishing.check(tx, key, text, Date.now());
      return { problems };
    });
  }

  @Post('publish')
  @HttpCode(201)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'publishDefinition',
    summary: 'Make the draft the next version; its scenarios must pass, warnings do not keep it back',
    description:
      'If-Match names the draft that was read. It is needed where the tenant wants somebody else than the author to publish.',
  })
  @ApiResponse({ status: 201, standardSchema: publishedShape, description: 'Published; inquiries start on it at once' })
  async publish(
    @Param('key', { schema: keyParam }) key: string,
    @Body({ schema: publishBody }) body: z.infer<typeof publishBody>,
    @IfMatchIfAny() expected: ExpectedVersion | null,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof publishedShape>> {
    const published: Published = await this.editor.once(act, 201, (tx, author) =>
      this.publishing.publish(tx, author, key, body?.reason ?? null, expected),
    );
    void reply.header('location', `/v1/definitions/${key}/versions/${published.version}`);
    return { ...published, problems: [...published.problems] };
  }
}
