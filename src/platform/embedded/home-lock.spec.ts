import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootError } from '../config/index.js';
import { lockHome } from './home-lock.js';
import { identityOf } from './processes.js';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'atende-lock-'))));
afterEach(() => rmSync(home, { recursive: true }));

function leave(number: number, content: string): void {
  mkdirSync(join(home, 'lock'), { recursive: true });
  writeFileSync(join(home, 'lock', String(number)), content);
}

function refusal(): BootError | undefined {
  try {
    lockHome(home).release();
    return undefined;
  } catch (error) {
    if (error instanceof BootError) return error;
    throw error;
  }
}

describe('lockHome', () => {
  it('refuses a home that a living process holds, and names the process', () => {
    const lock = lockHome(home);
    expect(refusal()?.line).toBe(
      `atende: already running on ${home} as process ${process.pid} (ATENDE_HOME): ` +
        `stop it (kill ${process.pid}) or set ATENDE_HOME to another folder`,
    );
    lock.release();
    expect(refusal()).toBeUndefined();
  });

  it('takes over from a process that was killed', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identityOf(child.pid ?? 0);
    leave(7, JSON.stringify({ pid: child.pid, identity }));
    expect(refusal()).toBeInstanceOf(BootError);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(refusal()).toBeUndefined();
  });

  it('is not fooled by another process with the pid of the dead holder', () => {
    leave(1, JSON.stringify({ pid: process.pid, identity: 'an earlier boot/12345' }));
    expect(refusal()).toBeUndefined();
  });

  it.each(['', 'nonsense', '{}', '{"pid":"x"}'])('takes a lock that names nobody: %j', (content) => {
    leave(3, content);
    expect(refusal()).toBeUndefined();
  });

  it('counts on and leaves one file behind', () => {
    for (let n = 0; n < 3; n += 1) lockHome(home).release();
    expect(readdirSync(join(home, 'lock'))).toEqual(['3']);
  });

  it('yields to a higher number than the one it saw', () => {
    leave(4, '{}');
    leave(5, JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) }));
    expect(refusal()).toBeInstanceOf(BootError);
  });
});
