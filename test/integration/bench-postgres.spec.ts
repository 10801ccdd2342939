import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { urlOf } from '../../bench/servers/home.js';
import { startPostgres } from '../../bench/servers/postgres-server.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { startEmbedded } from '../../src/platform/embedded/index.js';
import { createLog } from '../../src/platform/log/index.js';

describe('the PostgreSQL that the benchmark starts by itself', () => {
  const home = mkdtempSync(join(tmpdir(), 'atende-bench-'));

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('answers by the socket where the benchmark asks for it, with the data of an embedded one', async () => {
    const embedded = await startEmbedded({
      config: loadConfig({ ATENDE_HOME: home }),
      log: createLog({ level: 'warn', directory: join(home, 'logs') }),
      onFatal: (error) => {
        throw error;
      },
      fsync: false,
    });
    await embedded.stop();
    const server = await startPostgres(home);
    const client = new pg.Client(urlOf(home, server.port, 'postgres', 'atende'));
    try {
      await client.connect();
      const { rows } = await client.query('select inet_server_addr() as address');
      expect(rows).toEqual([{ address: null }]);
    } finally {
      await client.end();
      await server.stop();
    }
  }, 60_000);
});
