import { quietUntil } from '../../domain/notice/quiet-hours.js';
import type { QuietHours } from '../../domain/notice/quiet-hours.js';
import type { Tx } from '../../platform/database/index.js';
import { audit } from '../audit/index.js';

type Row = QuietHours & { readonly memberId: string };

/** A member's quiet hours, or null without any. */
export async function readQuietHours(tx: Tx, memberId: string): Promise<QuietHours | null> {
  const [row] = await rowsOf(tx, [memberId]);
  return row === undefined ? null : { zone: row.zone, from: row.from, to: row.to };
}

/** Who changes their own quiet hours, in which request. */
type QuietActor = { readonly memberId: string; readonly role: string; readonly requestId: string };

/** Sets or ends a member's own quiet hours; what is being held back stays so until its time. `now` is epoch ms. */
export async function changeQuietHours(
  tx: Tx,
  { memberId, role, requestId }: QuietActor,
  hours: QuietHours | null,
  now: number,
): Promise<void> {
  await audit(tx, [
    {
      at: now,
      actor: { kind: 'member', id: memberId, role },
      action: 'member.quiet_hours',
      object: { kind: 'member', id: memberId },
      result: 'ok',
      before: await readQuietHours(tx, memberId),
      after: hours,
      requestId,
    },
  ]);
  await tx.run('delete from quiet_hours where tenant_id = $1 and member_id = $2', [tx.tenantId, memberId]);
  if (hours === null) return;
  await tx.run('insert into quiet_hours (tenant_id, member_id, zone, from_time, to_time) values ($1, $2, $3, $4, $5)', [
    tx.tenantId,
    memberId,
    hours.zone,
    hours.from,
    hours.to,
  ]);
}

/** Those of the members who are not to be disturbed at `at` (epoch ms), with until when. */
export async function disturbedAfter(
  tx: Tx,
  memberIds: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf(tx, memberIds);
  return new Map(
    rows.flatMap(({ memberId, ...hours }) => {
      const until = quietUntil(hours, at);
      return until === null ? [] : [[memberId, until] as const];
    }),
  );
}

function rowsOf(tx: Tx, memberIds: readonly string[]): Promise<Row[]> {
  return tx.query<Row>(
    `select member_id as "memberId", zone, from_time as "from", to_time as "to" from quiet_hours
      where tenant_id = $1 and member_id = any($2::uuid[])`,
    [tx.tenantId, memberIds],
  );
}
