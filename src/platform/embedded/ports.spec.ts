import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts, choosePort } from './ports.js';

const folder = mkdtempSync(join(tmpdir(), 'atende-ports-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function listen(): Promise<readonly [Server, number]> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return [server, (server.address() as AddressInfo).port];
}

describe('choosePort', () => {
  it('stays with the noted port while it is free', async () => {
    const file = join(folder, 'same');
    const port = await choosePort(file);
    expect(await choosePort(file)).toBe(port);
    expect(Number(readFileSync(file, 'utf8'))).toBe(port);
  });

  it('takes and notes another one when it is taken', async () => {
    const [server, taken] = await listen();
    const file = join(folder, 'taken');
    writeFileSync(file, `${taken}\n`);
    const port = await choosePort(file);
    expect(port).not.toBe(taken);
    expect(Number(readFileSync(file, 'utf8'))).toBe(port);
    expect([await accepts('127.0.0.1', taken), await accepts('127.0.0.1', port)]).toEqual([true, false]);
    server.close();
  });

  it.each(['', '0', '70000', 'x'])('does not trust a port file with %j', async (text) => {
    const file = join(folder, 'odd');
    writeFileSync(file, text);
    expect(await choosePort(file)).toBeGreaterThan(0);
  });
});
