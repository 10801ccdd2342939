import { once } from 'node:events';
import { Worker as Thread } from 'node:worker_threads';
import { endIfStill } from './workflow-threads.js';

const LOOK_MS = 50;

/** A thread that tells once that it runs, and then beats or turns in a circle. */
async function started(then: string): Promise<{ readonly thread: Thread; readonly beats: Int32Array }> {
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    const beats = new Int32Array(workerData);
    parentPort.postMessage('up');
    ${then}`;
  const thread = new Thread(script, { eval: true, workerData: memory });
  await once(thread, 'message');
  return { thread, beats: new Int32Array(memory) };
}

describe('endIfStill', () => {
  it('ends a thread that is lost in a loop', async () => {
    const { thread, beats } = await started('for (;;);');
    const exited = once(thread, 'exit');
    endIfStill(thread, beats, LOOK_MS);
    expect(await exited).toEqual([1]);
  });

  it('leaves one that beats alone', async () => {
    const { thread, beats } = await started(
      'setInterval(() => Atomics.add(beats, 0, 1), 1); setTimeout(() => process.exit(7), 500);',
    );
    const exited = once(thread, 'exit');
    endIfStill(thread, beats, LOOK_MS);
    expect(await exited).toEqual([7]);
  });
});
