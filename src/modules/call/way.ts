import type { CallTimes } from '../../domain/call/call.js';
import { isReading, valuesInPath } from '../../domain/call/connection.js';
import type { ConnectionSpec, Operation } from '../../domain/call/connection.js';
import { requestOf } from '../../domain/call/request.js';
import type { JsonValue } from '../../domain/expression/expression.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Tx } from '../../platform/database/index.js';
import { settingMs } from '../configuration/index.js';
import type { Connections } from '../connection/index.js';
import type { CallRow } from './call-rows.js';
import type { Prepared } from './outside-system.js';

/** How a call is made and looked for. */
export type Way = {
  readonly version: number;
  readonly ask: Prepared;
  readonly check: Prepared | null;
  readonly times: CallTimes;
};

/** Why a call cannot be made. */
export type NoWay =
  'connection_unknown' | 'connection_off' | 'operation_unknown' | 'values_erased' | 'value_missing' | 'value_unfit';

type Values = Readonly<Record<string, JsonValue>>;

/**
 * Finds out how to make a call: by the newest version of its connection, or, for what may have been done, by the version it was
 * asked under.
 */
export async function wayOf(tx: Tx, connections: Connections, vault: Vault, row: CallRow): Promise<Way | NoWay> {
  const asked = row.state === 'queued' ? null : row.connectionVersion;
  const connection = await connections.inForce(tx, row.connection, asked ?? undefined);
  if (connection === null) return 'connection_unknown';
  const { spec, secret, version, active } = connection;
  if (!active && row.state === 'queued') return 'connection_off';
  const operation = operationOf(spec, row.operation);
  if (operation === null) return 'operation_unknown';
  const values = await valuesOf(tx, vault, row);
  if (values === null) return 'values_erased';
  const requestTimeoutMs = settingMs(spec.requestTimeout);
  const prepare = (wanted: Operation, given: Values): Prepared | { readonly fault: NoWay } => {
    const request = requestOf(spec, wanted, { values: given, secret, idempotencyKey: row.idempotencyKey });
    return 'fault' in request
      ? request
      : { request, operation: wanted, returns: row.returns, timeoutMs: requestTimeoutMs };
  };
  const ask = prepare(operation, values);
  if ('fault' in ask) return ask.fault;
  const checking = row.check === null ? null : operationOf(spec, row.check);
  const check = checking === null || !isReading(checking) ? null : prepare(checking, namedIn(checking.path, values));
  const checked = check === null || 'fault' in check ? null : check;
  const times = {
    requestTimeoutMs,
    settleMs: settingMs(spec.settleTime),
    checkable: checked !== null,
    reading: isReading(operation),
  };
  return { version, ask, check: checked, times };
}

function operationOf({ operations }: ConnectionSpec, name: string): Operation | null {
  return Object.hasOwn(operations, name) ? (operations[name] ?? null) : null;
}

/** A question is asked with what its path names and nothing else: an order's other values are none of its business. */
function namedIn(path: string, values: Values): Values {
  const names = new Set(valuesInPath(path));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

async function valuesOf(tx: Tx, vault: Vault, row: CallRow): Promise<Values | null> {
  const place = { owner: { case: row.inquiryId }, table: 'remote_call', column: 'body', row: row.id };
  const keys = await vault.unlock(tx, { cases: [row.inquiryId] });
  return keys.shownJson<Values>(place, row.body);
}
