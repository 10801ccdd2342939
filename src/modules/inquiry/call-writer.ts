import type { CallEffect } from '../../domain/inquiry/effects.js';
import type { Tx } from '../../platform/database/index.js';
import { queueCall } from '../call/index.js';
import { callIdOf } from './keys.js';
import type { Locked } from './locked.js';

/** Writes down a call that a decision makes, its values sealed; `now` is epoch ms. */
export async function makeCall(tx: Tx, locked: Locked, effect: CallEffect, now: number): Promise<void> {
  const id = callIdOf(locked.id, effect.call);
  const place = { owner: { case: locked.id }, table: 'remote_call', column: 'body', row: id };
  const { step, connection, operation, check, attempts, returns } = effect;
  await queueCall(tx, {
    ...{ id, step, connection, operation, check, attempts, returns },
    key: effect.call,
    inquiryId: locked.id,
    conversationId: locked.conversationId,
    idempotencyKey: callIdOf(locked.id, effect.keyOf),
    body: locked.keys.sealJson(place, effect.body),
    at: now,
  });
}
