import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs and schema of a Temporal Server. */
export type TemporalBuild = { readonly server: string; readonly sqlTool: string; readonly schema: string };

const MODULE = 'go.temporal.io/server';
const VERSION = 'v1.31.2';

/**
 * Builds Temporal Server from the Go module proxy, once per user; four minutes on two cores.
 *
 * @throws Error when there is no Go, or the modules cannot be had
 */
export function buildTemporal(): TemporalBuild {
  const cache = process.env['ATENDE_CACHE'] ?? join(homedir(), '.cache', 'atende');
  const folder = join(cache, 'temporal-server', VERSION);
  mkdirSync(folder, { recursive: true });
  const [server, sqlTool] = [join(folder, 'server'), join(folder, 'sql')];
  if (!existsSync(server) || !existsSync(sqlTool)) {
    console.error(`atende: building ${MODULE}@${VERSION}, some minutes`);
    const packages = ['cmd/server', 'cmd/tools/sql'].map((name) => `${MODULE}/${name}@${VERSION}`);
    go(['install', ...packages], { GOBIN: folder });
  }
  const { Dir } = JSON.parse(go(['mod', 'download', '-json', `${MODULE}@${VERSION}`], {})) as { readonly Dir: string };
  return { server, sqlTool, schema: join(Dir, 'schema', 'postgresql', 'v12') };
}

function go(args: readonly string[], environment: Readonly<Record<string, string>>): string {
  const env = { ...process.env, ...environment };
  return execFileSync('go', [...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
