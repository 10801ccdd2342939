import type pg from 'pg';
import type { Config } from '../config/index.js';
import type { Vault } from '../crypto/index.js';
import type { Database } from '../database/index.js';
import type { Egress } from '../egress/index.js';
import type { FileStore } from '../files/index.js';
import type { Log } from '../log/index.js';
import type { Mailer } from '../mail/index.js';
import type { Metrics } from '../metrics/index.js';
import type { Temporal } from '../temporal/index.js';

/** What is running before the container is built: connections, keys, configuration. */
export type Runtime = {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly database: Database;
  /** Login that may read the work queue and the lookup table, and nothing else. */
  readonly loops: pg.Pool;
  readonly vault: Vault;
  readonly egress: Egress;
  readonly files: FileStore;
  readonly mailer: Mailer;
  readonly temporal: Temporal;
  /** Path of the prebuilt workflow bundle. */
  readonly workflowBundle: string;
};

/** Tokens of what is no class of ours. */
export const CONFIG = Symbol('config');
export const LOG = Symbol('log');
export const FILES = Symbol('files');
export const LOOPS = Symbol('loops');
export const TEMPORAL = Symbol('temporal');
export const WORKFLOW_BUNDLE = Symbol('workflow bundle');
