/** `npm run bench`: builds product and benchmark and runs it; see bench/README.md. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, bundleWorkflows } from './build.mjs';
import { isStale, root } from './lib.mjs';
import { run } from './run.mjs';

const require = createRequire(import.meta.url);
const out = join(root, 'dist', 'bench', 'bench');

process.chdir(root);
// The product first: a build from scratch empties the folder.
if (isStale()) await build();
compile();
await bundleWorkflows(join(root, 'bench', 'twin', 'workflow.ts'), join(out, 'twin', 'bundle.js'));
await run('bench/bench/main.js');

function compile() {
  const args = [require.resolve('typescript/bin/tsc'), '-p', 'bench/tsconfig.json', '--pretty', 'false'];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (result.status === 0 && existsSync(out)) return;
  console.error(`${result.stdout}${result.stderr}atende: the benchmark does not compile`);
  process.exit(1);
}
