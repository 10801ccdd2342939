import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { migrations } from '../../migrations/index.js';
import { TenantLookup } from '../modules/identity/index.js';
import { assertUtc, BootError, ConfigError, loadConfig } from '../platform/config/index.js';
import type { Config } from '../platform/config/index.js';
import { Database, migrate } from '../platform/database/index.js';
import { attachEmbedded, startEmbedded } from '../platform/embedded/index.js';
import type { Embedded } from '../platform/embedded/index.js';
import { isId } from '../platform/ids/index.js';
import { createLog, NestLog } from '../platform/log/index.js';
import type { Log } from '../platform/log/index.js';
import { installRuntime } from '../platform/temporal/index.js';
import { connect } from '../runtime.js';
import type { Undo } from '../runtime.js';
import { CliModule } from './cli.module.js';

/** A tenant as commands name it. */
export type NamedTenant = { readonly id: string; readonly key: string };

/** Something the caller got wrong: one line, exit code 1. */
export class CommandError extends Error {}

/** Throws unless the text is an id; `what` names what it should be the id of. */
export function requireId(text: string, what: string): void {
  const complaint = `"${text}" is not the id of ${what}`;
  if (!isId(text)) throw new CommandError(complaint);
}

/** What a command works with. */
export class Session {
  constructor(readonly services: INestApplicationContext) {}

  get database(): Database {
    return this.services.get(Database, { strict: false });
  }

  /** All tenants, or the one with this key. */
  async tenants(key?: string): Promise<NamedTenant[]> {
    const ids = await this.services.get(TenantLookup, { strict: false }).tenants();
    const named = await Promise.all(
      ids.map(async (id) => {
        const sql = 'select tenant_id as id, key from tenant where tenant_id = $1';
        return this.database.tenant(id, (tx) => tx.one<NamedTenant>(sql, [id]));
      }),
    );
    const wanted = key === undefined ? named : named.filter((tenant) => tenant.key === key);
    if (wanted.length === 0 && key !== undefined) throw new CommandError(`there is no tenant "${key}"`);
    return wanted;
  }
}

/**
 * Runs a command beside the program that runs on this home, on the servers the environment names, or, when nothing runs, on
 * servers started for it alone. Ends what it has opened, and sets the exit code.
 *
 * @param work returns the exit code
 */
export function withSession(work: (session: Session) => Promise<number>): Promise<void> {
  return withServers(async (config, servers, log, undo) => work(await open(config, servers, log, undo)));
}

/**
 * The same for a command that needs the servers and nothing of the product.
 *
 * @param work returns the exit code; what it opens it adds to `undo`
 */
export async function withServers(
  work: (config: Config, servers: Embedded, log: Log, undo: Undo) => Promise<number>,
): Promise<void> {
  const undo: Undo = [];
  try {
    assertUtc();
    const config = loadConfig();
    // The log file belongs to the running program; a command speaks to whoever started it.
    const log = createLog({ level: 'warn', stream: process.stderr });
    process.exitCode = await work(config, await serversOf(config, log, undo), log, undo);
  } catch (error) {
    process.exitCode = 1;
    complain(error);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function serversOf(config: Config, log: Log, undo: Undo): Promise<Embedded> {
  const running = attachEmbedded(config);
  if (running !== undefined) return running;
  const own = await startEmbedded({ config, log, onFatal: (error) => console.error(error.line) });
  undo.push(() => own.stop());
  await migrate(own.ownerUrl, migrations);
  return own;
}

async function open(config: Config, servers: Embedded, log: Log, undo: Undo): Promise<Session> {
  installRuntime(log, undefined);
  const runtime = await connect(config, log, servers, undo);
  const services = await NestFactory.createApplicationContext(CliModule.with(runtime), {
    logger: new NestLog(log),
    abortOnError: false,
  });
  undo.push(() => services.close());
  return new Session(services);
}

/** Expected failures are one line that names what to change; anything else is shown whole. */
export function complain(error: unknown): void {
  if (error instanceof BootError) console.error(error.line);
  else if (error instanceof ConfigError) for (const line of error.lines) console.error(line);
  else if (error instanceof CommandError) console.error(`atende: ${error.message}`);
  else console.error(error);
}
