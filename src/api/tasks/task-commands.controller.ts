import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Command } from '../../domain/inquiry/events.js';
import type { FormPlan, Intent, Urgency } from '../../domain/definition/plan.js';
import { actionsOf } from '../../domain/task/actions.js';
import { readForm } from '../../domain/task/form.js';
import { May } from '../access/access.guard.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { validated } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import {
  anyCompletionSchema,
  assignSchema,
  commandAnswerSchema,
  completeFormSchema,
  completeSchema,
  reasonCode,
} from '../inquiries/command-schemas.js';
import type { CompleteBody } from '../inquiries/command-schemas.js';
import { CommandService } from '../inquiries/command.service.js';
import type { CommandTarget, TaskTarget } from '../inquiries/command.service.js';
import { send } from '../inquiries/inquiry-commands.controller.js';
import { ReplyLimits } from '../inquiries/reply-limits.js';
import { ReplyService } from '../inquiries/reply.service.js';

/** The two ways a task ends or moves by command; claiming and leases need no workflow. */
@ApiTags('tasks')
@Controller('v1/tasks')
export class TaskCommandsController {
  constructor(
    private readonly commands: CommandService,
    private readonly replies: ReplyService,
    private readonly limits: ReplyLimits,
  ) {}

  @Post(':id/complete')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'completeTask', summary: 'End a task one holds, by one of the actions of its kind' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Done' })
  async complete(
    @Param('id') id: string,
    @Body({ schema: anyCompletionSchema }) given: unknown,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Readonly<Record<string, unknown>>> {
    const task = await this.commands.taskTarget(act.principal, id);
    const { target, taskKey, kind, form } = task;
    const filled = form === null ? null : validated(completeFormSchema, given);
    if (form !== null && filled !== null && filled.action !== 'hand_over') {
      const { command, words } = formCommand(task, form, filled);
      return send(response, await this.commands.submit(act, target, command, words));
    }
    const body = validated(completeSchema, given);
    requireAction(kind, form, body.action);
    if (body.action === 'send') {
      const answer = await this.replies.reply(act, target, body, { taskKey, token: body.token });
      return send(response, { ...answer, status: answer.location === null ? 200 : 202 });
    }
    if (body.action === 'approve') {
      return send(
        response,
        await this.commands.submit(act, target, await this.#approval(act, task, body), words(body)),
      );
    }
    return send(response, await this.commands.submit(act, target, commandOf(body, taskKey), words(body)));
  }

  @Post(':id/assign')
  @HttpCode(200)
  @May('inquiries.supervise')
  @ApiOperation({ operationId: 'assignTask', summary: 'Put a task into a queue or offer it to a member' })
  @ApiResponse({ status: 200, standardSchema: commandAnswerSchema, description: 'Assigned; whoever held it loses it' })
  async assign(
    @Param('id') id: string,
    @Body({ schema: assignSchema }) body: z.infer<typeof assignSchema>,
    @Acting() act: Act,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { target, taskKey } = await this.#task(act, id);
    const command: Command = { kind: 'assign', taskKey, queue: body.queue ?? null, memberId: body.memberId ?? null };
    return send(response, await this.commands.submit(act, target, command));
  }

  /** An approval; a correction is held to what holds for every text. */
  async #approval(
    { principal }: Act,
    { target, taskKey }: TaskTarget,
    { token, textHash, text, acceptWarnings }: Extract<CompleteBody, { action: 'approve' }>,
  ): Promise<Command> {
    const command = { kind: 'approve', taskKey, token, textHash, edited: text !== undefined } as const;
    if (text === undefined) return command;
    this.replies.requireSendable(target, text);
    await this.limits.requireBeside(principal.tenantId, target, taskKey, text);
    const acceptedWarnings = await this.replies.acceptedWarnings(principal, target, text, acceptWarnings);
    return acceptedWarnings.length === 0 ? command : { ...command, acceptedWarnings };
  }

  #task(act: Act, id: string): Promise<{ readonly target: CommandTarget; readonly taskKey: string }> {
    return this.commands.taskTarget(act.principal, id, 'inquiries.supervise');
  }
}

/** Throws 422 unless a task of this kind takes the action. */
function requireAction(kind: string, form: FormPlan | null, action: string): void {
  const allowed = actionsOf(kind, form).map(({ name }) => name);
  if (allowed.includes(action)) return;
  throw new Problem('meaning_invalid', {
    detail: `A ${kind} task takes ${allowed.join(', ')}.`,
    errors: [{ pointer: '/action', detail: `One of ${allowed.join(', ')}` }],
  });
}

function formCommand(
  { taskKey, kind }: TaskTarget,
  form: FormPlan,
  { action, token, note, ...fields }: z.infer<typeof completeFormSchema>,
): { readonly command: Command; readonly words: Readonly<Record<string, unknown>> } {
  requireAction(kind, form, action);
  const read = readForm(form, fields);
  if ('problems' in read) {
    const errors = read.problems.map(({ field, detail }) => ({ pointer: `/${field}`, detail }));
    throw new Problem('form_invalid', { errors });
  }
  const command: Command = { kind: 'form', taskKey, token, outcome: action, data: read.values };
  return { command, words: { note: note ?? null, fields } };
}

function commandOf(body: Exclude<CompleteBody, { action: 'send' | 'approve' }>, taskKey: string): Command {
  const { token } = body;
  switch (body.action) {
    case 'not_needed':
      return { kind: 'not_needed', taskKey, token, reasonCode: reasonCode(body.reason) };
    case 'hand_over':
      return { kind: 'hand_over', taskKey, token, to: body.to };
    case 'done':
      return {
        kind: 'triage',
        taskKey,
        token,
        intent: body.intent as Intent,
        urgency: body.urgency as Urgency,
        queue: body.queue,
      };
    case 'return':
      return { kind: 'return', taskKey, token, reasonCode: reasonCode(body.reason) };
    case 'delivered':
    case 'not_delivered':
      return { kind: 'confirm_delivery', taskKey, token, delivered: body.action === 'delivered' };
  }
}

/** The caller's own words; they stay sealed with the command. */
function words(body: CompleteBody): Readonly<Record<string, unknown>> {
  return {
    note: body.note ?? null,
    ...('reason' in body ? { reason: body.reason } : {}),
    ...(body.action === 'approve' && body.text !== undefined ? { text: body.text } : {}),
  };
}
