/**
 * A process that holds a home with embedded servers, to be killed by a test: prints one JSON line when they are ready, or the
 * line of the error, and stops them on SIGTERM. Uses the compiled product, as it is on the run's own servers.
 */
const { loadConfig } = await import('../../dist/src/platform/config/index.js');
const { createLog } = await import('../../dist/src/platform/log/index.js');
const { startEmbedded } = await import('../../dist/src/platform/embedded/index.js');

const config = loadConfig();
const say = (value) => console.log(JSON.stringify(value));
try {
  const embedded = await startEmbedded({
    config,
    log: createLog(config.log),
    fsync: false,
    onFatal: (error) => {
      say({ error: error.line });
      process.exit(1);
    },
  });
  say({ ownerUrl: embedded.ownerUrl, temporalAddress: embedded.temporalAddress, processes: embedded.processes });
  const alive = setInterval(() => undefined, 1_000);
  process.once('SIGTERM', () => void embedded.stop().then(() => clearInterval(alive)));
} catch (error) {
  say({ error: error.line ?? error.stack });
  process.exitCode = 1;
}
