import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { reachOf } from '../../domain/identity/permissions.js';
import type { Principal } from '../../modules/identity/index.js';
import { Claims } from '../../modules/task/index.js';
import { Tasks } from '../../modules/workbench/index.js';
import type { TaskRow, TaskView } from '../../modules/workbench/index.js';
import { Database } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Edit, Editor } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import type { Page } from '../http/paging.js';
import { Origin } from '../http/origin.js';
import { instantText, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { actorOf, holdProblem, TaskDesk } from './task-desk.js';
import { draftBody, draftShape, taskListQuery, taskRowShape, taskShape } from './tasks.schemas.js';
import type { TaskListQuery } from './tasks.schemas.js';

/** Tasks to read, and the words a holder keeps with one. */
@ApiTags('tasks')
@Controller('v1/tasks')
export class TasksController {
  constructor(
    private readonly database: Database,
    private readonly editor: Editor,
    private readonly tasks: Tasks,
    private readonly claims: Claims,
    private readonly desk: TaskDesk,
  ) {}

  @Get()
  @May('inquiries.read')
  @ApiOperation({
    operationId: 'listTasks',
    summary: 'Tasks, what bites first first',
    description:
      'Open tasks come before ended ones: overdue on any clock or due within 15 minutes on a wall clock by deadline, then ' +
      'by urgency, earliest deadline, oldest unanswered message. Snoozed tasks are hidden unless `inquiry` names theirs. ' +
      'Agents see the tasks of their own queues.',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(taskRowShape), description: 'A page of tasks' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: taskListQuery }) query: TaskListQuery,
  ): Promise<Page<TaskRow>> {
    const reader = { reach: reachOf(principal.role, 'inquiries.read') ?? 'no_text', queues: principal.queues };
    const filter = {
      states: query.state,
      kinds: query.kind,
      queue: query.queue,
      memberId: query.mine === true ? principal.memberId : undefined,
      inquiryId: query.inquiry,
      staleMs: query.stale,
    };
    const page = await this.editor.page(principal, query, {
      name: 'tasks',
      read: (tx, after, limit) => this.tasks.list(tx, reader, { filter, after, limit }, Date.now()),
      place: (placed) => placed.position,
    });
    return { ...page, items: page.items.map(({ row }) => row) };
  }

  @Get(':id')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readTask', summary: 'One task with everything needed to answer' })
  @ApiResponse({ status: 200, standardSchema: taskShape, description: 'The task' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Origin() origin: string,
  ): Promise<TaskView> {
    return this.database.tenant(principal.tenantId, (tx) => this.desk.view(tx, { principal, origin }, id));
  }

  @Put(':id/draft')
  @May('inquiries.act')
  @ApiOperation({ operationId: 'saveTaskDraft', summary: 'Keep words with a task one holds; renews the lease' })
  @ApiResponse({ status: 200, standardSchema: draftShape, description: 'Kept' })
  async draft(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: draftBody }) body: z.infer<typeof draftBody>,
    @Edit() { principal, requestId }: Editing,
  ): Promise<z.infer<typeof draftShape>> {
    const { token, text, language } = body;
    const result = await this.database.tenant(principal.tenantId, async (tx) => {
      const task = await this.desk.open(tx, principal, id);
      return this.claims.saveDraft(tx, actorOf(principal, requestId), task, token, { text, language });
    });
    if ('refused' in result) throw holdProblem(result.refused);
    const { now, hold } = result.task;
    const by = { id: principal.memberId, name: principal.name };
    return {
      id,
      token,
      leaseUntil: instantText(hold.leaseUntil ?? now),
      draft: { text, language, by, at: instantText(now) },
    };
  }
}
