import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { audit } from '../../modules/audit/index.js';
import { CommandDesk } from '../../modules/inquiry/index.js';
import { tasksHeldBy } from '../../modules/task/index.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { Acts } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Problem } from '../problems/problem.js';
import type { handoverBody, handoverShape } from './me.schemas.js';

type HandoverBody = z.infer<typeof handoverBody>;
type HandoverItem = z.infer<typeof handoverShape>['items'][number];

/** A task to hand over with the token it was held by when the request first came. */
type Held = { readonly id: string; readonly key: string; readonly inquiryId: string; readonly token: number };

/** Commands handed in at once. */
const AT_ONCE = 8;

/** The end of a shift: every task goes over by a command of its own, so that one refusal keeps nothing else back. */
@Injectable()
export class Handover {
  constructor(
    private readonly acts: Acts,
    private readonly desk: CommandDesk,
  ) {}

  /** Hands over the caller's tasks, or those named. A repetition hands over the same ones and so finds it done. */
  async handOver(act: Act, body: HandoverBody): Promise<HandoverItem[]> {
    const held = await this.#held(act, body.taskIds ?? []);
    const named = body.taskIds === undefined ? held.map(({ id }) => id) : [...new Set(body.taskIds)];
    const items: HandoverItem[] = [];
    for (let from = 0; from < named.length; from += AT_ONCE) {
      const batch = named.slice(from, from + AT_ONCE);
      items.push(
        ...(await Promise.all(
          batch.map((id) =>
            this.#one(
              act,
              body,
              id,
              held.find((task) => task.id === id),
            ),
          ),
        )),
      );
    }
    return items;
  }

  /** What the caller held when the request first came: afterwards they hold nothing any more. */
  async #held(act: Act, named: readonly string[]): Promise<readonly Held[]> {
    const answer = await this.acts.once(act, async (tx) => {
      const held = await tasksHeldBy(tx, act.principal.memberId);
      await auditRefused(
        tx,
        act,
        named.filter((id) => !held.some((task) => task.id === id)),
      );
      return { status: 200, body: held };
    });
    return answer.body as readonly Held[];
  }

  async #one(act: Act, { to, note }: HandoverBody, taskId: string, task: Held | undefined): Promise<HandoverItem> {
    if (task === undefined) return { taskId, state: 'refused', code: 'token_stale' };
    const { tenantId, memberId, role } = act.principal;
    const row = await this.desk.submit({
      id: derivedId(act.id, 'handover', taskId),
      fingerprint: act.fingerprint,
      tenantId,
      actor: { memberId, role },
      inquiryId: task.inquiryId,
      command: { kind: 'hand_over', taskKey: task.key, token: task.token, to },
      words: { note },
      requestId: act.requestId,
    });
    if (row === 'reused') throw new Problem('idempotency_key_reused');
    return { taskId, state: row.state, code: row.problem?.code ?? null };
  }
}

/** Somebody else's tasks cannot be handed over; that it was tried is kept. */
async function auditRefused(tx: Tx, { principal, requestId }: Act, taskIds: readonly string[]): Promise<void> {
  await audit(
    tx,
    taskIds.map((id) => ({
      at: Date.now(),
      actor: { kind: 'member', id: principal.memberId, role: principal.role },
      action: 'task.hand_over',
      object: { kind: 'task', id },
      result: 'conflict',
      code: 'token_stale',
      requestId,
    })),
  );
}
