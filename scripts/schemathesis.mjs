/**
 * `npm run test:contract`: an outside fuzzer, schemathesis, tries a running product against its own `/openapi.json` with the
 * keys of several roles. It is installed in a folder of its own under the cache, at the version that is pinned here; it needs
 * Python 3.10 or newer. `--seed N` tries other cases, `--seconds N` takes longer. Ends with "N passed, N failed".
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isStale, root } from './lib.mjs';

const VERSION = '4.32.5';

/** Roles that are tried: together they may everything, and each meets its own refusals. */
const ROLES = ['supervisor', 'ops', 'admin', 'privacyOfficer'];

/**
 * What is checked of every answer. Left out: whether valid data is always taken (a rule may refuse what a schema allows) and
 * whether what was created can be read (the fuzzer does not know who may).
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'ignored_auth',
];

const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '20261122' }, seconds: { type: 'string', default: '160' } },
});

const program = install();
if (isStale()) await (await import('./build.mjs')).build();
const home = mkdtempSync(join(tmpdir(), 'atende-contract-'));
const product = startProduct();
let failed = 0;
try {
  const { baseUrl, keys } = await demo();
  const each = Math.max(5, Math.floor(Number(options.seconds) / ROLES.length));
  for (const role of ROLES) failed += tried(role, baseUrl, keys[role], each) ? 0 : 1;
  if (product.exitCode !== null) throw new Error('The product ended on the way');
} finally {
  await stopProduct();
  rmSync(home, { recursive: true, force: true });
}
console.log(`${ROLES.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The fuzzer's program, installed if it is not there. */
function install() {
  const folder = join(process.env.ATENDE_CACHE ?? join(homedir(), '.cache', 'atende'), `schemathesis-${VERSION}`);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const found = join(bin, 'schemathesis');
  if (existsSync(join(folder, 'complete'))) return found;
  run('python3', ['-m', 'venv', '--clear', folder]);
  run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]);
  run(process.execPath, ['-e', `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'complete'))}, '')`]);
  return found;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`);
}

function startProduct() {
  return spawn(process.execPath, [join(root, 'scripts', 'start.mjs')], {
    cwd: root,
    env: {
      ...process.env,
      ATENDE_HOME: home,
      PORT: '0',
      ATENDE_RATE_REQUESTS_PER_KEY: '1000000',
      ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS: '1000000',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** What the product wrote for newcomers, once it is ready. */
async function demo() {
  for (let waited = 0; waited < 120_000 && product.exitCode === null; waited += 200) {
    if (existsSync(join(home, 'demo.json'))) return JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8'));
    await sleep(200);
  }
  throw new Error('The product did not start');
}

async function stopProduct() {
  if (product.exitCode !== null) return;
  const ended = new Promise((resolve) => product.once('exit', resolve));
  product.kill('SIGTERM');
  await ended;
}

/** One role's turn; true when no fault was found. */
function tried(role, baseUrl, key, seconds) {
  console.log(`\n-- ${role}`);
  const { status, error } = spawnSync(
    program,
    [
      '--config-file',
      join(root, 'scripts', 'schemathesis.toml'),
      'run',
      `${baseUrl}/openapi.json`,
      '--header',
      `Authorization: Bearer ${key}`,
      '--checks',
      CHECKS.join(','),
      '--phases',
      'coverage,fuzzing',
      '--seed',
      options.seed,
      '--max-time',
      String(seconds),
      '--max-examples',
      '15',
      '--request-timeout',
      '30',
      '--exclude-operation-id',
      'followStream',
      '--generation-database',
      'none',
      '--no-shrink',
      '--suppress-health-check',
      'all',
      '--warnings',
      'off',
      '--no-color',
    ],
    { stdio: 'inherit', cwd: home, env: { ...process.env, SCHEMATHESIS_HOOKS: '' } },
  );
  if (error) throw error;
  return status === 0;
}
