import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootError } from '../config/index.js';
import { createLog } from '../log/index.js';
import { isAlive } from './processes.js';
import { SupervisedServer } from './supervised-server.js';
import type { ServerPlan } from './supervised-server.js';
import type { ServerProcess } from './run-record.js';

function supervise(script: () => string, ready: ServerPlan['ready'] = () => sleep(30)) {
  const seen: (ServerProcess | undefined)[] = [];
  const fatal: BootError[] = [];
  const plan: ServerPlan = {
    name: 'temporal',
    spawn: () => spawn('/bin/sh', ['-c', script()], { detached: true, stdio: 'ignore' }),
    ready,
    readyWithinMs: 2_000,
    lastWords: () => 'goodbye',
  };
  const started = SupervisedServer.start(plan, {
    log: createLog({ level: 'silent' }),
    onChange: (_name, running) => seen.push(running),
    onFatal: (error) => fatal.push(error),
    restartDelaysMs: [10, 10, 10, 10, 10],
  });
  return { started, seen, fatal };
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let n = 0; n < 200 && !holds(); n += 1) await sleep(20);
};

describe('SupervisedServer', () => {
  it('starts, is known, and stops without being started again', async () => {
    const { started, seen, fatal } = supervise(() => 'exec sleep 60');
    const server = await started;
    expect(seen.map((one) => one?.name)).toEqual(['temporal']);
    await server.stop();
    await until(() => seen.length === 2);
    expect(seen[0] !== undefined && isAlive(seen[0])).toBe(false);
    await sleep(150);
    expect(seen.map((one) => one !== undefined)).toEqual([true, false]);
    expect(fatal).toEqual([]);
  });

  it('is started again after it was killed', async () => {
    const { started, seen } = supervise(() => 'exec sleep 60');
    const server = await started;
    process.kill(seen[0]?.pid ?? 0, 'SIGKILL');
    await until(() => seen.length === 3);
    expect(seen[2]?.pid).not.toBe(seen[0]?.pid);
    expect(seen[2] !== undefined && isAlive(seen[2])).toBe(true);
    await server.stop();
  });

  it('rejects when it ends before it is ready', async () => {
    await expect(
      supervise(
        () => 'exit 3',
        () => sleep(1_000),
      ).started,
    ).rejects.toThrow('temporal ended with code 3');
  });

  it('rejects when the program is not there', async () => {
    await expect(
      supervise(
        () => 'exec /no/such/program',
        () => sleep(1_000),
      ).started,
    ).rejects.toThrow('code 127');
  });

  it('leaves no process behind when it does not become ready', async () => {
    const { started, seen } = supervise(
      () => 'exec sleep 60',
      () => Promise.reject(new Error('not ready')),
    );
    await expect(started).rejects.toThrow('not ready');
    expect(seen[0] !== undefined && isAlive(seen[0])).toBe(false);
  });

  it('is given up after five restarts within a minute', async () => {
    const { started, seen, fatal } = supervise(
      () => 'exec sleep 0.02',
      () => Promise.resolve(),
    );
    await started;
    await until(() => fatal.length > 0);
    expect(seen.filter((one) => one !== undefined)).toHaveLength(6);
    expect(fatal.map((error) => error.line)).toEqual([
      'atende: the embedded temporal died 6 times within a minute, last: goodbye (TEMPORAL_ADDRESS): ' +
        'read logs/temporal.log under ATENDE_HOME',
    ]);
    await sleep(50);
    expect(fatal).toHaveLength(1);
  });
});
