/** What scripts share. Only Node's own modules: it must load on an old Node and before anything is built. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const stampFile = join(root, 'dist', '.build-stamp');

/** Everything that decides what a build produces. */
const INPUTS = ['src', 'migrations', 'scripts/build.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Whether a build would produce something else than is there. */
export function isStale() {
  return (
    !existsSync(join(root, 'dist', 'src')) || !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp()
  );
}

/** A digest of all inputs of a build, by content: times of files change with every checkout. */
export function stamp() {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap((input) => filesOf(join(root, input)))) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

export { stampFile };

/** Files that matter to a build below a path, in a fixed order. */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!/\.[a-z]+$/.test(path)) {
    const names = readdirSync(path).sort();
    return names.flatMap((name) => filesOf(join(path, name)));
  }
  return path.endsWith('.spec.ts') ? [] : [path];
}
