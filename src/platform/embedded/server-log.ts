import { closeSync, mkdirSync, openSync, readSync, statSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { rotateFiles } from '../log/index.js';
import type { ServerName } from './run-record.js';

const MAX_BYTES = 10 * 1024 * 1024;
const KEEP = 2;
const TAIL_BYTES = 4_096;

/** Where a server writes what it says: `<home>/logs/<name>.log`. */
export function serverLogPath(home: string, name: ServerName): string {
  return join(home, 'logs', `${name}.log`);
}

/**
 * Opens a server's log for its standard output and error. It is rotated here, at a start, since the server itself keeps the
 * file open; at the levels the servers are given it grows by kilobytes a day.
 *
 * @returns the file descriptor; close it once the server is started
 */
export function openServerLog(home: string, name: ServerName): number {
  const path = serverLogPath(home, name);
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o711 });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) rotateFiles(path, KEEP);
  return openSync(path, 'a', 0o600);
}

/** The last thing a server said, on one line, for a message. */
export function lastWords(home: string, name: ServerName): string {
  return (
    tail(serverLogPath(home, name))
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1)
      ?.trim() ?? 'nothing'
  );
}

function tail(path: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      const from = Math.max(0, fstatSync(fd).size - TAIL_BYTES);
      const buffer = Buffer.alloc(TAIL_BYTES);
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, TAIL_BYTES, from));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
