/**
 * A process that holds a home with embedded servers, to be killed by a test: prints one JSON line when they are ready, or the
 * line of the error, and stops them on SIGTERM. The sources are imported as they are: Node strips the types, and the hook
 * finds `x.ts` where they import `x.js`.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, next) {
    const own = specifier.startsWith('.') && !context.parentURL.includes('/node_modules/');
    const source = own ? new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL) : undefined;
    return source && existsSync(fileURLToPath(source))
      ? { url: source.href, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context);
  },
});

const { loadConfig } = await import('../../src/platform/config/index.ts');
const { createLog } = await import('../../src/platform/log/index.ts');
const { startEmbedded } = await import('../../src/platform/embedded/index.ts');

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
