import { before, example } from './example.js';
import type { Example } from './example.js';

const call = (fields: string, more = 'goto: reply'): string => before(`{ id: pay, call: { ${fields} }, ${more} }`);
const ERP = 'connection: erp, operation: refund';

/** Calls to outside systems. */
export const CALLS: readonly Example[] = [
  example('unknown_connection', 'steps.pay.call.connection', call('connection: ‹«epr|erp›, operation: refund')),
  example('unknown_connection', 'steps.pay.call.operation', call('connection: erp, operation: ‹«refnd|refund›')),
  example('unknown_connection', 'steps.pay.call.check', call(`${ERP}, check: ‹«find|find-refund›`)),
  example('schema_invalid', 'steps.pay.call.check', call(`${ERP}, check: ‹«refund|find-refund›`)),
  example('schema_invalid', 'steps.pay.call.returns.code', call(`${ERP}, returns: { ‹«code|number›: string }`)),
  example(
    'unknown_field',
    'steps.pay.call',
    before("{ id: pay, call: «{ connection: erp, operation: ship‹|, body: { order: 'shop.key' }› }, goto: reply }"),
  ),
  example('outcome_not_handled', 'steps.pay.on', call(ERP, 'on: «{ ok: reply, refused: reply‹|, unknown: reply› }')),
  example('expression_type', 'steps.pay.call.body.amount', call(`${ERP}, body: { amount: 'buyer.‹«cost|value›' }`)),
];
