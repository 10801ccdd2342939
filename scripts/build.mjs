/**
 * Builds `dist`: the compiled sources and the workflow bundle. `--if-stale` does nothing when the sources are as they were
 * at the last build. Prints one line, or what is wrong.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale, root, stamp, stampFile } from './lib.mjs';

const require = createRequire(import.meta.url);
const dist = join(root, 'dist');

/**
 * Builds everything.
 *
 * @throws never; ends the process with code 1 and the compiler's words when the sources are wrong
 */
export async function build() {
  const began = Date.now();
  const inputs = stamp();
  compile();
  removeLeftovers();
  await bundleWorkflows(join(root, 'src', 'workflows', 'index.ts'), join(dist, 'workflow-bundle.js'));
  writeFileSync(stampFile, inputs);
  // Not on standard output: commands that print JSON there may have to build first.
  console.error(`atende: built in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

function compile() {
  // The compiler notes in dist what it wrote, and believes the note even when the files are gone.
  if (!existsSync(join(dist, 'src'))) rmSync(dist, { recursive: true, force: true });
  rmSync(stampFile, { force: true });
  const compiler = findCompiler();
  if (compiler === undefined)
    fail('the sources changed since they were built and no compiler is installed: run npm ci');
  const args = [compiler, '-p', 'tsconfig.build.json', '--tsBuildInfoFile', 'dist/.tsbuildinfo', '--pretty', 'false'];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  fail('the sources do not compile');
}

/** Removes compiled files whose source is gone: a migration or a module would otherwise still be loaded. */
function removeLeftovers() {
  for (const folder of ['src', 'migrations']) {
    for (const file of filesBelow(join(dist, folder))) {
      const source = join(root, relative(dist, file)).replace(/\.js(\.map)?$/, '.ts');
      if (!existsSync(source)) rmSync(file);
    }
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Bundles workflow code once, with its inline source map, which the worker insists on. The bundler reads TypeScript.
 *
 * @param {string} workflowsPath the file that exports the workflow functions
 * @param {string} target where the bundle is written, in one step
 */
export async function bundleWorkflows(workflowsPath, target) {
  if (!existsSync(workflowsPath)) fail(`${relative(root, workflowsPath)} is missing`);
  const words = [];
  const note = (level, message) => (level === 'ERROR' || level === 'WARN') && words.push(message);
  try {
    const { DefaultLogger, bundleWorkflowCode } = await import('@temporalio/worker');
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      failureConverterPath: join(root, 'src', 'platform', 'temporal', 'failure-converter.ts'),
      logger: new DefaultLogger('WARN', (entry) => note(entry.level, entry.message)),
    });
    mkdirSync(dist, { recursive: true });
    writeFileSync(`${target}.draft`, code);
    renameSync(`${target}.draft`, target);
  } catch (error) {
    fail(`the workflows cannot be bundled: ${[...words, error.message].join('\n')}`);
  }
}

function fail(message) {
  console.error(`atende: ${message}`);
  process.exit(1);
}

function findCompiler() {
  try {
    return require.resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

/** `npm ci --omit=dev`, as in an image, runs this script too, where there is no compiler or nothing to compile. */
function canBuild() {
  return existsSync(join(root, 'src')) && findCompiler() !== undefined;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const wanted = !process.argv.includes('--if-stale') || (canBuild() && isStale());
  if (wanted) await build();
}
