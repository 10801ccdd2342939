import { createServer } from 'node:net';
import type { MetricSource } from './metrics.js';

const LOOPBACK = '127.0.0.1';
const ANSWER_WITHIN_MS = 2_000;

/**
 * An address on loopback that is free now, for a library that wants to serve its own metrics. Another program could take it
 * before it is used; then the library's start fails, not ours.
 */
export async function freeLoopbackAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port: 0 }, resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('No port was given');
  return `${LOOPBACK}:${address.port}`;
}

/** Reads another exposition inside this process over HTTP; an end-of-file mark of OpenMetrics is left out. */
export function scraped(address: string): MetricSource {
  return async () => {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!response.ok) throw new Error(`metrics answered ${response.status}`);
    return (await response.text()).replace(/^# EOF\s*$/m, '');
  };
}
