import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { BootError, loadConfig } from '../../src/platform/config/index.js';
import { chooseAccount } from '../../src/platform/embedded/account.js';
import { postgresPrograms } from '../../src/platform/embedded/postgres-files.js';
import { runProgram } from '../../src/platform/embedded/run-program.js';
import { attachEmbedded, checkDatabase, checkTemporal, startEmbedded } from '../../src/platform/embedded/index.js';
import type { Embedded } from '../../src/platform/embedded/index.js';
import { createLog } from '../../src/platform/log/index.js';

const HOLDER = fileURLToPath(new URL('./embedded-holder.mjs', import.meta.url));

type Ready = { readonly ownerUrl: string; readonly temporalAddress: string; readonly processes: Embedded['processes'] };
type Said = Partial<Ready> & { readonly error?: string };

const homes: string[] = [];
const holders: ChildProcess[] = [];

afterAll(async () => {
  for (const child of holders) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** A folder nobody else may enter, as `mktemp -d` makes it. */
function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'atende-home-'));
  homes.push(home);
  return home;
}

async function start(home: string, more: Record<string, string> = {}): Promise<Embedded> {
  return startEmbedded({
    config: loadConfig({ ATENDE_HOME: home, ...more }),
    log: createLog({ level: 'info', directory: join(home, 'logs') }),
    onFatal: (error) => {
      throw error;
    },
    fsync: false,
  });
}

/** Starts the servers in a process of their own and waits for its first word. */
async function hold(home: string): Promise<{ readonly child: ChildProcess; readonly said: Said }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ATENDE_HOME: home, TZ: 'UTC' };
  const child = spawn(process.execPath, ['--no-warnings', HOLDER], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  holders.push(child);
  for await (const line of createInterface({ input: child.stdout })) return { child, said: JSON.parse(line) as Said };
  throw new Error('it said nothing');
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BootError)) throw new Error('not refused', { cause: error });
  return error.line;
};

const lives = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const pidOf = (processes: Embedded['processes'] | undefined, name: string): number => {
  const pid = processes?.find((one) => one.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
};

async function until(holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come about in time');
    await sleep(50);
  }
}

it('makes its data when the project lies in a folder that the account of PostgreSQL may not enter', async () => {
  const project = newHome();
  cpSync(join(postgresPrograms(), '..'), join(project, 'native'), { recursive: true, verbatimSymlinks: true });
  const folder = join(newHome(), 'postgres');
  mkdirSync(folder);
  const programs = join(project, 'native', 'bin');
  const account = await chooseAccount(join(programs, 'postgres'), folder);
  const [command, args] = account.wrap(join(programs, 'initdb'), ['-D', join(folder, 'data'), '-U', 'postgres', '-N']);
  const outcome = await runProgram(command, args, { timeoutMs: 60_000, cwd: '/', ...account.spawn });
  expect(outcome).toMatchObject({ ok: true });
});

