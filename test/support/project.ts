import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The text of a file of the project. */
export function readProject(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

/** Paths, from the project's folder, of all files below a folder with one of these endings; what is installed or built is left out. */
export function projectFiles(folder: string, ...endings: readonly string[]): string[] {
  return readdirSync(join(projectFolder, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = relative(projectFolder, join(entry.parentPath, entry.name));
    if (entry.isDirectory())
      return /^(node_modules|dist|coverage|\..+)$/.test(entry.name) ? [] : projectFiles(path, ...endings);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}
