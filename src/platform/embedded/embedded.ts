import type { Config } from '../config/index.js';
import type { DatabaseUrls } from './postgres-roles.js';
import type { ServerProcess } from './run-record.js';

/** The servers the process uses, its own or given ones. */
export type Embedded = {
  /** Login that owns the schema. */
  readonly ownerUrl: string;
  /** Login of requests and activities: `atende_app` itself, or one that assumes it. */
  readonly appUrl: string;
  /** Login of the cross-tenant loops: `atende_loops` itself, or one that assumes it. */
  readonly loopsUrl: string;
  /** Temporal's frontend, `host:port`. */
  readonly temporalAddress: string;
  /** The given root key, or the one of the home; undefined only with a given database and no key. */
  readonly rootKey: Uint8Array | undefined;
  /** The servers running for this process now; a restarted one has a new pid. */
  readonly processes: readonly ServerProcess[];
  /** Stops Temporal, then PostgreSQL, and frees the home. Safe to call again. */
  stop(): Promise<void>;
};

/** What an embedded half gives; a half that is not there comes from the configuration. */
export type Started = {
  readonly postgres?: DatabaseUrls | undefined;
  readonly temporal?: { readonly address: string } | undefined;
  readonly rootKey?: Uint8Array | undefined;
};

/** What can be asked of, and done to, the embedded servers. */
export type Handle = { readonly processes: () => readonly ServerProcess[]; readonly stop: () => Promise<void> };

/** No server of our own. */
export const NOTHING_RUNS: Handle = { processes: () => [], stop: () => Promise.resolve() };

/** The servers a process uses: its embedded ones where there are, the given ones otherwise. */
export function describeServers(config: Config, started: Started, handle: Handle): Embedded {
  const url = config.database.url ?? '';
  const { postgres, temporal } = started;
  let stopped: Promise<void> | undefined;
  return {
    ownerUrl: postgres?.ownerUrl ?? url,
    appUrl: postgres?.appUrl ?? config.database.appUrl ?? url,
    loopsUrl: postgres?.loopsUrl ?? config.database.loopsUrl ?? url,
    temporalAddress: temporal?.address ?? config.temporal.address ?? '',
    rootKey: config.rootKey ?? started.rootKey,
    get processes() {
      return handle.processes();
    },
    stop: () => (stopped ??= handle.stop()),
  };
}
