import type { TLSConfig } from '@temporalio/client';
import type { KillPoint } from '../kill-point/index.js';
import type { ChannelsConfig } from './channels/channels.js';
import type { FilesConfig } from './files.js';

/** What one process does: `all` = API, worker and loops together; `migrate` = bring the schema up to date and exit. */
export type Role = 'all' | 'api' | 'worker' | 'migrate';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** The HTTP server. */
export type HttpConfig = {
  /**
   * `HOST`. Address to listen on. Anything but loopback makes the API reachable from the network: put TLS in front.
   * @default 127.0.0.1
   */
  readonly host: string;
  /**
   * `PORT`. 0 takes any free port; the chosen one is in `demo.json`.
   * @default 3000
   */
  readonly port: number;
  /**
   * `ATENDE_TRUSTED_PROXIES`. Addresses and CIDR blocks whose `X-Forwarded-For` is believed, separated by commas.
   * With an empty list the peer of the socket is the client, so that nobody can choose the address which the limit on
   * failed log-ins counts.
   * @default empty
   */
  readonly trustedProxies: readonly string[];
  /**
   * `ATENDE_BEHIND_TLS`. Callers reach this address through TLS: answers then carry `Strict-Transport-Security`, which
   * binds browsers to it for a year.
   * @default false
   */
  readonly behindTls: boolean;
  readonly limits: HttpLimits;
};

/** What one request or connection may take of the HTTP server, so that no caller keeps it from the others. */
export type HttpLimits = {
  /**
   * `ATENDE_HTTP_HEADERS_MS`. Milliseconds from the first byte of a request to the end of its headers; then 408.
   * @default 10000
   */
  readonly headersMs: number;
  /**
   * `ATENDE_HTTP_REQUEST_MS`. Milliseconds from the first byte of a request to the end of its body; then 408. Not below
   * `ATENDE_HTTP_HEADERS_MS`.
   * @default 30000
   */
  readonly requestMs: number;
  /**
   * `ATENDE_HTTP_IDLE_MS`. Milliseconds a connection may stay silent in the middle of an answer, because a caller does not
   * read, before it is cut. Streams send a sign of life every 15 s.
   * @default 60000
   */
  readonly idleMs: number;
  /**
   * `ATENDE_HTTP_HEADER_BYTES`. Size of all headers of a request together; then 431.
   * @default 16384
   */
  readonly headerBytes: number;
  /**
   * `ATENDE_HTTP_BODY_BYTES`. Size of a body; then 413. The contract with channels promises 256 KiB.
   * @default 262144
   */
  readonly bodyBytes: number;
  /**
   * `ATENDE_HTTP_CONNECTIONS`. Connections at a time, streams included; more are closed at once.
   * @default 2000
   */
  readonly connections: number;
  /**
   * `ATENDE_HTTP_DRAIN_MS`. Milliseconds the server goes on serving after a signal to stop, while `/health/ready` says 503
   * and every answer ends its connection: longer than a balancer needs to notice. It ends early when nobody asks.
   * @default 2000
   */
  readonly drainMs: number;
};

/** PostgreSQL given by the operator; all undefined = the embedded one. */
export type DatabaseConfig = {
  /**
   * `DATABASE_URL` or `DATABASE_URL_FILE`. PostgreSQL 18 or newer, with the login that owns the schema. Setting it means
   * that no PostgreSQL is started here and, like `TEMPORAL_ADDRESS`, ends the demo surface.
   * @default unset (embedded PostgreSQL under `ATENDE_HOME`)
   */
  readonly url: string | undefined;
  /**
   * `DATABASE_APP_URL` or `…_FILE`. Login of the restricted role `atende_app`, for a set-up where the process that serves
   * requests must not hold the owner's password. A process of the role `api` or `worker` that has it does not bring the
   * schema up to date, and `DATABASE_URL` may be this login too: run the role `migrate` first.
   * @default unset (the login of `DATABASE_URL`, which then assumes the role `atende_app`)
   */
  readonly appUrl: string | undefined;
  /**
   * `DATABASE_LOOPS_URL` or `…_FILE`. The same for the role `atende_loops` of the cross-tenant loops.
   * @default unset (the login of `DATABASE_URL`, which then assumes the role `atende_loops`)
   */
  readonly loopsUrl: string | undefined;
  /**
   * `DATABASE_POOL_SIZE`. Connections of the main pool of this process. Local-activity slots stay two below it, so a small
   * pool slows the worker before it starves requests. Raise it with the cores of the database, not with the load; the
   * embedded server accepts 60 connections in all.
   * @default 16
   */
  readonly poolSize: number;
};

