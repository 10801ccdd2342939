import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Nobody has asked for anything this long, in ms: whoever wanted to has been told to go elsewhere. */
const QUIET_MS = 250;

/** How long requests in hand may take once nothing new is taken, in ms; above what a command waits for its answer. */
const IN_HAND_MS = 6_000;
const LOOK_MS = 20;

/** How long a connection may take to say what it wants after the last of the others has been answered, in ms. */
const SILENT_MS = 1_000;

/**
 * Lets connections in that the system has taken for us already: closing the door would reset them. It lets them in between
 * timers and immediates, a few at a time.
 */
async function admitWaiting(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await immediate();
}

/**
 * Ends serving without failing a request. A connection that is kept alive and closed by the server may carry a request that
 * is on its way just then; so for a while every answer ends its own connection, which tells callers to open another, and only
 * then is no further one let in.
 */
export class Draining {
  #inHand = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #begun = false;

  constructor(
    private readonly server: FastifyInstance,
    private readonly drainMs: number,
  ) {
    server.addHook('onRequest', (_request, _reply, done) => {
      this.#inHand += 1;
      this.#lastAt = performance.now();
      done();
    });
    server.addHook('onSend', (_request, reply, payload, done) => {
      if (this.#begun) void reply.header('connection', 'close');
      done(null, payload);
    });
    server.addHook('onResponse', (_request, _reply, done) => {
      this.#inHand -= 1;
      this.#lastAt = performance.now();
      done();
    });
  }

  /**
   * Serves on until callers have gone elsewhere or the time for that is over, lets nobody else in, and waits for what is in
   * hand.
   *
   * @param endStreams ends answers that would never end by themselves
   */
  async finish(endStreams: () => void): Promise<void> {
    this.#begun = true;
    await this.#until(() => performance.now() - this.#lastAt > QUIET_MS, this.drainMs);
    await admitWaiting();
    const { server } = this.server;
    server.close();
    endStreams();
    await this.#until(() => this.#inHand <= 0, IN_HAND_MS);
    // A connection may have been let in whose request is still on its way; whoever says nothing is not waited for.
    await this.#until(async () => (await this.#connections()) === 0, SILENT_MS);
    server.closeAllConnections();
  }

  #connections(): Promise<number> {
    return new Promise((resolve) => this.server.server.getConnections((_error, count) => resolve(count)));
  }

  async #until(done: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (performance.now() < end && !(await done())) await sleep(LOOK_MS);
  }
}
