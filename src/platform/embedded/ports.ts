import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere, writeAtomically } from './atomic-file.js';

const LOOPBACK = '127.0.0.1';

/**
 * A port on 127.0.0.1 for an embedded server: the one in the file if it is free, so that a bookmark or a shell history
 * stays good, otherwise a free one, which is noted in the file.
 *
 * @param path the port file
 */
export async function choosePort(path: string): Promise<number> {
  const noted = Number(readIfThere(path)?.trim());
  if (Number.isInteger(noted) && noted > 0 && noted < 65_536 && (await bind(noted)) !== undefined) return noted;
  const port = await bind(0);
  if (port === undefined) throw new Error(`no free port on ${LOOPBACK}`);
  writeAtomically(path, `${port}\n`);
  return port;
}

/** Whether something accepts connections there. */
export async function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const answer = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}

/**
 * Waits until something accepts connections on 127.0.0.1, or the signal ends the wait.
 *
 * @throws the signal's reason
 */
export async function untilAccepts(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(LOOPBACK, port))) {
    signal.throwIfAborted();
    await sleep(20);
  }
}

/** The port bound for a moment, undefined if that was not possible. */
async function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
