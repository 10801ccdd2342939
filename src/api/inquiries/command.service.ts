import { Injectable } from '@nestjs/common';
import { reachOf, withinReach } from '../../domain/identity/permissions.js';
import type { Permission } from '../../domain/identity/permissions.js';
import type { Command } from '../../domain/inquiry/events.js';
import type { Principal } from '../../modules/identity/index.js';
import { formOf } from '../../domain/task/form.js';
import type { FormPlan } from '../../domain/definition/plan.js';
import { PlanStore } from '../../modules/definition/index.js';
import { CommandDesk, intentIdOf, messageIdOf, taskIdOf } from '../../modules/inquiry/index.js';
import type { CommandRow } from '../../modules/inquiry/index.js';
import { Database } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { isId, newId } from '../../platform/ids/index.js';
import type { Act } from '../http/acting.js';
import { isProblemCode } from '../problems/codes.js';
import { Problem } from '../problems/problem.js';

/** An inquiry as far as a command needs it. */
export type CommandTarget = {
  readonly id: string;
  readonly conversationId: string;
  readonly shopId: string;
  /** What the buyer writes in, where it is known. */
  readonly language: string | null;
  readonly channel: string;
  /** Epoch ms until which the channel takes a free text; null where it always does. */
  readonly windowUntil: number | null;
  /** Whether the thread takes one answer. */
  readonly oneAnswer: boolean;
  /** Whether it has it. */
  readonly answered: boolean;
  readonly queue: string | null;
  readonly closed: boolean;
  readonly erased: boolean;
  readonly version: number;
};

/** What a command's controller answers. */
export type CommandAnswer = {
  readonly status: 200 | 202;
  readonly body: Readonly<Record<string, unknown>>;
  readonly location: string | null;
};

const TARGET = `
  select i.id, i.conversation_id as "conversationId", i.shop_id as "shopId", i.language, i.channel, c.window_until as "windowUntil", i.queue_key as queue,
         i.closed_at is not null as closed, i.erased_at is not null as erased, i.version,
         i.one_answer as "oneAnswer",
         i.one_answer and exists (select from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
           and m.direction = 'out' and (m.author = 'human' or m.external_author = 'human')
           and coalesce(m.delivery_state, '') not in ('rejected', 'failed', 'cancelled')) as answered
    from inquiry i join conversation c on c.tenant_id = i.tenant_id and c.id = i.conversation_id
   where i.tenant_id = $1 and i.id = $2`;

const TASK = `
  select t.inquiry_id as "inquiryId", t.key as "taskKey", t.kind, t.step, t.queue_key as queue, i.definition_key as "definitionKey",
         i.definition_version as "definitionVersion"
    from task t join inquiry i on i.tenant_id = t.tenant_id and i.id = t.inquiry_id
   where t.tenant_id = $1 and t.id = $2`;

type TaskRow = {
  readonly inquiryId: string;
  readonly taskKey: string;
  readonly kind: string;
  readonly step: string | null;
  readonly queue: string;
  readonly definitionKey: string;
  readonly definitionVersion: number;
};

/** A task as far as what completes it needs it. */
export type TaskTarget = {
  readonly target: CommandTarget;
  /** What decisions call it, `task:<n>`. */
  readonly taskKey: string;
  readonly kind: string;
  readonly form: FormPlan | null;
};

/** Turns HTTP requests into commands, and their rows into answers. */
@Injectable()
export class CommandService {
  constructor(
    private readonly database: Database,
    private readonly desk: CommandDesk,
    private readonly plans: PlanStore,
  ) {}

  /** The inquiry a caller may act on; 404 for one that is another tenant's, 403 for one beyond the caller's queues. */
  async target(
    principal: Principal,
    inquiryId: string,
    permission: Permission = 'inquiries.act',
    queue: string | null = null,
  ): Promise<CommandTarget> {
    const row = isId(inquiryId)
      ? await this.database.tenant(principal.tenantId, (tx) =>
          tx.first<CommandTarget>(TARGET, [principal.tenantId, inquiryId]),
        )
      : undefined;
    if (!row) throw new Problem('not_found');
    const reach = reachOf(principal.role, permission);
    if (reach === null || !withinReach(reach, principal.queues, queue ?? row.queue)) {
      throw new Problem('forbidden', { detail: 'The inquiry is in a queue you do not belong to.' });
    }
    return row;
  }

  /** The task's inquiry and the key the engine knows it by; 404 when there is none the caller may see. */
  async taskTarget(
    principal: Principal,
    taskId: string,
    permission: Permission = 'inquiries.act',
  ): Promise<TaskTarget> {
    const row = isId(taskId)
      ? await this.database.tenant(principal.tenantId, (tx) => this.#task(tx, taskId))
      : undefined;
    if (!row) throw new Problem('not_found');
    const { inquiryId, queue, ...task } = row;
    // Who approves need not belong to the queue the answer comes from.
    const own = task.kind === 'approve' ? queue : null;
    return { target: await this.target(principal, inquiryId, permission, own), ...task };
  }

  async #task(
    tx: Tx,
    taskId: string,
  ): Promise<(Omit<TaskTarget, 'target'> & { inquiryId: string; queue: string }) | undefined> {
    const row = await tx.first<TaskRow>(TASK, [tx.tenantId, taskId]);
    if (!row) return undefined;
    const { inquiryId, taskKey, kind, step, queue, definitionKey, definitionVersion } = row;
    const form = kind === 'form' ? formOf(await this.plans.plan(tx, definitionKey, definitionVersion), step) : null;
    return { inquiryId, queue, taskKey, kind, form };
  }

