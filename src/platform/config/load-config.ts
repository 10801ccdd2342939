import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TLSConfig } from '@temporalio/client';
import { BootError } from './boot-error.js';
import { CHANNEL_TOGETHER, channelsOf } from './channels/channels.js';
import { ConfigError } from './config-error.js';
import type { ConfigProblem } from './config-error.js';
import type { Config, HttpConfig, TemporalConfig } from './config.js';
import { deepFreeze } from './deep-freeze.js';
import { FILES_TOGETHER, filesOf } from './files.js';
import { FROM_FILE, VARIABLES } from './variables.js';
import type { Values, VariableName } from './variables.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the whole environment. This is the only place of the program that looks at it.
 * A variable set to the empty string counts as unset, as Compose files produce it.
 *
 * @returns the frozen configuration
 * @throws {ConfigError} with every problem at once
 */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: ConfigProblem[] = [];
  const values = readValues(environment, problems);
  problems.push(...contradictions(values), ...outsideTests(values, environment['NODE_ENV']));
  const tls = readTls(values, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(assemble(values, tls, unknownVariables(environment)));
}

/**
 * Checks that local time is UTC in this process. Deadlines are instants, but a library that formats a date would use local
 * time, and a log or a report would be off by hours without anybody noticing.
 *
 * @throws {BootError} naming `TZ`
 */
export function assertUtc(): void {
  const zone = new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
  if (/^(Etc\/)?(UTC|UCT|Zulu|Universal|GMT)$/.test(zone) && new Date(0).getTimezoneOffset() === 0) return;
  throw new BootError({
    variable: 'TZ',
    message: `local time is ${zone}, not UTC`,
    remedy: 'start with npm start, or set TZ=UTC',
  });
}

function readValues(environment: Environment, problems: ConfigProblem[]): Values {
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of Object.keys(VARIABLES) as VariableName[]) {
    const text = readText(environment, name, problems);
    if (text === undefined) continue;
    const { schema, remedy } = VARIABLES[name];
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push({ variable: name, message: 'the value is not valid', remedy });
  }
  return values as Values;
}

function readText(environment: Environment, name: VariableName, problems: ConfigProblem[]): string | undefined {
  const direct = environment[name]?.trim() || undefined;
  const fileVariable = `${name}_FILE`;
  const file = (FROM_FILE.includes(name) && environment[fileVariable]?.trim()) || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) {
    problems.push({ variable: fileVariable, message: `${name} is set too`, remedy: 'set only one of the two' });
    return undefined;
  }
  const text = readFile(file, fileVariable, problems)?.toString('utf8').trim();
  if (text === '') {
    problems.push({ variable: fileVariable, message: 'the file is empty', remedy: `put the value of ${name} in it` });
    return undefined;
  }
  return text;
}

function readFile(path: string, variable: string, problems: ConfigProblem[]): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    problems.push({ variable, message: `the file cannot be read (${code})`, remedy: 'name a file this user can read' });
    return undefined;
  }
}

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

/** What each value may say alone, but not together with another. */
function contradictions(values: Values): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const check = (wrong: boolean, variable: VariableName, message: string, remedy: string): void => {
    if (wrong) problems.push({ variable, message, remedy });
  };
  for (const name of ['DATABASE_APP_URL', 'DATABASE_LOOPS_URL'] as const) {
    check(
      values[name] !== undefined && values.DATABASE_URL === undefined,
      name,
      'DATABASE_URL is not set',
      'set both or none',
    );
  }
  const guards = [
    'TEMPORAL_API_KEY',
    'TEMPORAL_TLS',
    'TEMPORAL_TLS_CA',
    'TEMPORAL_TLS_CERT',
    'TEMPORAL_TLS_KEY',
    'TEMPORAL_TLS_SERVER_NAME',
  ] as const;
  for (const name of guards) {
    const alone = values[name] !== undefined && values.TEMPORAL_ADDRESS === undefined;
    check(alone, name, 'TEMPORAL_ADDRESS is not set', 'set it too, or unset this one');
  }
  check(
    (values.TEMPORAL_TLS_CERT === undefined) !== (values.TEMPORAL_TLS_KEY === undefined),
    values.TEMPORAL_TLS_CERT === undefined ? 'TEMPORAL_TLS_CERT' : 'TEMPORAL_TLS_KEY',
    'a client certificate needs its key',
    'set both or none',
  );
  const wantsTls = guards.some((name) => name !== 'TEMPORAL_TLS' && values[name] !== undefined);
  const refused = values.TEMPORAL_TLS === false && wantsTls;
  check(refused, 'TEMPORAL_TLS', 'an API key or certificate would travel in clear', 'unset it or use true');
  check(
    (values.ATENDE_SMTP_URL === undefined) !== (values.ATENDE_MAIL_FROM === undefined),
    values.ATENDE_SMTP_URL === undefined ? 'ATENDE_SMTP_URL' : 'ATENDE_MAIL_FROM',
    'a mail needs a server and somebody who writes it',
    'set both or none',
  );
  for (const names of [...CHANNEL_TOGETHER, FILES_TOGETHER]) {
    const missing = names.find((name) => values[name] === undefined);
    const others = names.some((name) => values[name] !== undefined);
    if (missing !== undefined)
      check(others, missing, 'it is needed beside the others that are set', `set all of ${names.join(', ')}, or none`);
  }
  const samePort = values.ATENDE_METRICS_PORT !== undefined && values.ATENDE_METRICS_PORT === (values.PORT ?? 3000);
  check(samePort, 'ATENDE_METRICS_PORT', 'it equals PORT', 'use another port');
  const { ATENDE_HTTP_HEADERS_MS: headers = HEADERS_MS, ATENDE_HTTP_REQUEST_MS: request = REQUEST_MS } = values;
  const late = headers > request;
  check(late, 'ATENDE_HTTP_HEADERS_MS', 'headers may take longer than their request', 'lower it or raise the other');
  return problems;
}