/** Temporal. */
export type TemporalConfig = {
  /**
   * `TEMPORAL_ADDRESS`. Frontend as `host[:7233]`. Setting it means that no Temporal server is started here and, like
   * `DATABASE_URL`, ends the demo surface.
   * @default unset (embedded development server under `ATENDE_HOME`)
   */
  readonly address: string | undefined;
  /**
   * `TEMPORAL_NAMESPACE`. Must exist on a given server; the embedded one creates it.
   * @default default
   */
  readonly namespace: string;
  /**
   * `TEMPORAL_TASK_QUEUE`. Change it only to run two installations in one namespace: work waiting on the old name stays
   * there.
   * @default atende
   */
  readonly taskQueue: string;
  /**
   * `TEMPORAL_API_KEY` or `TEMPORAL_API_KEY_FILE`. Turns TLS on.
   * @default unset
   */
  readonly apiKey: string | undefined;
  /**
   * `TEMPORAL_TLS` (`true` or `false`) with `TEMPORAL_TLS_CA`, `TEMPORAL_TLS_CERT`, `TEMPORAL_TLS_KEY` (paths of PEM files)
   * and `TEMPORAL_TLS_SERVER_NAME`, in the form the SDK takes.
   * @default true when an API key or one of the files is given, otherwise false
   */
  readonly tls: boolean | TLSConfig;
  /**
   * `TEMPORAL_CLI`. Path or name of a Temporal CLI with server 1.29 or newer for the embedded server. When set, nothing
   * else is looked for.
   * @default unset (`temporal` on the path, the cache, a download, the PyPI wheel)
   */
  readonly cli: string | undefined;
};

/** Request limits, counted per minute. */
export type RateConfig = {
  /**
   * `ATENDE_RATE_REQUESTS_PER_KEY`. Requests of one API key; more are answered 429 with `Retry-After`.
   * @default 600
   */
  readonly requestsPerKey: number;
  /**
   * `ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS`. Requests with no or a bad key from one address, or one /64 of IPv6. Beyond it
   * no key is looked up for that address, except those it has been using; the answer is 429.
   * @default 60
   */
  readonly failedLoginsPerAddress: number;
  /**
   * `ATENDE_RATE_DELIVERIES_PER_SHOP`. Signed deliveries of one shop's channel; more are answered 429, and the channel
   * delivers again. High, because it is there for a channel gone wild and not for a busy day.
   * @default 30000
   */
  readonly deliveriesPerShop: number;
};

/** The mail server that notices are handed to; both undefined = there is no mail. */
export type MailConfig = {
  /**
   * `ATENDE_SMTP_URL` or `ATENDE_SMTP_URL_FILE`, as `smtps://user:password@host:465` or `smtp://user:password@host:587`. Over
   * `smtp://` TLS is demanded once the server has answered, except towards this machine and with `?tls=optional`.
   * @default unset (notices by mail reach nobody)
   */
  readonly url: string | undefined;
  /**
   * `ATENDE_MAIL_FROM`. Who writes the mails: an address, or a name with the address in angle brackets.
   * @default unset
   */
  readonly from: string | undefined;
};

