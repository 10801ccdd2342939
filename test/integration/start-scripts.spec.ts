import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;

/** A small project with the real scripts. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'atende-scripts-'));
  for (const name of ['scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
    cpSync(join(project, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  write(
    'src/workflows/index.ts',
    "import { sleep } from '@temporalio/workflow';\nexport const inquiry = (): Promise<void> => sleep(5);\n",
  );
  write('src/main.ts', SERVER);
  write('src/cli/main.ts', 'console.log(process.argv.slice(2).join());\nprocess.exitCode = 3;\n');
  write('migrations/one.ts', 'export const one = 1;\n');
});
afterAll(() => rmSync(copy, { recursive: true }));

const SERVER = `
const timer = setInterval(() => undefined, 1_000);
process.once('SIGTERM', () => {
  clearInterval(timer);
  process.exitCode = 7;
});
console.log(JSON.stringify({ zone: new Date(0).getTimezoneOffset(), mode: process.env['NODE_ENV'] }));
`;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), text);
}

function run(script: string, ...args: string[]) {
  const env = { PATH: process.env['PATH'], TZ: 'America/Sao_Paulo' };
  return spawnSync(process.execPath, [join(copy, 'scripts', script), ...args], { encoding: 'utf8', env });
}

describe('the start scripts', () => {
  it('build what is not built, say so on one line, and hand the exit code on', () => {
    const result = run('atende.mjs', 'config', '--all');
    expect(result.stderr).toMatch(/^atende: built in [\d.]+ s\n$/);
    expect([result.stdout, result.status]).toEqual(['config,--all\n', 3]);
    expect(readFileSync(join(copy, 'dist', 'workflow-bundle.js'), 'utf8')).toContain('//# sourceMappingURL=data:');
  }, 60_000);

  it('do not build again what has not changed', () => {
    expect(run('atende.mjs', 'again').stdout).toBe('again\n');
    expect(run('build.mjs', '--if-stale')).toMatchObject({ stdout: '', stderr: '' });
  });

  it('run the program in their own process, in UTC and for production', async () => {
    const child = spawn(process.execPath, [join(copy, 'scripts', 'start.mjs')], {
      env: { PATH: process.env['PATH'], TZ: 'America/Sao_Paulo' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toEqual({ zone: 0, mode: 'production' });
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([7, null]);
  });

  it('build again what changed, and leave nothing of what is gone', () => {
    rmSync(join(copy, 'migrations', 'one.ts'));
    write('migrations/two.ts', 'export const two = 2;\n');
    expect(run('atende.mjs').stderr).toContain('built in');
    expect(readdirSync(join(copy, 'dist', 'migrations')).sort()).toEqual(['two.js', 'two.js.map']);
  }, 60_000);

  it('explain sources that do not compile, each time, until they do', () => {
    write('src/wrong.ts', "export const wrong: number = 'text';\n");
    for (let time = 0; time < 2; time += 1) {
      const result = run('atende.mjs');
      expect(result.stderr).toMatch(/src\/wrong\.ts\(1,14\): error TS2322.*\natende: the sources do not compile\n$/s);
      expect([result.stdout, result.status]).toEqual(['', 1]);
    }
    rmSync(join(copy, 'src', 'wrong.ts'));
    expect(run('atende.mjs').status).toBe(3);
    expect(existsSync(join(copy, 'dist', 'src', 'wrong.js'))).toBe(false);
  }, 60_000);
});
