import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CommandError } from '../session.js';

/** A definition in a file, with the scenarios in the file beside it. */
export type DefinitionFile = {
  readonly path: string;
  readonly key: string;
  readonly text: string;
  readonly type: 'application/yaml' | 'application/json';
  /** By name; empty where there is no `<file>.scenarios.yaml`. */
  readonly scenarios: Readonly<Record<string, unknown>>;
};

/** Where the scenarios of a definition's file are. */
export function scenariosPath(path: string): string {
  return path.replace(/\.(ya?ml|json)$/, '') + '.scenarios.yaml';
}

/**
 * Reads a definition and its scenarios.
 *
 * @throws {CommandError} where there is no file, or nothing in it says which definition it is
 */
export function readDefinition(path: string): DefinitionFile {
  if (!existsSync(path)) throw new CommandError(`there is no file ${path}`);
  const text = readFileSync(path, 'utf8');
  // What else is wrong in the text is said by the API, with its place; only the key has to be found here.
  const key = /^\s*"?key"?\s*:\s*"?'?([a-z][a-z0-9-]{0,62})/m.exec(text)?.[1];
  if (key === undefined) throw new CommandError(`${path} has no key: it cannot be told which definition it is`);
  const beside = scenariosPath(path);
  const scenarios = existsSync(beside) ? (parse(readFileSync(beside, 'utf8')) as Record<string, unknown> | null) : null;
  const type = path.endsWith('.json') ? 'application/json' : 'application/yaml';
  return { path, key, text, type, scenarios: scenarios ?? {} };
}
