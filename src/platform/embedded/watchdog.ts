import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { ServerName, ServerProcess } from './run-record.js';

const FIRST_SIGNAL: Readonly<Record<ServerName, string>> = { temporal: 'TERM', postgres: 'INT' };

/** Keeps the last line it is told; when the other end of its pipe is gone, it signals what that line names. */
const SCRIPT = `
last=
while IFS= read -r line; do last=$line; done
for server in $last; do kill -s "\${server%%:*}" "\${server#*:}" 2>/dev/null; done
`;

/**
 * Stops the servers when this process is killed in a way it cannot handle. A shell that reads a pipe is the one thing that
 * works the same on Linux and macOS and cannot be killed by accident along with us: the servers are in groups of their own.
 */
export class Watchdog {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // Losing the watchdog costs only the tidying after a kill, which the next start does as well.
    this.#child.on('error', () => undefined);
    this.#child.stdin?.on('error', () => undefined);
    this.#child.unref();
    (this.#child.stdin as { unref?: () => void } | null)?.unref?.();
  }

  /** The pid of the shell, undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Tells which servers run now; replaces what was told before. */
  watch(servers: readonly ServerProcess[]): void {
    this.#child.stdin?.write(`${servers.map((server) => `${FIRST_SIGNAL[server.name]}:${server.pid}`).join(' ')}\n`);
  }

  /** Ends it without touching any server. */
  end(): void {
    this.watch([]);
    this.#child.stdin?.end();
  }
}
