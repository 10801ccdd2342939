import type { Config } from '../config/index.js';
import { readIfThere } from './atomic-file.js';
import { describeServers } from './embedded.js';
import type { Embedded } from './embedded.js';
import { findHolder } from './home-lock.js';
import { isAlive } from './processes.js';
import { postgresPaths } from './postgres-files.js';
import { databaseUrls } from './postgres-roles.js';
import { readRunRecord } from './run-record.js';
import type { ServerName } from './run-record.js';
import { loadCredentials, loadRootKey } from './secrets.js';
import { temporalPortFile } from './temporal.js';

/**
 * The servers of the process that runs on this home now, for a command that works beside it. `stop` leaves them running.
 *
 * @returns undefined if no process runs on the home, or its servers are not up: start them with `startEmbedded`
 */
export function attachEmbedded(config: Config): Embedded | undefined {
  const { home, embedded } = config;
  if (findHolder(home) === undefined) return undefined;
  const running = readRunRecord(home).filter(isAlive);
  const runs = (name: ServerName): boolean => running.some((one) => one.name === name);
  const paths = postgresPaths(home);
  const [postgresPort, temporalPort] = [readPort(paths.portFile), readPort(temporalPortFile(home))];
  if (embedded.postgres && (!runs('postgres') || postgresPort === undefined)) return undefined;
  if (embedded.temporal && (!runs('temporal') || temporalPort === undefined)) return undefined;
  const credentials = embedded.postgres ? loadCredentials(home) : undefined;
  return describeServers(
    config,
    {
      postgres:
        credentials && postgresPort !== undefined
          ? databaseUrls({ port: postgresPort, socketFolder: paths.socketFolder, credentials })
          : undefined,
      temporal: embedded.temporal ? { address: `127.0.0.1:${temporalPort}` } : undefined,
      rootKey: embedded.postgres && config.rootKey === undefined ? loadRootKey(home) : undefined,
    },
    { processes: () => running, stop: () => Promise.resolve() },
  );
}

function readPort(path: string): number | undefined {
  const port = Number(readIfThere(path)?.trim());
  return Number.isInteger(port) && port > 0 ? port : undefined;
}
