import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { PublishingPolicy } from '../../modules/policy/index.js';
import type { PublishingPolicyState } from '../../modules/policy/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';

const policyBody = z.strictObject({
  byAnotherPerson: z.boolean().describe('Whoever saved a draft cannot publish it; who publishes names the draft read'),
});
const policyShape = policyBody.extend({ version: z.int() });

/** What has to be so before a definition is published. The administrator's: those who publish could lift it for a moment. */
@ApiTags('policies')
@Controller('v1/publishing-policy')
export class PublishingPolicyController {
  constructor(
    private readonly editor: Editor,
    private readonly policy: PublishingPolicy,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'readPublishingPolicy', summary: 'Whether definitions are published by another person' })
  @ApiResponse({ status: 200, standardSchema: policyShape, description: 'The policy' })
  async read(
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishingPolicyState> {
    return tagged(reply, await this.editor.read(principal, (tx) => this.policy.read(tx)));
  }

  @Put()
  @May('members.manage')
  @ApiOperation({ operationId: 'replacePublishingPolicy', summary: 'Replace it, for what is published from now on' })
  @ApiResponse({ status: 200, standardSchema: policyShape, description: 'The policy as it is now' })
  async replace(
    @Body({ schema: policyBody }) { byAnotherPerson }: z.infer<typeof policyBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishingPolicyState> {
    return tagged(
      reply,
      await this.editor.change(editing, (tx, author) => this.policy.replace(tx, author, byAnotherPerson, expected)),
    );
  }
}
