import type { Place } from '../../platform/crypto/index.js';

/** Where the secrets of a webhook are sealed: they belong to the tenant, not to a person. */
export function secretPlace(webhookId: string, column: 'secret' | 'old_secret'): Place {
  return { owner: 'tenant', table: 'webhook', column, row: webhookId };
}
