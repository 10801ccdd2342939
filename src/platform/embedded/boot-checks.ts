import { Connection } from '@temporalio/client';
import pg from 'pg';
import { BootError, maskedUrl } from '../config/index.js';
import type { TemporalConfig } from '../config/index.js';
import { POSTGRES_MAJOR } from './postgres-files.js';

const CONNECT_WITHIN_MS = 5_000;

/**
 * Makes sure that a given PostgreSQL can be used: reachable, the login and database exist, version 18 or newer.
 *
 * @param variable the variable that holds the URL, for the message
 * @throws {BootError}
 */
export async function checkDatabase(url: string, variable = 'DATABASE_URL'): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version");
    const major = Math.floor(Number(rows[0]?.version) / 10_000);
    if (!(major >= POSTGRES_MAJOR))
      throw tooOld(variable, `PostgreSQL ${major}`, `PostgreSQL ${POSTGRES_MAJOR} or newer`);
  } catch (error) {
    throw error instanceof BootError ? error : databaseError(error, url, variable);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Oldest supported Temporal server. */
const MIN_TEMPORAL = [1, 29] as const;

/**
 * Makes sure that a given Temporal server can be used: reachable with this key and TLS, the namespace exists, version 1.29
 * or newer.
 *
 * @param withinMs how long to wait for an answer (ms)
 * @throws {BootError}
 */
export async function checkTemporal(
  config: TemporalConfig & { readonly address: string },
  withinMs = CONNECT_WITHIN_MS,
): Promise<void> {
  const { address, namespace, apiKey, tls } = config;
  let connection: Connection;
  try {
    connection = await Connection.connect({
      address,
      tls,
      connectTimeout: withinMs,
      ...(apiKey !== undefined && { apiKey }),
    });
  } catch (error) {
    throw unreachable(
      'TEMPORAL_ADDRESS',
      `Temporal at ${address}`,
      error,
      'start it, or set TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY to fit',
    );
  }
  try {
    await connection.withDeadline(Date.now() + withinMs, () => checkServer(connection, namespace));
  } catch (error) {
    throw error instanceof BootError ? error : temporalError(error, address, namespace);
  } finally {
    await connection.close();
  }
}

async function checkServer(connection: Connection, namespace: string): Promise<void> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const [major, minor] = (serverVersion ?? '').split('.').map(Number);
  const known = major !== undefined && minor !== undefined && Number.isInteger(major) && Number.isInteger(minor);
  if (known && (major < MIN_TEMPORAL[0] || (major === MIN_TEMPORAL[0] && minor < MIN_TEMPORAL[1]))) {
    throw tooOld('TEMPORAL_ADDRESS', `Temporal ${serverVersion ?? ''}`, `Temporal ${MIN_TEMPORAL.join('.')} or newer`);
  }
  await connection.workflowService.describeNamespace({ namespace });
}

/**
 * Why the HTTP server cannot listen, for the error it gives.
 *
 * @returns the error itself when it is not about listening
 */
export function explainListenError(
  error: unknown,
  at: { readonly host: string; readonly port: number; readonly variable?: string },
): unknown {
  const variable = at.variable ?? 'PORT';
  const place = `${at.host}:${at.port}`;
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'EADDRINUSE':
      return new BootError({
        variable,
        message: `${place} is taken by another program`,
        remedy: `stop it or set ${variable} to a free port`,
        cause: error,
      });
    case 'EACCES':
      return new BootError({
        variable,
        message: `this user may not listen on ${place}`,
        remedy: `set ${variable} to a port above 1023`,
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new BootError({
        variable: 'HOST',
        message: `${at.host} is no address of this machine`,
        remedy: 'set HOST to 127.0.0.1 or 0.0.0.0',
        cause: error,
      });
    default:
      return error;
  }
}

function databaseError(error: unknown, url: string, variable: string): BootError {
  const place = maskedUrl(url);
  const refuse = (message: string, remedy: string): BootError =>
    new BootError({ variable, message, remedy, cause: error });
  const code = String((error as { readonly code?: unknown } | null)?.code);
  if (/^28/.test(code)) return refuse(`PostgreSQL refuses the user or password of ${place}`, 'correct them in the URL');
  if (code === '3D000') return refuse(`there is no such database: ${place}`, 'create it or correct the URL');
  if (code === '42501') return refuse(`the user of ${place} may not connect`, 'grant it connect on the database');
  if (code === '53300') return refuse('PostgreSQL has no connection left', 'raise max_connections');
  return unreachable(
    variable,
    `PostgreSQL at ${place}`,
    error,
    `start it, correct ${variable}, or unset it for the embedded server`,
  );
}

/** gRPC status codes that say more than "it failed": 5 not found, 7 permission denied, 16 unauthenticated. */
function temporalError(error: unknown, address: string, namespace: string): BootError {
  const code = (error as { readonly code?: unknown } | null)?.code;
  const refuse = (variable: string, message: string, remedy: string): BootError =>
    new BootError({ variable, message, remedy, cause: error });
  if (code === 5)
    return refuse(
      'TEMPORAL_NAMESPACE',
      `Temporal at ${address} has no namespace ${namespace}`,
      'create it or name another',
    );
  if (code === 7 || code === 16)
    return refuse('TEMPORAL_API_KEY', `Temporal at ${address} refuses the key or certificate`, 'correct it');
  return unreachable('TEMPORAL_ADDRESS', `Temporal at ${address}`, error, 'start it or correct TEMPORAL_ADDRESS');
}

function unreachable(variable: string, place: string, error: unknown, remedy: string): BootError {
  const reason = reasonOf(error);
  return new BootError({ variable, message: `${place} cannot be reached (${reason})`, remedy, cause: error });
}

/** A failed connection to a name with several addresses is an AggregateError without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

function tooOld(variable: string, found: string, wanted: string): BootError {
  return new BootError({ variable, message: `the server is ${found}`, remedy: `use ${wanted}` });
}
