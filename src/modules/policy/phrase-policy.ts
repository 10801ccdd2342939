import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import { phraseFault } from '../../domain/messaging/forbidden.js';
import type { ForbiddenPhrase } from '../../domain/messaging/forbidden.js';
import type { Tx } from '../../platform/database/index.js';
import { isSame, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import { PhrasePolicyEntity } from './policy.entities.js';

/** All forbidden phrases; version 0 = none have been written yet. */
export type PhrasePolicyState = { readonly phrases: readonly ForbiddenPhrase[]; readonly version: number };

/** The one list of what people of the tenant should not write to buyers. */
export class PhrasePolicy {
  async read(tx: Tx): Promise<PhrasePolicyState> {
    const row = await tx.first<PhrasePolicyState>('select phrases, version from phrase_policy where tenant_id = $1', [
      tx.tenantId,
    ]);
    return row ?? { phrases: [], version: 0 };
  }

  /** Replaces the whole list, for what is written from now on. Refuses ids that are used twice and phrases nobody can read. */
  async replace(
    tx: Tx,
    author: Author,
    phrases: readonly ForbiddenPhrase[],
    expected: ExpectedVersion,
  ): Promise<Outcome<PhrasePolicyState>> {
    await takeTurn(tx, 'phrase_policy');
    const current = await this.read(tx);
    const stale = staleness(expected, current.version);
    if (stale) return stale;
    const errors = faultsOf(phrases);
    if (errors.length > 0) return refused('phrases_invalid', { errors });
    if (isSame(current.phrases, phrases)) return done(current);
    const version = current.version + 1;
    const { tenantId } = tx;
    if (current.version === 0) await tx.em.insert(PhrasePolicyEntity, { tenantId, phrases, version });
    else await tx.em.nativeUpdate(PhrasePolicyEntity, { tenantId }, { phrases, version });
    await recordChange(tx, author, {
      action: 'phrase_policy.replace',
      object: { kind: 'phrase_policy', id: tenantId },
      before: { ...current },
      after: { phrases, version },
    });
    return done({ phrases, version });
  }
}

function faultsOf(phrases: readonly ForbiddenPhrase[]): { readonly pointer: string; readonly detail: string }[] {
  return phrases.flatMap(({ id, phrase }, index) => {
    const fault = phraseFault(phrase);
    const isTaken = phrases.findIndex((other) => other.id === id) < index;
    return [
      ...(fault === null ? [] : [{ pointer: `/phrases/${index}/phrase`, detail: fault }]),
      ...(isTaken ? [{ pointer: `/phrases/${index}/id`, detail: 'Another phrase has this id already' }] : []),
    ];
  });
}
