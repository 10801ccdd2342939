import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import { checkRouting } from '../../domain/definition/routing.js';
import type { RoutableVersion, RoutingRule } from '../../domain/definition/routing.js';
import type { Tx } from '../../platform/database/index.js';
import { isSame, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { RoutingEntity } from './definition.entities.js';
import { activeShops } from './tenant-environment.js';

/** The whole routing; version 0 = none has been written yet. */
export type RoutingTableState = { readonly rules: readonly RoutingRule[]; readonly version: number };

/** The one list that says on which definition a message starts. */
export class RoutingTable {
  async read(tx: Tx): Promise<RoutingTableState> {
    const row = await tx.em.findOne(RoutingEntity, { tenantId: tx.tenantId });
    return row === null ? { rules: [], version: 0 } : { rules: row.rules, version: row.version };
  }

  /** Replaces the whole list, for inquiries that start from now on. Refuses a list that would lose messages. */
  async replace(
    tx: Tx,
    author: Author,
    rules: readonly RoutingRule[],
    expected: ExpectedVersion,
  ): Promise<Outcome<RoutingTableState>> {
    await takeTurn(tx, 'definition');
    const current = await this.read(tx);
    const stale = staleness(expected, current.version);
    if (stale) return stale;
    const problems = checkRouting(rules, await publishedVersions(tx), await activeShops(tx));
    if (problems.length > 0) return refused('routing_invalid', { problems });
    if (isSame(current.rules, rules)) return done(current);
    const version = current.version + 1;
    const { tenantId } = tx;
    if (current.version === 0) await tx.em.insert(RoutingEntity, { tenantId, rules, version });
    else await tx.em.nativeUpdate(RoutingEntity, { tenantId }, { rules, version });
    await recordChange(tx, author, {
      action: 'routing.replace',
      object: { kind: 'routing', id: tenantId },
      before: { ...current },
      after: { rules, version },
    });
    return done({ rules, version });
  }
}

function publishedVersions(tx: Tx): Promise<RoutableVersion[]> {
  return tx.query<RoutableVersion>(
    `select d.key, v.version, v.version = d.version as newest, nullif(v.plan->'channels', 'null'::jsonb) as channels
       from definition d join definition_version v on v.tenant_id = d.tenant_id and v.definition_id = d.id
      where d.tenant_id = $1`,
    [tx.tenantId],
  );
}
