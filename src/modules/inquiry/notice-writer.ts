import type { NotifyEffect } from '../../domain/inquiry/effects.js';
import type { Tx } from '../../platform/database/index.js';
import type { Mailer } from '../../platform/mail/index.js';
import { notifyMembers } from '../notification/index.js';

type Circumstances = {
  readonly mailer: Pick<Mailer, 'isSetUp'>;
  /** Epoch ms. */
  readonly now: number;
};

/** Carries out that members are told, by the means that the decision names and this installation has. */
export async function tellMembers(
  tx: Tx,
  inquiryId: string,
  { members, kind, data, urgent, to, by, reached }: NotifyEffect,
  { mailer, now: at }: Circumstances,
): Promise<void> {
  const notice = { members, kind, inquiryId, data, urgent, at };
  if (by === undefined || reached === undefined) return notifyMembers(tx, notice);
  const possible = by.filter((means) => means !== 'email' || mailer.isSetUp);
  return notifyMembers(tx, { ...notice, ways: { by: possible, falling: { to, reached, by } } });
}
