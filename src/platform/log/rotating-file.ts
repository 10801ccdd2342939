import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** How large a log file may grow (bytes) and how many older ones are kept beside it. */
export type Rotation = { readonly maxBytes: number; readonly keep: number };

export const DEFAULT_ROTATION: Rotation = { maxBytes: 10 * 1024 * 1024, keep: 4 };

/**
 * A log file that is renamed to `<file>.1`, `.2` … when it is full. Lines are written at once and not buffered, so the last
 * words of a process that dies are in the file.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #fd: number;
  #size: number;

  /**
   * Opens the file for appending; its folder is made when missing; others may pass it, not list it.
   *
   * @throws the file system's error if that is impossible
   */
  constructor(path: string, rotation: Rotation = DEFAULT_ROTATION) {
    this.#path = path;
    this.#rotation = rotation;
    mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
    this.#fd = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
  }

  /** Appends one line. A full disk loses log lines, never the work that logs. */
  write(line: string): void {
    try {
      const bytes = Buffer.byteLength(line);
      if (this.#size > 0 && this.#size + bytes > this.#rotation.maxBytes) this.#rotate();
      writeSync(this.#fd, line);
      this.#size += bytes;
    } catch {
      return;
    }
  }

  /** Closes the file; later lines are lost. */
  close(): void {
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #rotate(): void {
    closeSync(this.#fd);
    rotateFiles(this.#path, this.#rotation.keep);
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
  }
}

/**
 * Renames `<file>` to `<file>.1` and each older one up by one; the last of `keep` is dropped. Missing files are passed over.
 */
export function rotateFiles(path: string, keep: number): void {
  rmSync(`${path}.${keep}`, { force: true });
  for (let age = keep - 1; age >= 0; age -= 1) {
    try {
      renameSync(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
