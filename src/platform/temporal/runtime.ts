import { Runtime } from '@temporalio/worker';
import type { LogLevel, LogMetadata } from '@temporalio/worker';
import type { Log } from '../log/index.js';

/**
 * Installs the SDK's runtime once per process, before any connection: its log goes through ours, and it leaves signals to
 * the program, which stops things in order.
 *
 * @param metricsAddress `host:port` where the SDK serves its own Prometheus metrics; undefined = none
 */
export function installRuntime(log: Log, metricsAddress: string | undefined): void {
  const write = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const fields = { sdk: (meta?.['sdkComponent'] as string | undefined) ?? 'temporal' };
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN') log.warn(fields, message);
    else log.debug(fields, message);
  };
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: {
      logging: { filter: 'WARN', forward: {} },
      ...(metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}
