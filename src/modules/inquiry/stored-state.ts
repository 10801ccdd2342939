import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Keys, Place } from '../../platform/crypto/index.js';

/** A state as stored: what people and rules filled in is sealed apart, everything else is ids, codes and instants. */
export type StoredState = { readonly clear: string; readonly data: Buffer | null };

/** Splits a state for its row. */
export function storedState(keys: Keys, inquiryId: string, state: InquiryState): StoredState {
  const isEmpty = Object.keys(state.data).length === 0;
  return {
    clear: JSON.stringify({ ...state, data: {} }),
    data: isEmpty ? null : keys.sealJson(dataPlace(inquiryId), state.data),
  };
}

/** The state of a row with what is sealed apart; without it once the inquiry has been erased. */
export function wholeState(keys: Keys, inquiryId: string, clear: InquiryState, data: Buffer | null): InquiryState {
  return data === null ? clear : { ...clear, data: inquiryData(keys, inquiryId, data) };
}

/** What people and rules filled in, alone. */
export function inquiryData(keys: Keys, inquiryId: string, data: Buffer | null): InquiryState['data'] {
  return keys.shownJson<InquiryState['data']>(dataPlace(inquiryId), data) ?? {};
}

function dataPlace(row: string): Place {
  return { owner: { case: row }, table: 'inquiry', column: 'data', row };
}
