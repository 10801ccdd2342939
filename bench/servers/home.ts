import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { DemoFile } from './installation.js';

/** What a home tells about the servers that run on it. */

type Credentials = Readonly<Record<'postgres' | 'atende_owner' | 'atende_app' | 'atende_loops', string>>;

export function readDemo(home: string): DemoFile {
  return readJson(home, 'demo.json') as DemoFile;
}

export function readCredentials(home: string): Credentials {
  return readJson(home, 'credentials.json') as Credentials;
}

/** Process ids of the embedded servers that run now. */
export function readServers(home: string): ReadonlyMap<string, number> {
  const { servers } = readJson(home, 'run.json') as {
    readonly servers: readonly { readonly name: string; readonly pid: number }[];
  };
  return new Map(servers.map(({ name, pid }) => [name, pid]));
}

/** The port noted in a file of the home. */
export function readPort(home: string, name: string): number {
  return Number(readFileSync(join(home, name), 'utf8').trim());
}

/** Where PostgreSQL has its socket: as the embedded server has it, which the product uses too. */
export function socketFolderOf(home: string): string {
  return join(home, 'postgres');
}

/** URL of a database for one of the logins, by the socket. */
export function urlOf(home: string, port: number, login: keyof Credentials, database: string): string {
  const socket = encodeURIComponent(socketFolderOf(home));
  return `postgresql://${login}:${readCredentials(home)[login]}@${socket}:${port}/${database}?sslmode=disable`;
}

/** Sets parameters of PostgreSQL; most are in force after the next start only. */
export async function setParameters(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const [name, value] of Object.entries(settings)) {
      await client.query(`alter system set ${pg.escapeIdentifier(name)} = ${pg.escapeLiteral(value)}`);
    }
  } finally {
    await client.end();
  }
}

function readJson(home: string, name: string): unknown {
  return JSON.parse(readFileSync(join(home, name), 'utf8'));
}
