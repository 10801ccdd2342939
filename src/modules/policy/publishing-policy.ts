import { done, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import { recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { PublishingPolicyEntity } from './policy.entities.js';

/** What has to be so before a definition is published; version 0 = nothing has been asked for yet. */
export type PublishingPolicyState = {
  /** Whether somebody else than who saved the draft has to publish it. */
  readonly byAnotherPerson: boolean;
  readonly version: number;
};

/** Whether a tenant wants four eyes on its definitions. */
export class PublishingPolicy {
  async read(tx: Tx): Promise<PublishingPolicyState> {
    const row = await tx.em.findOne(PublishingPolicyEntity, { tenantId: tx.tenantId });
    return row === null
      ? { byAnotherPerson: false, version: 0 }
      : { byAnotherPerson: row.byAnotherPerson, version: row.version };
  }

  /** Replaces the policy, for what is published from now on. */
  async replace(
    tx: Tx,
    author: Author,
    byAnotherPerson: boolean,
    expected: ExpectedVersion,
  ): Promise<Outcome<PublishingPolicyState>> {
    await takeTurn(tx, 'publishing_policy');
    const current = await this.read(tx);
    const stale = staleness(expected, current.version);
    if (stale) return stale;
    if (current.byAnotherPerson === byAnotherPerson) return done(current);
    const version = current.version + 1;
    const { tenantId } = tx;
    if (current.version === 0) await tx.em.insert(PublishingPolicyEntity, { tenantId, byAnotherPerson, version });
    else await tx.em.nativeUpdate(PublishingPolicyEntity, { tenantId }, { byAnotherPerson, version });
    await recordChange(tx, author, {
      action: 'publishing_policy.replace',
      object: { kind: 'publishing_policy', id: tenantId },
      before: { ...current },
      after: { byAnotherPerson, version },
    });
    return done({ byAnotherPerson, version });
  }
}
