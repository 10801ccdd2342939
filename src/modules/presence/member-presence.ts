import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { audit } from '../audit/index.js';
import { publish } from '../stream/index.js';

/**
 * Whether a member is there to be given work. Who is away is not on duty; `until` (epoch ms) ends that by itself, and until
 * then the substitute works in their shifts.
 */
export type MemberPresence = {
  readonly state: 'available' | 'away';
  readonly until: number | null;
  readonly substituteId: string | null;
};

export type PresentMember = {
  readonly languages: readonly string[];
  readonly presence: MemberPresence;
};

/** Who changes their own presence, in which request. */
export type PresenceActor = { readonly memberId: string; readonly role: string; readonly requestId: string };

/** Languages and presence of a member at `now` (epoch ms). */
export async function readPresence(tx: Tx, memberId: string, now: number): Promise<PresentMember> {
  const row = await tx.one<MemberPresence & { languages: string[] }>(
    `select languages, presence as state, presence_until as until, substitute_id as "substituteId"
       from member where tenant_id = $1 and id = $2`,
    [tx.tenantId, memberId],
  );
  return { languages: row.languages, presence: inForce(row, now) };
}

/** Changes a member's own presence; `now` is epoch ms. */
export async function changePresence(
  tx: Tx,
  actor: PresenceActor,
  next: MemberPresence,
  now: number,
): Promise<MemberPresence> {
  const before = await tx.one<MemberPresence>(
    `update member set presence = $3, presence_until = $4, substitute_id = $5 where tenant_id = $1 and id = $2
     returning old.presence as state, old.presence_until as until, old.substitute_id as "substituteId"`,
    [tx.tenantId, actor.memberId, next.state, instant(next.until), next.substituteId],
  );
  await audit(tx, [
    {
      at: now,
      actor: { kind: 'member', id: actor.memberId, role: actor.role },
      action: 'member.presence',
      object: { kind: 'member', id: actor.memberId },
      result: 'ok',
      before: inForce(before, now),
      after: next,
      requestId: actor.requestId,
    },
  ]);
  await publish(tx, [{ kind: 'presence', data: { memberId: actor.memberId, state: next.state } }]);
  return next;
}

/** An absence whose end has come is over, although nobody has written that down. */
function inForce({ state, until, substituteId }: MemberPresence, now: number): MemberPresence {
  const over = state === 'away' && until !== null && until <= now;
  return over ? { state: 'available', until: null, substituteId: null } : { state, until, substituteId };
}