/** Everything the environment says, checked and frozen. The only way for the program to learn it. */
export type Config = {
  /**
   * `ATENDE_ROLE`. `api` and `worker` split the work over processes; they need the same `DATABASE_URL`,
   * `TEMPORAL_ADDRESS` and `ATENDE_ROOT_KEY`, since embedded servers belong to one process.
   * @default all
   */
  readonly role: Role;
  /**
   * `ATENDE_HOME`. Absolute folder of embedded data, credentials, logs and `demo.json`. One process at a time may run
   * embedded servers on it.
   * @default .atende in the working folder
   */
  readonly home: string;
  /**
   * `ATENDE_CACHE`. Absolute folder for what can be fetched again (the Temporal CLI, 160 MB). Shared by all installations of a user.
   * @default ~/.cache/atende
   */
  readonly cacheHome: string;
  /** Which servers this process starts itself: those whose variable is unset. */
  readonly embedded: { readonly postgres: boolean; readonly temporal: boolean };
  /** Whether the demo surface exists (demo tenants, `demo.json`, `/demo/outbox`): only while both servers are embedded. */
  readonly demo: boolean;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly temporal: TemporalConfig;
  /**
   * `ATENDE_CODEC_ORIGINS`. Origins of Temporal's UI, separated by commas, whose pages may ask `/codec/decode` from a
   * browser.
   * @default empty
   */
  readonly codecOrigins: readonly string[];
  /**
   * `ATENDE_EGRESS_ALLOW`. Host names, addresses and CIDR blocks, separated by commas, that tenant URLs may reach although
   * they are private or loopback, or over plain HTTP or on another port. Whatever is not listed is reachable only at public
   * addresses, over HTTPS on port 443 or 8443; link-local and other metadata addresses never are.
   * @default 127.0.0.1 with the demo surface, otherwise empty
   */
  readonly egressAllow: readonly string[];
  readonly mail: MailConfig;
  readonly log: {
    /**
     * `ATENDE_LOG_LEVEL`. `debug` and `trace` cost throughput; no level prints text or names of people.
     * @default info
     */
    readonly level: LogLevel;
    /** Folder of log files while a server is embedded; undefined = standard output. */
    readonly directory: string | undefined;
  };
  /**
   * `ATENDE_METRICS_PORT`. Serves `/metrics` without a key on a port of its own, on `HOST`; must differ from `PORT`.
   * @default unset (`/metrics` on `PORT`, with an admin key)
   */
  readonly metricsPort: number | undefined;
  /**
   * `ATENDE_ROOT_KEY` or `ATENDE_ROOT_KEY_FILE`. 32 bytes in base64 under which every other key lies. All processes on one
   * database need the same one; losing it loses every encrypted text.
   * @default unset (with embedded PostgreSQL: made at first start, in `$ATENDE_HOME/root.key`)
   */
  readonly rootKey: Uint8Array | undefined;
  /**
   * `ATENDE_PREVIOUS_ROOT_KEYS` or `ATENDE_PREVIOUS_ROOT_KEYS_FILE`. Earlier root keys, separated by commas, while
   * `atende keys rotate --root` has yet to wrap everything under the current one. Not needed afterwards.
   * @default empty
   */
  readonly previousRootKeys: readonly Uint8Array[];
  readonly rates: RateConfig;
  readonly channels: ChannelsConfig;
  readonly files: FilesConfig;
  /**
   * `ATENDE_DISPATCHES_PER_SHOP`. Deliveries to one shop's channel that a worker has under way at once, of 32 to all. A channel
   * that answers slowly keeps the others of its shop waiting, and nobody else.
   * @default 8
   */
  readonly dispatchesPerShop: number;
  /**
   * `ATENDE_MIGRATED_PER_SECOND`. Open inquiries that one migration brings onto another version of their definition per second, at
   * most: what buyers and agents do meanwhile comes first.
   * @default 25
   */
  readonly migratedPerSecond: number;
  /**
   * `ATENDE_KILL_POINT` as `name` or `name:passage`. Tests of crashes only: the process ends itself with SIGKILL at that
   * place. Refused unless `NODE_ENV` is `test`, which no start script sets.
   * @default unset
   */
  readonly killPoint: KillPoint | undefined;
  /** `ATENDE_…` variables that mean nothing here, probably misspelt; worth a warning. */
  readonly unknownVariables: readonly string[];
};
