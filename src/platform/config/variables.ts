import { isIP } from 'node:net';
import { z } from 'zod';
import { isMailServer, isSender } from '../mail/mail-server.js';
import { CHANNEL_FROM_FILE, CHANNEL_VARIABLES } from './channels/channels.js';
import { FILES_VARIABLES } from './files.js';
import { boolean, isHost, isNetwork, list, milliseconds, perMinute, port } from './schemas.js';
import type { ValuesOf } from './schemas.js';

const databaseUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  const database = url?.pathname.slice(1) ?? '';
  return (
    /^postgres(ql)?:$/.test(url?.protocol ?? '') &&
    database !== '' &&
    (url?.hostname !== '' || url.searchParams.has('host'))
  );
});

const temporalAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/)
  .transform((text) => (/:\d+$/.test(text) ? text : `${text}:7233`));

const rootKey = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

const rootKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(rootKey));

const killPoint = z
  .string()
  .regex(/^[a-z_-]+\.[a-z_-]+(:[1-9]\d{0,5})?$/)
  .transform((text) => {
    const [name = '', passage = '1'] = text.split(':');
    return { name, passage: Number(passage) };
  });

const isLinkLocal = (text: string): boolean => /^(169\.254\.|fe[89ab][0-9a-f]:)/i.test(text);

/**
 * Every variable the program reads: how its text is checked and converted, and what to do when it is wrong. What each one
 * means and its default are documented on the type `Config`.
 */
