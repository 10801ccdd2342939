import type { Place } from '../../platform/crypto/index.js';

/** Where the address of a member is sealed. */
export function emailPlace(memberId: string): Place {
  return { owner: 'tenant', table: 'member', column: 'email', row: memberId };
}