/** What may be set in a test only. */
function outsideTests(values: Values, mode: string | undefined): readonly ConfigProblem[] {
  if (values.ATENDE_KILL_POINT === undefined || mode === 'test') return [];
  const { remedy } = VARIABLES.ATENDE_KILL_POINT;
  return [{ variable: 'ATENDE_KILL_POINT', message: 'this is no test', remedy }];
}

function readTls(values: Values, problems: ConfigProblem[]): TemporalConfig['tls'] {
  const read = (name: 'TEMPORAL_TLS_CA' | 'TEMPORAL_TLS_CERT' | 'TEMPORAL_TLS_KEY'): Uint8Array | undefined => {
    const path = values[name];
    return path === undefined ? undefined : readFile(path, name, problems);
  };
  const [ca, crt, key] = [read('TEMPORAL_TLS_CA'), read('TEMPORAL_TLS_CERT'), read('TEMPORAL_TLS_KEY')];
  const serverName = values.TEMPORAL_TLS_SERVER_NAME;
  const tls: TLSConfig = {
    ...(ca && { serverRootCACertificate: ca }),
    ...(crt && key && { clientCertPair: { crt, key } }),
    ...(serverName !== undefined && { serverNameOverride: serverName }),
  };
  if (Object.keys(tls).length > 0) return tls;
  return values.TEMPORAL_TLS ?? values.TEMPORAL_API_KEY !== undefined;
}

function assemble(values: Values, tls: TemporalConfig['tls'], unknown: readonly string[]): Config {
  const embedded = { postgres: values.DATABASE_URL === undefined, temporal: values.TEMPORAL_ADDRESS === undefined };
  const demo = embedded.postgres && embedded.temporal;
  const home = resolve(values.ATENDE_HOME ?? '.atende');
  return {
    role: values.ATENDE_ROLE ?? 'all',
    home,
    cacheHome: resolve(values.ATENDE_CACHE ?? join(homedir(), '.cache', 'atende')),
    embedded,
    demo,
    http: httpOf(values),
    database: {
      url: values.DATABASE_URL,
      appUrl: values.DATABASE_APP_URL,
      loopsUrl: values.DATABASE_LOOPS_URL,
      poolSize: values.DATABASE_POOL_SIZE ?? 16,
    },
    temporal: temporalOf(values, tls),
    codecOrigins: values.ATENDE_CODEC_ORIGINS ?? [],
    egressAllow: values.ATENDE_EGRESS_ALLOW ?? (demo ? ['127.0.0.1'] : []),
    mail: { url: values.ATENDE_SMTP_URL, from: values.ATENDE_MAIL_FROM },
    log: {
      level: values.ATENDE_LOG_LEVEL ?? 'info',
      directory: embedded.postgres || embedded.temporal ? join(home, 'logs') : undefined,
    },
    metricsPort: values.ATENDE_METRICS_PORT,
    rootKey: values.ATENDE_ROOT_KEY,
    previousRootKeys: values.ATENDE_PREVIOUS_ROOT_KEYS ?? [],
    rates: {
      requestsPerKey: values.ATENDE_RATE_REQUESTS_PER_KEY ?? 600,
      failedLoginsPerAddress: values.ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS ?? 60,
      deliveriesPerShop: values.ATENDE_RATE_DELIVERIES_PER_SHOP ?? 30_000,
    },
    channels: channelsOf(values),
    files: filesOf(values, resolve(values.ATENDE_FILES ?? join(home, 'files'))),
    dispatchesPerShop: values.ATENDE_DISPATCHES_PER_SHOP ?? 8,
    migratedPerSecond: values.ATENDE_MIGRATED_PER_SECOND ?? 25,
    killPoint: values.ATENDE_KILL_POINT,
    unknownVariables: unknown,
  };
}

function httpOf(values: Values): HttpConfig {
  return {
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 3000,
    trustedProxies: values.ATENDE_TRUSTED_PROXIES ?? [],
    behindTls: values.ATENDE_BEHIND_TLS ?? false,
    limits: {
      headersMs: values.ATENDE_HTTP_HEADERS_MS ?? HEADERS_MS,
      requestMs: values.ATENDE_HTTP_REQUEST_MS ?? REQUEST_MS,
      idleMs: values.ATENDE_HTTP_IDLE_MS ?? 60_000,
      headerBytes: values.ATENDE_HTTP_HEADER_BYTES ?? 16_384,
      bodyBytes: values.ATENDE_HTTP_BODY_BYTES ?? 262_144,
      connections: values.ATENDE_HTTP_CONNECTIONS ?? 2_000,
      drainMs: values.ATENDE_HTTP_DRAIN_MS ?? 2_000,
    },
  };
}

function temporalOf(values: Values, tls: TemporalConfig['tls']): TemporalConfig {
  return {
    address: values.TEMPORAL_ADDRESS,
    namespace: values.TEMPORAL_NAMESPACE ?? 'default',
    taskQueue: values.TEMPORAL_TASK_QUEUE ?? 'atende',
    apiKey: values.TEMPORAL_API_KEY,
    tls,
    cli: values.TEMPORAL_CLI,
  };
}

function unknownVariables(environment: Environment): readonly string[] {
  const known = new Set<string>([...Object.keys(VARIABLES), ...FROM_FILE.map((name) => `${name}_FILE`)]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('ATENDE_') && !known.has(name))
    .sort();
}