export const VARIABLES = {
  ATENDE_ROLE: { schema: z.enum(['all', 'api', 'worker', 'migrate']), remedy: 'use all, api, worker or migrate' },
  ATENDE_HOME: { schema: z.string(), remedy: 'use the path of a folder' },
  ATENDE_CACHE: { schema: z.string(), remedy: 'use the path of a folder' },
  HOST: {
    schema: z.string().refine((text) => isIP(text) !== 0 || isHost(text)),
    remedy: 'use an address or a host name',
  },
  PORT: { schema: port, remedy: 'use a number from 0 (any free port) to 65535' },
  ATENDE_TRUSTED_PROXIES: { schema: list(isNetwork), remedy: 'list addresses or CIDR blocks, separated by commas' },
  ATENDE_BEHIND_TLS: { schema: boolean, remedy: 'use true or false' },
  ATENDE_HTTP_HEADERS_MS: { schema: milliseconds, remedy: 'use milliseconds from 100 to 600000' },
  ATENDE_HTTP_REQUEST_MS: { schema: milliseconds, remedy: 'use milliseconds from 100 to 600000' },
  ATENDE_HTTP_IDLE_MS: { schema: milliseconds, remedy: 'use milliseconds from 100 to 600000' },
  ATENDE_HTTP_HEADER_BYTES: {
    schema: z.coerce.number().int().min(2_048).max(1_048_576),
    remedy: 'use bytes from 2048 to 1048576',
  },
  ATENDE_HTTP_BODY_BYTES: {
    schema: z.coerce.number().int().min(1_024).max(16_777_216),
    remedy: 'use bytes from 1024 to 16777216',
  },
  ATENDE_HTTP_CONNECTIONS: {
    schema: z.coerce.number().int().min(10).max(65_000),
    remedy: 'use a number from 10 to 65000',
  },
  ATENDE_HTTP_DRAIN_MS: {
    schema: z.coerce.number().int().min(0).max(60_000),
    remedy: 'use milliseconds from 0 to 60000',
  },
  DATABASE_URL: { schema: databaseUrl, remedy: 'use postgresql://user:password@host:5432/database' },
  DATABASE_APP_URL: { schema: databaseUrl, remedy: 'use postgresql://user:password@host:5432/database' },
  DATABASE_LOOPS_URL: { schema: databaseUrl, remedy: 'use postgresql://user:password@host:5432/database' },
  DATABASE_POOL_SIZE: { schema: z.coerce.number().int().min(4).max(500), remedy: 'use a number from 4 to 500' },
  TEMPORAL_ADDRESS: { schema: temporalAddress, remedy: 'use host:7233, without a scheme' },
  TEMPORAL_NAMESPACE: {
    schema: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
    remedy: 'use the name of a namespace',
  },
  TEMPORAL_TASK_QUEUE: { schema: z.string().max(200), remedy: 'use a name of at most 200 characters' },
  TEMPORAL_API_KEY: { schema: z.string(), remedy: 'use an API key' },
  TEMPORAL_TLS: { schema: boolean, remedy: 'use true or false' },
  TEMPORAL_TLS_CA: { schema: z.string(), remedy: 'use the path of a PEM file' },
  TEMPORAL_TLS_CERT: { schema: z.string(), remedy: 'use the path of a PEM file' },
  TEMPORAL_TLS_KEY: { schema: z.string(), remedy: 'use the path of a PEM file' },
  TEMPORAL_TLS_SERVER_NAME: { schema: z.string().refine(isHost), remedy: 'use a host name' },
  TEMPORAL_CLI: { schema: z.string(), remedy: 'use the path of the Temporal CLI' },
  ATENDE_CODEC_ORIGINS: {
    schema: list((text) => /^https?:/.test(text) && URL.parse(text)?.origin === text),
    remedy: 'list origins as browsers send them, such as http://localhost:8080, separated by commas',
  },
  ATENDE_EGRESS_ALLOW: {
    schema: list((item) => !isLinkLocal(item) && (isNetwork(item) || isHost(item))),
    remedy: 'list host names, addresses or CIDR blocks, separated by commas; link-local addresses stay blocked',
  },
  ATENDE_SMTP_URL: {
    schema: z.string().refine(isMailServer),
    remedy: 'use smtps://user:password@host:465 or smtp://user:password@host:587',
  },
  ATENDE_MAIL_FROM: { schema: z.string().refine(isSender), remedy: 'use an address, or: Atende <atende@example.com>' },
  ATENDE_LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    remedy: 'use fatal, error, warn, info, debug, trace or silent',
  },
  ATENDE_KILL_POINT: { schema: killPoint, remedy: 'unset it: it ends the program on purpose and is there for tests' },
  ATENDE_METRICS_PORT: { schema: port.min(1), remedy: 'use a number from 1 to 65535' },
  ATENDE_ROOT_KEY: { schema: rootKey, remedy: 'use 32 random bytes in base64, as from: openssl rand -base64 32' },
  ATENDE_PREVIOUS_ROOT_KEYS: {
    schema: rootKeys,
    remedy: 'list earlier values of ATENDE_ROOT_KEY, separated by commas',
  },
  ATENDE_DISPATCHES_PER_SHOP: {
    schema: z.coerce.number().int().min(1).max(32),
    remedy: 'use a number from 1 to 32',
  },
  ATENDE_MIGRATED_PER_SECOND: {
    schema: z.coerce.number().int().min(1).max(1_000),
    remedy: 'use a number from 1 to 1000',
  },
  ...CHANNEL_VARIABLES,
  ...FILES_VARIABLES,
  ATENDE_RATE_REQUESTS_PER_KEY: { schema: perMinute, remedy: 'use requests per minute, 1 or more' },
  ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS: { schema: perMinute, remedy: 'use requests per minute, 1 or more' },
  ATENDE_RATE_DELIVERIES_PER_SHOP: { schema: perMinute, remedy: 'use deliveries per minute, 1 or more' },
} as const;

export type VariableName = keyof typeof VARIABLES;

/** Variables that may also be given as `<NAME>_FILE`, the path of a file that holds the value (a mounted secret). */
export const FROM_FILE: readonly VariableName[] = [
  'DATABASE_URL',
  'DATABASE_APP_URL',
  'DATABASE_LOOPS_URL',
  'TEMPORAL_API_KEY',
  'ATENDE_SMTP_URL',
  'ATENDE_ROOT_KEY',
  'ATENDE_PREVIOUS_ROOT_KEYS',
  ...CHANNEL_FROM_FILE,
  'ATENDE_FILES_BUCKET_SECRET',
];

/** The checked values of the variables that are set. */
export type Values = ValuesOf<typeof VARIABLES>;
