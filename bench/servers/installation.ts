import type { Roots } from '../processes.js';

/** What `demo.json` holds, as far as a load needs it. */
export type DemoFile = {
  readonly baseUrl: string;
  readonly tenantId: string;
  readonly keys: Readonly<Record<'admin' | 'ops' | 'supervisor' | 'agent', string>>;
  readonly shop: { readonly id: string; readonly webhookSecret: string };
};

/** A running product with its servers, on a home of its own. */
export type Installation = {
  readonly demo: DemoFile;
  readonly temporalAddress: string;
  /** Which server, with its version. */
  readonly temporalServer: string;
  /** Root processes by what they do. */
  readonly roots: Roots;
  /** URL of a database of the PostgreSQL server, for its superuser. */
  databaseUrl(database: string): string;
  /** Bytes Temporal keeps on disk. */
  temporalBytes(): Promise<number>;
  stop(): Promise<void>;
};

/** How a product is started for the benchmark. */
export type InstallationOptions = {
  readonly home: string;
  /** Arguments of Node for the product's process, for example to profile it. */
  readonly nodeArguments: readonly string[];
  /** Further variables of the product's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Parameters of PostgreSQL, written before the measured start. */
  readonly postgresSettings: Readonly<Record<string, string>>;
};
