import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import type { InquiryState } from '../../domain/inquiry/state.js';

/**
 * A fingerprint of a state, by which a decision taken again is compared. Of what people filled in it covers the names: the
 * values could be found out from a bare hash by trying, and entries tell them apart anyway.
 */
export function stateHash(state: InquiryState): string {
  const pendingForm = state.pendingForm === null ? null : Object.keys(state.pendingForm).sort();
  const comparable = { ...state, data: Object.keys(state.data).sort(), pendingForm };
  return createHash('sha256')
    .update(canonicalize(comparable) ?? '')
    .digest('hex');
}
