import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { reachOf } from '../../domain/identity/permissions.js';
import type { Principal } from '../../modules/identity/index.js';
import { isQueue } from '../../modules/queue/index.js';
import { Claims } from '../../modules/task/index.js';
import type { HeldTask } from '../../modules/task/index.js';
import type { TaskView } from '../../modules/workbench/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Acting, Acts } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Origin } from '../http/origin.js';
import { instantText } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import { actorOf, holdProblem, requireReach, TaskDesk } from './task-desk.js';
import { leaseShape, nextBody, releaseBody, releasedShape, renewBody, taskShape } from './tasks.schemas.js';

/** Who works on what: claims, leases and their ends. None of it needs the workflow. */
@ApiTags('tasks')
@Controller('v1/tasks')
export class TaskClaimsController {
  constructor(
    private readonly acts: Acts,
    private readonly claims: Claims,
    private readonly desk: TaskDesk,
  ) {}

  @Post('next')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'claimNextTask',
    summary: 'Claim what bites first',
    description: 'Passes over tasks that are snoozed, offered to others, or given back by the caller within an hour.',
  })
  @ApiResponse({ status: 200, standardSchema: taskShape, description: 'Claimed, with the token' })
  @ApiResponse({ status: 204, description: 'There is nothing to do' })
  async next(
    @Body({ schema: nextBody }) body: z.infer<typeof nextBody>,
    @Acting() act: Act,
    @Origin() origin: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TaskView | undefined> {
    const { principal } = act;
    const answer = await this.acts.once(act, async (tx) => {
      const queues = await queuesFor(tx, principal, body.queue);
      const task = await this.claims.next(tx, actorOf(principal, act.requestId), queues);
      return task === null ? { status: 204, body: null } : this.desk.answer(tx, { principal, origin }, { task });
    });
    reply.status(answer.status);
    return answer.body === null ? undefined : (answer.body as TaskView);
  }

  @Post(':id/claim')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'claimTask', summary: 'Claim a task; at most one person holds it' })
  @ApiResponse({ status: 200, standardSchema: taskShape, description: 'Claimed, with the token' })
  @ApiResponse({
    status: 409,
    description: '`task_held` with the `holder`, `task_offered` with `assignee` and `until`, or `task_ended`',
  })
  async claim(
    @Param('id', { schema: idParam }) id: string,
    @Acting() act: Act,
    @Origin() origin: string,
  ): Promise<TaskView> {
    const { principal, requestId } = act;
    const answer = await this.acts.once(act, async (tx) => {
      const task = await this.desk.open(tx, principal, id);
      const result = await this.claims.claim(tx, actorOf(principal, requestId), task);
      return this.desk.answer(tx, { principal, origin }, result);
    });
    return answer.body as TaskView;
  }

  @Post(':id/renew')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({ operationId: 'renewTask', summary: 'Prolong the lease of a task one holds' })
  @ApiResponse({ status: 200, standardSchema: leaseShape, description: 'Prolonged' })
  @ApiResponse({ status: 409, description: '`token_stale`: the task has changed hands' })
  async renew(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: renewBody }) { token }: z.infer<typeof renewBody>,
    @Acting() act: Act,
  ): Promise<z.infer<typeof leaseShape>> {
    const answer = await this.acts.once(act, async (tx) => {
      const task = await this.desk.open(tx, act.principal, id);
      const result = await this.claims.renew(tx, actorOf(act.principal, act.requestId), task, token);
      if ('refused' in result) return { refused: holdProblem(result.refused) };
      const { hold, now } = result.task;
      return { status: 200, body: { id, token, leaseUntil: instantText(hold.leaseUntil ?? now) } };
    });
    return answer.body as z.infer<typeof leaseShape>;
  }

  @Post(':id/release')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'releaseTask',
    summary: 'Give a task back; draft and note stay with it',
    description: 'The holder sends the token. A supervisor takes a claim or an offer away without one.',
  })
  @ApiResponse({ status: 200, standardSchema: releasedShape, description: 'Anybody in the queue may take it' })
  @ApiResponse({ status: 409, description: '`token_stale`, `task_ended`, or `nothing_open` when nobody has it' })
  async release(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: releaseBody }) body: z.infer<typeof releaseBody>,
    @Acting() act: Act,
  ): Promise<z.infer<typeof releasedShape>> {
    const token = body.token ?? null;
    const answer = await this.acts.once(act, async (tx) => {
      const task = await this.desk.open(tx, act.principal, id);
      if (token === null) requireSupervisor(act.principal, task);
      const result = await this.claims.release(tx, actorOf(act.principal, act.requestId), task, token);
      return 'refused' in result
        ? { refused: holdProblem(result.refused) }
        : { status: 200, body: { id, state: 'ready' } };
    });
    return answer.body as z.infer<typeof releasedShape>;
  }
}

/** Without a token only a supervisor releases; a holder who left it out is told what is missing. */
function requireSupervisor(principal: Principal, task: HeldTask): void {
  if (reachOf(principal.role, 'inquiries.supervise') !== null) return;
  if (task.hold.holderId === principal.memberId) {
    throw new Problem('request_invalid', { errors: [{ pointer: '/token', detail: 'Send the token of your claim' }] });
  }
  throw new Problem('forbidden', { detail: 'Only a supervisor takes a task away from somebody else.' });
}

/** The queues `next` looks in: the one named, else all the caller reaches (null = every queue of the tenant). */
async function queuesFor(tx: Tx, principal: Principal, queue: string | undefined): Promise<readonly string[] | null> {
  if (queue === undefined) return reachOf(principal.role, 'inquiries.act') === 'own' ? principal.queues : null;
  if (!(await isQueue(tx, queue)))
    throw new Problem('queue_unknown', { errors: [{ pointer: '/queue', detail: 'There is no such queue' }] });
  requireReach(principal, 'inquiries.act', queue);
  return [queue];
}
