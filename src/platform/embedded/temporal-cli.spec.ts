import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLog } from '../log/index.js';
import { findTemporalCli } from './temporal-cli.js';
import type { CliSearch } from './temporal-cli.js';
import type { TemporalSource } from './temporal-sources.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'atende-cli-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function script(path: string, answer: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const VERSION = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)';

const source = (name: string, fetch: TemporalSource['fetch']): TemporalSource => ({ name, fetch });
const broken = source('the broken way', () => Promise.reject(new Error('no network')));
const working = source('the working way', (into) => Promise.resolve(script(join(into, 'temporal'), VERSION)));

const search = (more: Partial<CliSearch> = {}): CliSearch => ({
  cli: undefined,
  cacheHome: join(folder, 'cache'),
  log: createLog({ level: 'silent' }),
  sources: [],
  command: 'no-such-temporal',
  ...more,
});

const cached = (): string => join(folder, 'cache', 'temporal', '1.9.1', 'temporal');

describe('findTemporalCli', () => {
  it('takes TEMPORAL_CLI before all else', async () => {
    const cli = script(join(folder, 'mine'), VERSION);
    expect(await findTemporalCli(search({ cli, sources: [broken] }))).toBe(cli);
  });

  it.each([
    ['that is not there', () => join(folder, 'nothing'), 'not there, or not executable'],
    [
      'that is too old',
      () => script(join(folder, 'old'), 'temporal version 1.0.0 (Server 1.24.2, UI 2)'),
      'its server is 1.24',
    ],
    ['that is another program', () => script(join(folder, 'ls'), 'hello'), 'does not say which server'],
  ])('refuses a TEMPORAL_CLI %s', async (_what, make, message) => {
    await expect(findTemporalCli(search({ cli: make(), sources: [working] }))).rejects.toMatchObject({
      variable: 'TEMPORAL_CLI',
      message: expect.stringContaining(message) as string,
    });
  });

  it('takes the one on the path, also when it was built from source', async () => {
    const onPath = script(join(folder, 'temporal'), 'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.40)');
    expect(await findTemporalCli(search({ command: onPath, sources: [broken] }))).toBe(onPath);
  });

  it('passes over an old one on the path and takes the cached one', async () => {
    const command = script(join(folder, 'temporal'), 'temporal version 1.0.0 (Server 1.28.9, UI 2)');
    script(cached(), VERSION);
    expect(await findTemporalCli(search({ command, sources: [broken] }))).toBe(cached());
  });

  it('fetches it by the first way that works, into the cache', async () => {
    expect(await findTemporalCli(search({ sources: [broken, working] }))).toBe(cached());
    expect(existsSync(cached())).toBe(true);
    expect(readdirSync(join(folder, 'cache', 'temporal'))).toEqual(['1.9.1']);
  });

  it('does not keep what does not run', async () => {
    const wrong = source('the wrong way', (into) => Promise.resolve(script(join(into, 'temporal'), 'no')));
    await expect(findTemporalCli(search({ sources: [wrong] }))).rejects.toThrow('the wrong way: it does not say');
    expect(existsSync(cached())).toBe(false);
  });

  it('names all ways when none works', async () => {
    const error: unknown = await findTemporalCli(search({ sources: [broken, broken] })).catch(
      (reason: unknown) => reason,
    );
    const { line } = error as { readonly line: string };
    expect(line).toContain('temporal on the path: not there');
    expect(line).toContain('the cache');
    expect(line).toContain('the broken way: no network');
    expect(line).toContain('TEMPORAL_ADDRESS');
    expect(line).not.toContain('\n');
  });
});
