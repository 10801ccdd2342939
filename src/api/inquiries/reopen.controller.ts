import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { audit } from '../../modules/audit/index.js';
import { Reopener } from '../../modules/ingest/index.js';
import { May } from '../access/access.guard.js';
import { Acting, Acts } from '../http/acting.js';
import type { Act, Answer } from '../http/acting.js';
import { Problem } from '../problems/problem.js';
import { reopenSchema } from './command-schemas.js';
import { CommandService } from './command.service.js';

const reopenedSchema = z.object({ inquiryId: z.uuid() });

/** Going on with a closed inquiry. */
@ApiTags('inquiries')
@Controller('v1/inquiries')
export class ReopenController {
  constructor(
    private readonly acts: Acts,
    private readonly commands: CommandService,
    private readonly reopener: Reopener,
  ) {}

  @Post(':id/reopen')
  @HttpCode(201)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'reopenInquiry', summary: 'Go on with a closed inquiry, as a new one linked to it' })
  @ApiResponse({ status: 201, standardSchema: reopenedSchema, description: 'The linked inquiry' })
  async reopen(
    @Param('id') id: string,
    @Body({ schema: reopenSchema }) _body: unknown,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<unknown> {
    const target = await this.commands.target(act.principal, id);
    const { status, body } = await this.acts.once(act, async (tx): Promise<Answer> => {
      const at = Date.now();
      const result = await this.reopener.reopen(tx, target.id, at);
      if ('refused' in result) return { refused: problemOf(result) };
      const { memberId, role } = act.principal;
      await audit(tx, [
        {
          at,
          actor: { kind: 'member', id: memberId, role },
          action: 'inquiry.reopen',
          object: { kind: 'inquiry', id: target.id },
          inquiryId: target.id,
          result: 'ok',
          after: { linked: result.inquiryId },
          requestId: act.requestId,
        },
      ]);
      return { status: 201, body: result };
    });
    response.status(status);
    return body;
  }
}

function problemOf(result: {
  readonly refused: 'not_closed' | 'erased' | 'inquiry_open';
  readonly openId?: string;
}): Problem {
  if (result.refused === 'inquiry_open') {
    return new Problem('inquiry_open', {
      detail: 'The conversation has an open inquiry.',
      extra: { inquiryId: result.openId },
    });
  }
  return new Problem(result.refused);
}
