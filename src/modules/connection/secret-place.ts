import type { Place } from '../../platform/crypto/index.js';

/** Where the secret of a connection is sealed: it belongs to the tenant, not to a person. */
export function secretPlace(connectionId: string): Place {
  return { owner: 'tenant', table: 'connection', column: 'secret', row: connectionId };
}
