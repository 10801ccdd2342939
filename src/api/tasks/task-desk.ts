import { Injectable } from '@nestjs/common';
import { reachOf, withinReach } from '../../domain/identity/permissions.js';
import type { Permission } from '../../domain/identity/permissions.js';
import { FileLinks } from '../../modules/attachment/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { peekTask } from '../../modules/task/index.js';
import type { ExplainedRefusal, HeldTask, HoldResult, TaskActor } from '../../modules/task/index.js';
import { Tasks } from '../../modules/workbench/index.js';
import type { FileLinker, TaskView } from '../../modules/workbench/index.js';
import type { Tx } from '../../platform/database/index.js';
import { isId } from '../../platform/ids/index.js';
import type { Answer } from '../http/acting.js';
import { instantText } from '../http/shapes.js';
import { Problem } from '../problems/problem.js';

/** Who asks, and where they reached us. */
export type Visitor = { readonly principal: Principal; readonly origin: string };

/** What a caller may see of tasks, and how acts on them are answered. */
@Injectable()
export class TaskDesk {
  constructor(
    private readonly tasks: Tasks,
    private readonly links: FileLinks,
  ) {}

  /** The task a caller may act on; 404 for one that is not the tenant's, 403 for one beyond the caller's queues. */
  async open(tx: Tx, principal: Principal, id: string, permission: Permission = 'inquiries.act'): Promise<HeldTask> {
    const task = isId(id) ? await peekTask(tx, id) : null;
    if (task === null) throw new Problem('not_found');
    requireReach(principal, permission, task.queue);
    requireApprover(principal, task);
    return task;
  }

  /** The task as the caller sees it; 404 and 403 as above. */
  async view(tx: Tx, { principal, origin }: Visitor, id: string): Promise<TaskView> {
    const reach = reachOf(principal.role, 'inquiries.read') ?? 'no_text';
    const { memberId, tenantId } = principal;
    const link: FileLinker = (attachmentId) => this.links.make({ tenantId, attachmentId }, origin, Date.now());
    const view = await this.tasks.view(tx, id, { memberId, reach, link });
    if (view === null) throw new Problem('not_found');
    requireReach(principal, 'inquiries.read', view.queue);
    return view;
  }

  /** The answer to an act that leaves the task with the caller: the task, or the refusal. */
  async answer(tx: Tx, visitor: Visitor, result: HoldResult): Promise<Answer> {
    if ('refused' in result) return { refused: holdProblem(result.refused) };
    return { status: 200, body: await this.view(tx, visitor, result.task.id) };
  }
}

/** The caller as somebody who acts on tasks. */
export function actorOf(principal: Principal, requestId: string): TaskActor {
  return { memberId: principal.memberId, role: principal.role, requestId };
}

/** Throws 403 unless the queue is one the caller's permission reaches. */
export function requireReach(principal: Principal, permission: Permission, queue: string): void {
  const reach = reachOf(principal.role, permission);
  if (reach === null || !withinReach(reach, principal.queues, queue)) {
    throw new Problem('forbidden', { detail: 'The task is in a queue you do not belong to.' });
  }
}

/** Throws 403 for an approval that is neither the caller's role's nor, as everything is, a supervisor's. */
function requireApprover({ role }: Principal, { approverRole }: HeldTask): void {
  if (approverRole === null || role === approverRole || role === 'supervisor') return;
  throw new Problem('forbidden', { detail: `Only a ${approverRole} approves this.` });
}

/** The problem a refused act on a task's hold is answered with; it is in the audit log already. */
export function holdProblem({ code, state, holder, assignee, until }: ExplainedRefusal): Problem {
  const offer = assignee === null ? {} : { assignee, until: instantText(until) };
  return new Problem(code, { extra: { currentState: state, holder, ...offer }, audited: true });
}
