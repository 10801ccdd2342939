import { DatabaseBusy } from './gate.js';

/** SQLSTATE of an error from PostgreSQL, however deeply a library wrapped it; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const code = (current as { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}

/** Deadlock and serialization failure: the same transaction may well succeed the next time. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}

/** The server ended a transaction that took too long; nothing of it was committed. */
export function isTimedOut(error: unknown): boolean {
  return sqlState(error) === '25P04';
}

export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

const CONNECTION_ERRNOS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);

/** True when the database could not be reached or ended the connection, so nothing was committed by us. */
export function isUnreachable(error: unknown): boolean {
  const state = sqlState(error);
  // 08: connection exception; 57P01..03: shutting down, crash, starting up; 53300: too many connections.
  if (state !== undefined) return /^(08...|57P0.|53300|25P04)$/.test(state);
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (current instanceof DatabaseBusy) return true;
    const { code, syscall } = current as NodeJS.ErrnoException;
    if (CONNECTION_ERRNOS.has(String(code))) return true;
    // A socket in the file system goes with its server.
    if (code === 'ENOENT' && syscall === 'connect') return true;
    if (
      /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
        current.message,
      )
    ) {
      return true;
    }
  }
  return false;
}

/** A short code for an error of the database, safe to write where others can read: never its text. */
export function databaseErrorCode(error: unknown): string {
  const state = sqlState(error);
  if (state !== undefined) return `sql_${state}`;
  return isUnreachable(error) ? 'database_unreachable' : 'internal_error';
}
