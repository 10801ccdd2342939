import { instant } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { publish } from '../stream/index.js';

/** How long somebody is shown at an inquiry after the last sign of life, in ms. */
const LIVES_MS = 10_000;

export type InquiryPresence = 'viewing' | 'typing';

/** Somebody at an inquiry; `until` is epoch ms. */
export type AtInquiry = {
  readonly id: string;
  readonly name: string;
  readonly state: InquiryPresence;
  readonly until: number;
};

const UPDATE = `update presence set state = $4, until = $5 where tenant_id = $1 and inquiry_id = $2 and member_id = $3`;
const INSERT = `
  insert into presence (tenant_id, inquiry_id, member_id, state, until) values ($1, $2, $3, $4, $5)
  on conflict (tenant_id, inquiry_id, member_id) do nothing`;

/**
 * Shows a member at an inquiry for the next ten seconds, so that two people do not write at once. Not part of its history.
 *
 * @param now epoch ms
 * @returns until when (epoch ms), and who else is there
 */
export async function showAtInquiry(
  tx: Tx,
  inquiryId: string,
  memberId: string,
  state: InquiryPresence,
  now: number,
): Promise<{ readonly until: number; readonly others: readonly AtInquiry[] }> {
  const until = now + LIVES_MS;
  const row = [tx.tenantId, inquiryId, memberId, state, instant(until)];
  if ((await tx.run(UPDATE, row)) === 0 && (await tx.run(INSERT, row)) === 0) await tx.run(UPDATE, row);
  await tx.run('delete from presence where tenant_id = $1 and inquiry_id = $2 and until < $3', [
    tx.tenantId,
    inquiryId,
    instant(now),
  ]);
  await publish(tx, [{ kind: 'presence', data: { inquiryId, memberId, state } }]);
  const others = await tx.query<AtInquiry>(
    `select m.id, m.name, p.state, p.until
       from presence p join member m on m.tenant_id = p.tenant_id and m.id = p.member_id
      where p.tenant_id = $1 and p.inquiry_id = $2 and p.member_id <> $3 order by m.name, m.id`,
    [tx.tenantId, inquiryId, memberId],
  );
  return { until, others };
}
