import { z } from 'zod';
import type { Access, CheckOutcome, Credentials } from '../connector.js';
import { timed } from '../exchange.js';
import type { WhatsAppHttp } from './http.js';
import { phoneShape, phonesShape } from './shapes.js';

const number = z.string().regex(/^\d{1,32}$/, 'The digits of an id, not a phone number');

const shape = z.strictObject({
  /** The platform's id of the phone number the shop writes from. */
  phoneNumberId: number,
  /** The id of the business account the number belongs to. */
  businessAccountId: number,
  /** Access token of a system user. */
  token: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[\x21-\x7e]+$/, 'A token as it was issued, without blanks'),
});

/** A system user's token for one phone number; it ends when somebody takes it back. */
export function whatsAppCredentials(http: WhatsAppHttp): Credentials {
  return { shape, secret: ['token'], check: (access) => check(http, access) };
}

async function check(http: WhatsAppHttp, given: Access): Promise<CheckOutcome> {
  const { phoneNumberId, businessAccountId } = shape.omit({ token: true }).parse(given.settings);
  // Whoever tries theirs is counted under their own number: one that is told to wait must not shut the door to everybody else's.
  const access = timed({ ...given, account: phoneNumberId });
  const group = 'management';
  const phone = await http.read(access, { group, path: [phoneNumberId], query: { fields: 'id' } }, phoneShape);
  if (phone.kind !== 'read') return refusalOf(phone, 'phoneNumberId');
  const query = { fields: 'id', limit: '500' };
  const phones = await http.read(access, { group, path: [businessAccountId, 'phone_numbers'], query }, phonesShape);
  if (phones.kind !== 'read') return refusalOf(phones, 'businessAccountId');
  if (phones.value.data.some(({ id }) => id === phoneNumberId)) return { kind: 'good', account: phoneNumberId };
  return { kind: 'refused', code: 'number_not_in_account', field: 'businessAccountId' };
}

function refusalOf(answer: { readonly kind: string; readonly code?: string }, field: string): CheckOutcome {
  if (answer.kind === 'unauthorised') return { kind: 'refused', code: answer.code ?? 'token_invalid', field: 'token' };
  if (answer.kind === 'absent') return { kind: 'refused', code: 'id_unknown', field };
  return { kind: 'later', code: answer.code ?? 'answer_unreadable' };
}