describe('embedded servers', () => {
  let home: string;
  let embedded: Embedded;

  beforeAll(async () => {
    home = newHome();
    embedded = await start(home);
  }, 120_000);
  afterAll(async () => embedded.stop());

  it('are a PostgreSQL 18 that sorts by code point, on loopback only, with checksums', async () => {
    const rows = await query(
      embedded.ownerUrl,
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('listen_addresses') as listen,
              current_setting('data_checksums') as checksums, current_setting('password_encryption') as passwords,
              current_setting('TimeZone') as zone, pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale
       from pg_database where datname = current_database()`,
    );
    expect(rows).toEqual([
      {
        major: 18,
        listen: '127.0.0.1',
        checksums: 'on',
        passwords: 'scram-sha-256',
        zone: 'UTC',
        encoding: 'UTF8',
        provider: 'b',
        locale: 'C.UTF-8',
      },
    ]);
  });

  it('have three logins, none of which is above the rules', async () => {
    const roles = await query(
      embedded.ownerUrl,
      `select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as above
       from pg_roles where rolname like 'atende%' order by 1`,
    );
    expect(roles).toEqual(['atende_app', 'atende_loops', 'atende_owner'].map((rolname) => ({ rolname, above: false })));
    for (const [url, role] of [
      [embedded.ownerUrl, 'atende_owner'],
      [embedded.appUrl, 'atende_app'],
      [embedded.loopsUrl, 'atende_loops'],
    ] as const) {
      expect(await query(url, 'select current_user as me')).toEqual([{ me: role }]);
    }
    await expect(query(embedded.appUrl, 'create table t (id int)')).rejects.toMatchObject({ code: '42501' });
    await expect(query(embedded.appUrl, 'set role atende_owner')).rejects.toMatchObject({ code: '42501' });
  });

  it('let the owner make tables and assume the restricted roles', async () => {
    await query(embedded.ownerUrl, 'create table kept (id int primary key)');
    expect(await query(embedded.ownerUrl, 'set role atende_app')).toEqual([]);
    await expect(query(embedded.ownerUrl, 'set role postgres')).rejects.toMatchObject({ code: '42501' });
  });

  it('are a Temporal with namespace and search attributes', async () => {
    const connection = await Connection.connect({ address: embedded.temporalAddress });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    await connection.close();
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining(['AtendeTenant', 'AtendeDefinition', 'AtendeChannel']),
    );
  });

  it('keep their secrets to themselves', () => {
    expect(embedded.rootKey).toHaveLength(32);
    for (const file of ['credentials.json', 'root.key', 'run.json', 'temporal.db', 'logs/postgres.log']) {
      expect([file, statSync(join(home, file)).mode & 0o077]).toEqual([file, 0]);
    }
  });

  it('write no statement and no value into the log of PostgreSQL', async () => {
    await query(
      embedded.ownerUrl,
      "create table buyers (phone text primary key); insert into buyers values ('+5511999990000')",
    );
    await expect(query(embedded.ownerUrl, "insert into buyers values ('+5511999990000')")).rejects.toMatchObject({
      code: '23505',
    });
    await expect(query(embedded.ownerUrl, 'select nonsense')).rejects.toMatchObject({ code: '42703' });
    const text = readFileSync(join(home, 'logs', 'postgres.log'), 'utf8');
    expect(text).toContain('buyers_pkey');
    expect(text).not.toMatch(/5511999990000|select nonsense/);
  });

  it('pass the checks of given servers, which explain what is wrong with others', async () => {
    const url = (change: (url: URL) => void): string => {
      const copy = new URL(embedded.ownerUrl);
      change(copy);
      return copy.href;
    };
    await expect(checkDatabase(embedded.ownerUrl)).resolves.toBeUndefined();
    expect(await refusal(checkDatabase(url((copy) => (copy.password = 'wrong'))))).toMatch(
      /refuses the user or password.*DATABASE_URL/,
    );
    expect(
      await refusal(
        checkDatabase(
          url((copy) => (copy.pathname = '/other')),
          'DATABASE_APP_URL',
        ),
      ),
    ).toMatch(/no such database.*DATABASE_APP_URL/);
    const given = { ...loadConfig({}).temporal, address: embedded.temporalAddress };
    await expect(checkTemporal(given)).resolves.toBeUndefined();
    expect(await refusal(checkTemporal({ ...given, namespace: 'elsewhere' }))).toMatch(
      /no namespace elsewhere.*TEMPORAL_NAMESPACE/,
    );
  });

  it('refuse a second start on the same home, by whatever path', async () => {
    const { child, said } = await hold(join(home, 'logs', '..'));
    if (child.exitCode === null) await once(child, 'exit');
    expect(said.error).toContain(`already running on ${home} as process ${process.pid} (ATENDE_HOME)`);
    expect(child.exitCode).toBe(1);
  });

  it('are found by a command that works beside them, which leaves them running', async () => {
    const found = attachEmbedded(loadConfig({ ATENDE_HOME: home }));
    const { ownerUrl, appUrl, loopsUrl, temporalAddress, rootKey } = embedded;
    expect(found).toMatchObject({ ownerUrl, appUrl, loopsUrl, temporalAddress, rootKey });
    await found?.stop();
    await expect(checkDatabase(embedded.ownerUrl)).resolves.toBeUndefined();
    expect(attachEmbedded(loadConfig({ ATENDE_HOME: newHome() }))).toBeUndefined();
  });

  it('come back by themselves, on the same ports, when they are killed', async () => {
    for (const name of ['postgres', 'temporal']) process.kill(pidOf(embedded.processes, name), 'SIGKILL');
    await until(() => embedded.processes.length === 0);
    const { address } = { address: embedded.temporalAddress };
    await until(() =>
      checkDatabase(embedded.ownerUrl).then(
        () => true,
        () => false,
      ),
    );
    await until(() =>
      checkTemporal({ ...loadConfig({}).temporal, address }).then(
        () => true,
        () => false,
      ),
    );
    expect(await query(embedded.ownerUrl, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    const noted = JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as {
      readonly servers: Embedded['processes'];
    };
    expect(noted.servers).toEqual(embedded.processes);
  }, 60_000);

  it('stop in order and within ten seconds, and start again with their data', async () => {
    const pids = embedded.processes.map((one) => one.pid);
    const began = Date.now();
    await embedded.stop();
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(pids.map(lives)).toEqual([false, false]);
    expect(existsSync(join(home, 'run.json'))).toBe(false);
    expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
    const urls = [embedded.ownerUrl, embedded.temporalAddress];
    embedded = await start(home);
    expect([embedded.ownerUrl, embedded.temporalAddress]).toEqual(urls);
    expect(await query(embedded.ownerUrl, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
  }, 60_000);
});

describe('a process with embedded servers that is killed', () => {
  it('takes its servers with it, and the next start recovers', async () => {
    const home = newHome();
    const first = await hold(home);
    await query(first.said.ownerUrl ?? '', 'create table kept as select 1 as id');
    first.child.kill('SIGKILL');
    const pids = first.said.processes?.map((one) => one.pid) ?? [];
    expect(pids).toHaveLength(2);
    await until(() => !pids.some(lives));
    const embedded = await start(home);
    expect(await query(embedded.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
    await embedded.stop();
  }, 120_000);

  it('may leave servers behind, which the next start stops first', async () => {
    const home = newHome();
    const { child, said } = await hold(home);
    await query(said.ownerUrl ?? '', 'create table kept as select 1 as id');
    // With its watchdog killed as well, only the next start can tidy up.
    const watchdogs = childrenOf(child.pid ?? 0).filter((pid) => !said.processes?.some((one) => one.pid === pid));
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const [postgres, temporal] = [pidOf(said.processes, 'postgres'), pidOf(said.processes, 'temporal')];
    await sleep(300);
    expect([lives(postgres), lives(temporal)]).toEqual([true, true]);
    const embedded = await start(home);
    expect([lives(postgres), lives(temporal)]).toEqual([false, false]);
    expect(await query(embedded.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
    await embedded.stop();
  }, 120_000);

  it('is succeeded by exactly one of several starts at once', async () => {
    const home = newHome();
    const { child } = await hold(home);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const starts = await Promise.all([1, 2, 3, 4].map(() => hold(home)));
    expect(starts.filter(({ said }) => said.error === undefined)).toHaveLength(1);
    expect(starts.filter(({ said }) => said.error?.includes('already running'))).toHaveLength(3);
  }, 120_000);
});

describe('homes that cannot be used', () => {
  it('data of another major version are left alone', async () => {
    const home = newHome();
    mkdirSync(join(home, 'postgres', 'data'), { recursive: true });
    mkdirSync(join(home, 'postgres', 'draft-of-a-killed-start'));
    writeFileSync(join(home, 'postgres', 'data', 'PG_VERSION'), '17\n');
    expect(await refusal(start(home))).toMatch(/is of PostgreSQL 17, not 18 \(ATENDE_HOME\): move it away/);
    expect(readdirSync(join(home, 'postgres'))).toEqual(['data']);
    expect(readdirSync(join(home, 'postgres', 'data'))).toEqual(['PG_VERSION']);
  }, 60_000);

  it('a TEMPORAL_CLI that is no server names the variable, and PostgreSQL does not stay behind', async () => {
    const home = newHome();
    const cli = join(home, 'cli');
    writeFileSync(
      cli,
      '#!/bin/sh\n[ "$1" = --version ] && exec echo "(Server 1.32.0, UI 2)"\necho broken >&2\nexit 4\n',
    );
    chmodSync(cli, 0o755);
    expect(await refusal(start(home, { TEMPORAL_CLI: cli }))).toMatch(/does not start.*broken \(TEMPORAL_CLI\)/);
    expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(home, 'run.json'))).toBe(false);
  }, 60_000);
});

describe('one server given', () => {
  it('only the other one is embedded', async () => {
    const home = newHome();
    const embedded = await start(home, {
      DATABASE_URL: 'postgresql://me@db.example/atende',
      DATABASE_LOOPS_URL: 'postgresql://l@db.example/atende',
    });
    expect(embedded.processes.map((one) => one.name)).toEqual(['temporal']);
    expect(embedded).toMatchObject({
      appUrl: 'postgresql://me@db.example/atende',
      loopsUrl: 'postgresql://l@db.example/atende',
    });
    expect(embedded.rootKey).toBeUndefined();
    expect(existsSync(join(home, 'postgres'))).toBe(false);
    await embedded.stop();
  }, 60_000);

  it('with both given nothing is started and no home is taken', async () => {
    const home = join(newHome(), 'untouched');
    const embedded = await start(home, {
      DATABASE_URL: 'postgresql://me@db.example/atende',
      TEMPORAL_ADDRESS: 't.example',
    });
    expect(embedded).toMatchObject({ temporalAddress: 't.example:7233', processes: [] });
    await embedded.stop();
    expect(existsSync(join(home, 'lock'))).toBe(false);
  });
});

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const stat = (() => {
        try {
          return readFileSync(`/proc/${name}/stat`, 'utf8');
        } catch {
          return '';
        }
      })();
      return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]) === parent;
    })
    .map(Number);
}
