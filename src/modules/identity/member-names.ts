import type { Tx } from '../../platform/database/index.js';
import { MemberEntity } from './identity.entities.js';

/** A member as answers name one. */
export type NamedMember = { readonly id: string; readonly name: string };

/** Looks members up by id, to be named in an answer; null stays null (the system acted). */
export async function nameMembers(
  tx: Tx,
  ids: readonly (string | null)[],
): Promise<(id: string | null) => NamedMember | null> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const rows =
    wanted.length === 0
      ? []
      : await tx.em.find(MemberEntity, { tenantId: tx.tenantId, id: { $in: wanted } }, { fields: ['name'] });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (id) => (id === null ? null : { id, name: names.get(id) ?? '' });
}
