import type { Place } from '../../platform/crypto/index.js';

/** Where the value of a webhook secret is sealed: it belongs to the tenant, not to a person. */
export function secretPlace(secretId: string): Place {
  return { owner: 'tenant', table: 'shop_secret', column: 'secret', row: secretId };
}
