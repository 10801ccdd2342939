import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectFolder } from './project.js';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a script of the project as its user does and waits for its end. */
export async function runScript(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ran> {
  const child = spawn(process.execPath, [join(projectFolder, 'scripts', script), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => void (said.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => void (said.err += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}
