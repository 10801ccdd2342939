import type { InquiryState } from '../../domain/inquiry/state.js';
import type { Keys, Place } from '../../platform/crypto/index.js';

/** A state as stored: what people and rules filled in is sealed apart, everything else is ids, codes and instants. */
export type StoredState = { readonly clear: string; readonly data: Buffer | null };

/** What of a state is somebody's words. */
type SealedState = Pick<InquiryState, 'data' | 'pendingForm'>;

/** Splits a state for its row. */
export function storedState(keys: Keys, inquiryId: string, state: InquiryState): StoredState {
  const { data, pendingForm } = state;
  const isEmpty = Object.keys(data).length === 0 && pendingForm === null;
  const sealed: SealedState = { data, pendingForm };
  return {
    clear: JSON.stringify({ ...state, data: {}, pendingForm: null }),
    data: isEmpty ? null : keys.sealJson(dataPlace(inquiryId), sealed),
  };
}

/** The state of a row with what is sealed apart; without it once the inquiry has been erased. */
export function wholeState(keys: Keys, inquiryId: string, clear: InquiryState, data: Buffer | null): InquiryState {
  return data === null ? clear : { ...clear, ...sealedState(keys, inquiryId, data) };
}

/** What people and rules filled in, alone. */
export function inquiryData(keys: Keys, inquiryId: string, data: Buffer | null): InquiryState['data'] {
  return sealedState(keys, inquiryId, data).data;
}

function sealedState(keys: Keys, inquiryId: string, data: Buffer | null): SealedState {
  return keys.shownJson<SealedState>(dataPlace(inquiryId), data) ?? { data: {}, pendingForm: null };
}

function dataPlace(row: string): Place {
  return { owner: { case: row }, table: 'inquiry', column: 'data', row };
}
