import { Body, Controller, Get, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Command } from '../../domain/inquiry/events.js';
import type { Principal } from '../../modules/identity/index.js';
import { CommandDesk, scalarsOf } from '../../modules/inquiry/index.js';
import { isId } from '../../platform/ids/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { etag, IfMatch, requireVersion } from '../http/etag.js';
import { Problem } from '../problems/problem.js';
import {
  assignSchema,
  checkSchema,
  closeSchema,
  commandAnswerSchema,
  correctSchema,
  eventSchema,
  noteSchema,
  reasonCode,
  replyAnswerSchema,
  replySchema,
  replyTemplatesSchema,
  snoozeSchema,
} from './command-schemas.js';
import type { CorrectBody, ReplyBody } from './command-schemas.js';
import { CommandService, resultOf } from './command.service.js';
import type { CommandAnswer } from './command.service.js';
import { ReplyService } from './reply.service.js';

type Reply = FastifyReply;
type Body = Readonly<Record<string, unknown>>;

/** What people do with an inquiry: each request is a command of its workflow. */
@ApiTags('inquiries')
@Controller('v1')
export class InquiryCommandsController {
  constructor(
    private readonly commands: CommandService,
    private readonly replies: ReplyService,
    private readonly desk: CommandDesk,
  ) {}

