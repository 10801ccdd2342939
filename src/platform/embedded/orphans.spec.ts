import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../log/index.js';
import { stopOrphans } from './orphans.js';
import { identityOf } from './processes.js';
import { readRunRecord, writeRunRecord } from './run-record.js';
import type { ServerName } from './run-record.js';

const log = createLog({ level: 'silent' });
let home: string;
let data: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'atende-orphans-'));
  data = join(home, 'postgres', 'data');
  mkdirSync(data, { recursive: true });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true });
});

/** A process that waits, with `marker` in its command line. */
function start(marker = 'x'): ChildProcess {
  const child = spawn('/bin/sh', ['-c', 'exec sleep 60', marker]);
  children.push(child);
  return child;
}

function note(name: ServerName, child: ChildProcess, identity = identityOf(child.pid ?? 0) ?? ''): void {
  writeRunRecord(home, [...readRunRecord(home), { name, pid: child.pid ?? 0, identity }]);
}

const lives = (child: ChildProcess): boolean => identityOf(child.pid ?? 0) !== undefined;

describe('stopOrphans', () => {
  it('stops what the last run noted, and forgets the note', async () => {
    const [temporal, postgres] = [start(), start()];
    note('postgres', postgres);
    note('temporal', temporal);
    await stopOrphans(home, data, log);
    expect([lives(temporal), lives(postgres)]).toEqual([false, false]);
    expect(existsSync(join(home, 'run.json'))).toBe(false);
  });

  it('stops each in order: Temporal by SIGTERM, PostgreSQL by SIGINT', async () => {
    const [temporal, postgres] = [start(), start()];
    const order: unknown[] = [];
    temporal.once('exit', (_code, signal) => order.push(['temporal', signal]));
    postgres.once('exit', (_code, signal) => order.push(['postgres', signal]));
    note('postgres', postgres);
    note('temporal', temporal);
    const ended = [once(temporal, 'exit'), once(postgres, 'exit')];
    await stopOrphans(home, data, log);
    // The event comes when this process has fetched the exit status, later than the process is seen to be gone.
    await Promise.all(ended);
    expect(order).toEqual([
      ['temporal', 'SIGTERM'],
      ['postgres', 'SIGINT'],
    ]);
  });

  it('leaves a process alone that only has the pid of a noted one', async () => {
    const stranger = start();
    note('temporal', stranger, 'an earlier process');
    await stopOrphans(home, data, log);
    expect(lives(stranger)).toBe(true);
  });

  it('finds a PostgreSQL that was never noted by its own pid file', async () => {
    const child = spawn('/bin/sh', ['-c', 'while :; do sleep 0.02; done', '-D', data]);
    children.push(child);
    writeFileSync(join(data, 'postmaster.pid'), `${child.pid}\n${data}\n`);
    await stopOrphans(home, data, log);
    expect(lives(child)).toBe(false);
  });

  it('removes a PostgreSQL pid file whose pid belongs to somebody else', async () => {
    const stranger = start();
    writeFileSync(join(data, 'postmaster.pid'), `${stranger.pid}\n${data}\n`);
    await stopOrphans(home, data, log);
    expect(lives(stranger)).toBe(true);
    expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
  });

  it.each(['', 'nonsense', '{"servers":[{"name":"x","pid":1,"identity":""}]}'])(
    'ignores a damaged note: %j',
    async (text) => {
      writeFileSync(join(home, 'run.json'), text);
      await expect(stopOrphans(home, data, log)).resolves.toBeUndefined();
    },
  );
});
