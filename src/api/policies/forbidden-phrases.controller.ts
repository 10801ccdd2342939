import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { PhrasePolicy } from '../../modules/policy/index.js';
import type { PhrasePolicyState } from '../../modules/policy/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { localeText } from '../http/shapes.js';
import { plainText } from '../http/validation.js';

const phraseShape = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'A name such as ask-to-cancel'),
  phrase: plainText(200).describe(
    'Words in order: `a|b` one of two, `cancel*` a beginning, `~` up to four words between',
  ),
  channels: z.array(plainText(63)).min(1).max(20).optional().describe('Left out = on every channel'),
  why: z.union([plainText(500), z.record(localeText, plainText(500))]).describe('For whoever writes it'),
});
const policyBody = z.strictObject({ phrases: z.array(phraseShape).max(200) });
const policyShape = policyBody.extend({ version: z.int() });

/** What people should not write to buyers; they are warned, and going on is recorded. */
@ApiTags('policies')
@Controller('v1/forbidden-phrases')
export class ForbiddenPhrasesController {
  constructor(
    private readonly editor: Editor,
    private readonly policy: PhrasePolicy,
  ) {}

  @Get()
  @May('templates.read')
  @ApiOperation({ operationId: 'readForbiddenPhrases', summary: 'All of them' })
  @ApiResponse({ status: 200, standardSchema: policyShape, description: 'The phrases' })
  async read(
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PhrasePolicyState> {
    return tagged(reply, await this.editor.read(principal, (tx) => this.policy.read(tx)));
  }

  @Put()
  @May('templates.write')
  @ApiOperation({ operationId: 'replaceForbiddenPhrases', summary: 'Replace all, for what is written from now on' })
  @ApiResponse({ status: 200, standardSchema: policyShape, description: 'The phrases as they are now' })
  async replace(
    @Body({ schema: policyBody }) { phrases }: z.infer<typeof policyBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PhrasePolicyState> {
    return tagged(
      reply,
      await this.editor.change(editing, (tx, author) => this.policy.replace(tx, author, phrases, expected)),
    );
  }
}
