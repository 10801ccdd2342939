import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { BootError } from '../config/index.js';
import { readIfThere, readJson, writeAtomically } from './atomic-file.js';

const password = z.string().min(16);
const schema = z.object({ postgres: password, atende_owner: password, atende_app: password, atende_loops: password });

/** Passwords of the embedded PostgreSQL: the superuser, used for set-up only, and the three logins of the product. */
export type Credentials = Readonly<z.output<typeof schema>>;

/**
 * The passwords in `<home>/credentials.json` (mode 0600), made on the first call.
 *
 * @throws {BootError} if the file is there but unusable; new ones would not open the existing database
 */
export function loadCredentials(home: string): Credentials {
  const path = join(home, 'credentials.json');
  if (readIfThere(path) === undefined) {
    const names = Object.keys(schema.shape);
    const made = Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('base64url')]));
    writeAtomically(path, `${JSON.stringify(made, null, 2)}\n`);
  }
  const parsed = schema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw new BootError({
    variable: 'ATENDE_HOME',
    message: `${path} is damaged`,
    remedy: 'restore it from a backup, or set ATENDE_HOME to a new folder to begin anew',
  });
}

const ROOT_KEY_BYTES = 32;

/**
 * The root key in `<home>/root.key` (base64, mode 0600), made on the first call.
 *
 * @throws {BootError} if the file is there but holds no key; a new one would not open what the old one sealed
 */
export function loadRootKey(home: string): Uint8Array {
  const path = join(home, 'root.key');
  if (readIfThere(path) === undefined) writeAtomically(path, `${randomBytes(ROOT_KEY_BYTES).toString('base64')}\n`);
  const key = Buffer.from(readIfThere(path)?.trim() ?? '', 'base64');
  if (key.byteLength === ROOT_KEY_BYTES) return new Uint8Array(key);
  throw new BootError({
    variable: 'ATENDE_ROOT_KEY',
    message: `${path} holds no key of ${ROOT_KEY_BYTES} bytes`,
    remedy: 'restore it from a backup or set ATENDE_ROOT_KEY to the right key',
  });
}
