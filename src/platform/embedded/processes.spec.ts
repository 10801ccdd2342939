import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandOf, identityOf, isAlive, stopProcess, thisProcess } from './processes.js';

describe('identityOf', () => {
  it('is the same for one process and differs between two', () => {
    const child = spawn('sleep', ['60']);
    try {
      expect(identityOf(process.pid)).toBe(thisProcess().identity);
      expect(identityOf(child.pid ?? 0)).toEqual(expect.any(String));
      expect(identityOf(child.pid ?? 0)).not.toBe(thisProcess().identity);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it.each([0, -1, Number.NaN, 2 ** 22 + 1])('knows no process %p', (pid) => {
    expect(identityOf(pid)).toBeUndefined();
  });

  it('is gone with the process', async () => {
    const child = spawn('sleep', ['60']);
    const ref = { pid: child.pid ?? 0, identity: identityOf(child.pid ?? 0) ?? '' };
    expect(isAlive(ref)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(ref)).toBe(false);
  });
});

describe('commandOf', () => {
  it('gives the command line', () => {
    expect(commandOf(process.pid)).toContain('jest');
    expect(commandOf(2 ** 22 + 1)).toBe('');
  });
});

describe('stopProcess', () => {
  it('goes on to the next signal when one has no effect', async () => {
    const child = spawn('/bin/sh', ['-c', "trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
    await once(child.stdout, 'data');
    const ref = { pid: child.pid ?? 0, identity: identityOf(child.pid ?? 0) ?? '' };
    const exited = once(child, 'exit');
    const gone = await stopProcess(ref, [
      { signal: 'SIGTERM', waitMs: 100 },
      { signal: 'SIGKILL', waitMs: 2_000 },
    ]);
    expect(gone).toBe(true);
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('leaves a stranger with the same pid alone', async () => {
    const stranger = { pid: process.pid, identity: 'somebody else' };
    expect(await stopProcess(stranger, [{ signal: 'SIGKILL', waitMs: 10 }])).toBe(true);
  });
});