  @Post('inquiries/:id/replies')
  @HttpCode(202)
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'reply',
    summary: 'Answer the buyer; takes the open reply task if it is free or your own',
  })
  @ApiResponse({ status: 202, standardSchema: replyAnswerSchema, description: 'Queued, or pending as a command' })
  async reply(
    @Param('id') id: string,
    @Body({ schema: replySchema }) body: ReplyBody,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const target = await this.commands.target(act.principal, id);
    return send(response, await this.replies.reply(act, target, body, { taskKey: null, token: null }));
  }

  @Post('inquiries/:id/replies/check')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'checkReply', summary: 'What would stand in the way of a text; sends nothing' })
  async check(
    @Param('id') id: string,
    @Body({ schema: checkSchema }) body: z.infer<typeof checkSchema>,
    @Caller() principal: Principal,
  ): Promise<Body> {
    const target = await this.commands.target(principal, id);
    return {
      problems: this.replies.problems(target, body.text),
      ...(await this.replies.judge(principal, target, body.text)),
      length: body.text.length,
      limits: this.replies.limits(target),
    };
  }

  @Get('inquiries/:id/channel-templates')
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'listReplyTemplates',
    summary: 'Texts that the platform takes for this conversation now, to answer with by `template`',
  })
  @ApiResponse({ status: 200, standardSchema: replyTemplatesSchema, description: 'None where the platform has none' })
  async templates(
    @Param('id') id: string,
    @Caller() principal: Principal,
  ): Promise<z.infer<typeof replyTemplatesSchema>> {
    const target = await this.commands.target(principal, id);
    return { items: await this.replies.templates(target) };
  }

  @Post('inquiries/:id/notes')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'addNote', summary: 'Keep a note for colleagues; the buyer never sees it' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Applied' })
  async note(
    @Param('id') id: string,
    @Body({ schema: noteSchema }) body: z.infer<typeof noteSchema>,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    return this.#submit(act, id, { kind: 'note' }, { text: body.text }, response);
  }

  @Post('inquiries/:id/close')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'closeInquiry', summary: 'Close; waits while a message is on its way' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Closed, or closing' })
  async close(
    @Param('id') id: string,
    @Body({ schema: closeSchema }) body: z.infer<typeof closeSchema>,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const { reason } = body;
    return this.#submit(act, id, { kind: 'close', reasonCode: reasonCode(reason) }, { reason }, response);
  }

  @Post('inquiries/:id/snooze')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'snoozeInquiry', summary: 'Hide its tasks until an instant or the next buyer message' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Snoozed; clocks run on' })
  async snooze(
    @Param('id') id: string,
    @Body({ schema: snoozeSchema }) body: z.infer<typeof snoozeSchema>,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const command: Command = { kind: 'snooze', until: Date.parse(body.until) };
    return this.#submit(act, id, command, { reason: body.reason ?? null }, response);
  }

  @Post('inquiries/:id/assign')
  @HttpCode(200)
  @May('inquiries.supervise')
  @ApiOperation({ operationId: 'assignInquiry', summary: 'Put the open task into a queue or offer it to a member' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Assigned; whoever held it loses it' })
  async assign(
    @Param('id') id: string,
    @Body({ schema: assignSchema }) body: z.infer<typeof assignSchema>,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const target = await this.commands.target(act.principal, id, 'inquiries.supervise');
    const command: Command = {
      kind: 'assign',
      taskKey: null,
      queue: body.queue ?? null,
      memberId: body.memberId ?? null,
    };
    return send(response, await this.commands.submit(act, target, command));
  }

  @Post('inquiries/:id/events')
  @HttpCode(200)
  @May('inquiries.event')
  @ApiOperation({ operationId: 'reportEvent', summary: 'Report a named event about the inquiry' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Recorded' })
  async event(
    @Param('id') id: string,
    @Body({ schema: eventSchema }) body: z.infer<typeof eventSchema>,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const target = await this.commands.target(act.principal, id, 'inquiries.event');
    const command: Command = { kind: 'event', name: body.name, at: Date.now(), data: scalarsOf(body.data) };
    return send(response, await this.commands.submit(act, target, command, { data: body.data ?? {} }));
  }

  @Patch('inquiries/:id')
  @May('inquiries.act')
  @ApiOperation({ operationId: 'correctInquiry', summary: 'Correct what the machine understood; old and new are kept' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Corrected' })
  async correct(
    @Param('id') id: string,
    @Body({ schema: correctSchema }) body: CorrectBody,
    @IfMatch() expected: number | 'any',
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const target = await this.commands.target(principal, id);
    requireVersion(expected, target.version);
    const command = { kind: 'correct', expectedVersion: target.version, ...body } as Command;
    const act = this.commands.unrepeated(principal, String(request.id));
    const answer = await this.commands.submit(act, target, command);
    const { version } = await this.commands.target(principal, id);
    void response.header('etag', etag(version));
    return send(response, answer);
  }

  @Post('messages/:id/cancel')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'cancelMessage', summary: 'Take a message back before the channel is given it' })
  @ApiResponse({
    status: 200,
    standardSchema: commandAnswerSchema,
    description: 'Taken back; its text returns to the author',
  })
  async cancel(
    @Param('id') id: string,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: Reply,
  ): Promise<Body> {
    const found = await this.commands.message(act.principal, id);
    const target = await this.commands.target(act.principal, found.inquiryId);
    return send(response, await this.commands.submit(act, target, { kind: 'cancel_message', send: found.send }));
  }

  @Get('commands/:id')
  @May('inquiries.act')
  @ApiOperation({ operationId: 'readCommand', summary: 'What a command has come to' })
  async command(@Param('id') id: string, @Caller() principal: Principal): Promise<Body> {
    const row = isId(id) ? await this.desk.find(principal.tenantId, id) : null;
    if (row === null || (row.memberId !== principal.memberId && principal.role !== 'supervisor'))
      throw new Problem('not_found');
    const problem = row.state === 'refused' ? (await this.commands.problem(principal, row)).toDocument(null) : null;
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      result: row.state === 'applied' ? resultOf(row) : null,
      problem,
    };
  }

  async #submit(act: Act, id: string, command: Command, words: Body, response: Reply): Promise<Body> {
    const target = await this.commands.target(act.principal, id);
    return send(response, await this.commands.submit(act, target, command, words));
  }
}

/** Sets status and `Location` of a command's answer. */
export function send(response: Reply, answer: CommandAnswer): Body {
  response.status(answer.status);
  if (answer.location !== null) void response.header('location', answer.location);
  return answer.body;
}