  /** A message of ours and the key decisions know it by; 404 when there is none the caller may see. */
  async message(
    principal: Principal,
    messageId: string,
  ): Promise<{ readonly inquiryId: string; readonly send: string }> {
    const row = isId(messageId)
      ? await this.database.tenant(principal.tenantId, (tx) =>
          tx.first<{ inquiryId: string; send: string | null }>(
            'select inquiry_id as "inquiryId", send_key as send from message where tenant_id = $1 and id = $2',
            [principal.tenantId, messageId],
          ),
        )
      : undefined;
    if (!row || row.send === null) throw new Problem('not_found');
    return { inquiryId: row.inquiryId, send: row.send };
  }

  /** Position of a message the caller names, within the inquiry's conversation; 422 when it is not there. */
  async position(principal: Principal, target: CommandTarget, messageId: string): Promise<number> {
    const row = await this.database.tenant(principal.tenantId, (tx) =>
      tx.first<{ position: number }>(
        'select position from message where tenant_id = $1 and id = $2 and conversation_id = $3',
        [principal.tenantId, messageId, target.conversationId],
      ),
    );
    if (!row) throw new Problem('message_unknown');
    return row.position;
  }

  /** Hands in a command as the act of a caller and turns its row into an answer; a refusal is thrown. */
  async submit(
    act: Act,
    target: CommandTarget,
    command: Command,
    words: Readonly<Record<string, unknown>> = {},
  ): Promise<CommandAnswer> {
    // Whatever were written now, no sweep would ever erase.
    if (target.erased) throw new Problem('erased');
    const row = await this.desk.submit({
      id: act.id,
      fingerprint: act.fingerprint,
      tenantId: act.principal.tenantId,
      actor: { memberId: act.principal.memberId, role: act.principal.role },
      inquiryId: target.id,
      command,
      words,
      requestId: act.requestId,
    });
    if (row === 'reused') throw new Problem('idempotency_key_reused');
    return this.answer(act.principal, row);
  }

  /** An act for a request that carries no `Idempotency-Key` because a version protects it. */
  unrepeated(principal: Principal, requestId: string): Act {
    return { principal, id: newId(), fingerprint: Buffer.alloc(0), requestId };
  }

  /** What a row tells its caller. */
  async answer(principal: Principal, row: CommandRow): Promise<CommandAnswer> {
    if (row.state === 'pending') {
      return { status: 202, body: { commandId: row.id, state: 'pending' }, location: `/v1/commands/${row.id}` };
    }
    if (row.state === 'refused') throw await this.problem(principal, row);
    return { status: 200, body: resultOf(row), location: null };
  }

  /** The problem a refused command stands for, with names instead of ids. */
  async problem(principal: Principal, row: CommandRow): Promise<Problem> {
    const { code, details } = row.problem ?? { code: 'meaning_invalid', details: {} };
    const extra: Record<string, unknown> = { currentState: await this.#stateOf(principal, row) };
    for (const [name, value] of Object.entries(details)) {
      if (name === 'task') extra['taskId'] = value === null ? null : taskIdOf(row.inquiryId, String(value));
      else if ((name === 'holder' || name === 'assignee') && value !== null)
        extra[name] = await this.#member(principal, String(value));
      else if (name === 'until' && typeof value === 'number') extra['until'] = new Date(value).toISOString();
      else if (name !== 'send') extra[name] = value;
    }
    return new Problem(isProblemCode(code) ? code : 'meaning_invalid', { extra, audited: true });
  }

  async #member(principal: Principal, id: string): Promise<{ id: string; name: string } | null> {
    const row = await this.database.tenant(principal.tenantId, (tx) =>
      tx.first<{ id: string; name: string }>('select id, name from member where tenant_id = $1 and id = $2', [
        principal.tenantId,
        id,
      ]),
    );
    return row ?? null;
  }

  async #stateOf(principal: Principal, row: CommandRow): Promise<string | null> {
    const inquiry = await this.database.tenant(principal.tenantId, (tx) =>
      tx.first<{ status: string }>('select status from inquiry where tenant_id = $1 and id = $2', [
        principal.tenantId,
        row.inquiryId,
      ]),
    );
    return inquiry?.status ?? null;
  }
}

/** A result with our ids in place of the engine's keys. */
export function resultOf(row: CommandRow): Readonly<Record<string, unknown>> {
  const { send, task, ...others } = row.result ?? {};
  const rest = typeof task === 'string' ? { ...others, taskId: taskIdOf(row.inquiryId, task) } : others;
  if (typeof send !== 'string') return rest;
  return { messageId: messageIdOf(row.inquiryId, send), intentId: intentIdOf(row.inquiryId, send), ...rest };
}
