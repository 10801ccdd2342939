/** How the entry scripts start the product. Only Node's own modules: it must load on an old Node and before a build. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale, root } from './lib.mjs';

/** The oldest Node the program runs on; npm scripts find a newer one in `node_modules/.bin` first. */
const OLDEST_NODE = 22;

/**
 * Runs `dist/<entry>` in this process, so that signals and exit code are the program's: builds it first if the sources have
 * changed, and sets the environment that must be there before anything else is loaded.
 *
 * @param {string} entry path below `dist`
 */
export async function run(entry) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) return runOnBundledNode();
  leaveWithParent();
  // Local time is decided when the first date is formatted; see assertUtc of the configuration.
  process.env.TZ = 'UTC';
  process.env.NODE_ENV ||= 'production';
  await ensureBuilt();
  await import(pathToFileURL(join(root, 'dist', entry)).href);
}

/** Builds if the sources changed since the last build; without the sources, as in an image, there is nothing to build. */
async function ensureBuilt() {
  if (!existsSync(join(root, 'src')) || !isStale()) return;
  const { build } = await import('./build.mjs');
  await build();
}

/**
 * Starts the same script on the Node of the `node` package. It gets a session of its own, so that Ctrl-C reaches it once,
 * through us; should we be killed, the closed channel tells it to stop.
 */
async function runOnBundledNode() {
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    console.error(
      `atende: Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}: run npm ci, or update Node`,
    );
    process.exit(1);
  }
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => process.exit(code ?? 1));
}

/** Ends this process in order when the one that started it on this Node is gone. */
function leaveWithParent() {
  if (process.channel === undefined || process.channel === null) return;
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
