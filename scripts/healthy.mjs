/**
 * Whether the process of this container does its work, for the container's health check: exit code 0 or 1. A worker has no
 * API, so it is asked for its metrics.
 */
const { ATENDE_ROLE: role, PORT: port = '3000', ATENDE_METRICS_PORT: metricsPort = '9464' } = process.env;
const url = role === 'worker' ? `http://127.0.0.1:${metricsPort}/metrics` : `http://127.0.0.1:${port}/health/ready`;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
