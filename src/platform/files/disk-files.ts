import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileStore } from './file-store.js';

/** Names that stay inside the folder, whatever they are made of. */
const NAME = /^[0-9a-f-]{1,64}\/[0-9a-f-]{1,64}$/;

/** Where files are written to before they get their names; no tenant is called so. */
const DRAFTS = 'drafts';

/** A draft that old is nobody's any more, in ms: writing the largest file takes seconds. */
const FORGOTTEN_MS = 3_600_000;

/** Files in a folder, readable by their owner only. */
export class DiskFiles implements FileStore {
  readonly #drafts: string;
  #tidiedAt = -Infinity;

  constructor(private readonly folder: string) {
    this.#drafts = join(folder, DRAFTS);
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await mkdir(this.#drafts, { recursive: true, mode: 0o700 });
    await this.#tidy();
    const draft = join(this.#drafts, randomBytes(12).toString('hex'));
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async get(name: string): Promise<Buffer | null> {
    try {
      return await readFile(this.#pathOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true });
  }

  /** Deletes, once an hour, what processes that ended amid writing have left. */
  async #tidy(): Promise<void> {
    const now = Date.now();
    if (now - this.#tidiedAt < FORGOTTEN_MS) return;
    this.#tidiedAt = now;
    for (const name of await readdir(this.#drafts)) {
      const draft = join(this.#drafts, name);
      const written = await stat(draft).catch(() => null);
      if (written !== null && now - written.mtimeMs > FORGOTTEN_MS) await rm(draft, { force: true });
    }
  }

  #pathOf(name: string): string {
    if (!NAME.test(name)) throw new Error('Not the name of a file');
    return join(this.folder, name);
  }
}

/** Names of all files in a folder of files; none where there is no such folder. */
export async function namesOnDisk(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const tenant of await readIfThere(folder)) {
    if (tenant === DRAFTS) continue;
    for (const file of await readIfThere(join(folder, tenant))) names.push(`${tenant}/${file}`);
  }
  return names.filter((name) => NAME.test(name));
}

async function readIfThere(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
