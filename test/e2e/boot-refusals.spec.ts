import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakePostgres } from '../support/fake-postgres.js';
import { newHome, Product, removeHome } from '../support/product.js';

const TEMPORAL_SOMEWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

describe('npm start with a wrong environment', () => {
  const home = newHome();

  afterAll(() => removeHome(home));

  /** What it says before it ends; whatever it is, it must not end well and must not leave anything running. */
  const refusal = async (environment: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const product = Product.spawn(home, environment);
    const exit = await product.exit(50_000);
    expect(exit).toEqual({ code: 1, signal: null });
    expect(product.servers()).toEqual([]);
    return product.lines;
  };

  it('says that no PostgreSQL answers there', async () => {
    const lines = await refusal({ DATABASE_URL: 'postgresql://me:geheim@127.0.0.1:1/atende', ...TEMPORAL_SOMEWHERE });
    expect(lines).toEqual([
      expect.stringMatching(
        /^atende: PostgreSQL at postgresql:\/\/me:\*\*\*@127\.0\.0\.1:1\/atende cannot be reached .*\(DATABASE_URL\): start it/,
      ),
    ]);
  }, 60_000);

  it('says that the PostgreSQL there is too old', async () => {
    const old = await startFakePostgres(150_004);
    const lines = await refusal({
      DATABASE_URL: `postgresql://me:x@127.0.0.1:${old.port}/atende`,
      ...TEMPORAL_SOMEWHERE,
    });
    await old.stop();
    expect(lines).toEqual([
      expect.stringMatching(/^atende: .*PostgreSQL 15.* \(DATABASE_URL\): .*PostgreSQL 18 or newer/),
    ]);
  }, 60_000);

  it('says that there is no Temporal CLI where one was named', async () => {
    const lines = await refusal({ TEMPORAL_CLI: join(home, 'no-such-program') });
    expect(lines).toEqual([expect.stringMatching(/^atende: .*no-such-program.* \(TEMPORAL_CLI\): \w/)]);
  }, 60_000);

  it('says that the Temporal CLI it was given does not work', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'atende-cli-'));
    const program = join(folder, 'temporal');
    writeFileSync(program, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const lines = await refusal({ TEMPORAL_CLI: program });
    removeHome(folder);
    expect(lines).toEqual([expect.stringMatching(/^atende: .* \(TEMPORAL_CLI\): \w/)]);
  }, 60_000);

  it('says everything that is wrong with the variables at once', async () => {
    const lines = await refusal({
      PORT: 'eighty',
      ATENDE_ROLE: 'boss',
      DATABASE_POOL_SIZE: '1',
      TEMPORAL_API_KEY: 'geheim',
    });
    expect(lines.map((line) => /\((\w+)\)/.exec(line)?.[1]).sort()).toEqual([
      'ATENDE_ROLE',
      'DATABASE_POOL_SIZE',
      'PORT',
      'TEMPORAL_API_KEY',
    ]);
    expect(lines.join()).not.toContain('geheim');
  }, 60_000);

  it('says that the home cannot be used', async () => {
    writeFileSync(join(home, 'a-file'), '');
    const lines = await refusal({ ATENDE_HOME: join(home, 'a-file', 'home') });
    expect(lines).toEqual([expect.stringMatching(/^atende: .* \(ATENDE_HOME\): set it to a folder/)]);
  }, 60_000);
});
