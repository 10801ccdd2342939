import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { checkDatabase, checkTemporal, explainListenError } from './boot-checks.js';

const at = { host: '127.0.0.1', port: 3000 };
const failure = (code: string): Error => Object.assign(new Error(code), { code });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('explainListenError', () => {
  it.each([
    ['EADDRINUSE', 'atende: 127.0.0.1:3000 is taken by another program (PORT): stop it or set PORT to a free port'],
    ['EACCES', 'atende: this user may not listen on 127.0.0.1:3000 (PORT): set PORT to a port above 1023'],
    ['EADDRNOTAVAIL', 'atende: 127.0.0.1 is no address of this machine (HOST): set HOST to 127.0.0.1 or 0.0.0.0'],
  ])('explains %s on one line', (code, line) => {
    expect(explainListenError(failure(code), at)).toMatchObject({ line });
  });

  it('names the variable of another port', () => {
    const error = explainListenError(failure('EADDRINUSE'), { ...at, variable: 'ATENDE_METRICS_PORT' });
    expect(error).toMatchObject({ variable: 'ATENDE_METRICS_PORT' });
  });

  it('returns any other error as it is', () => {
    const error = new Error('other');
    expect(explainListenError(error, at)).toBe(error);
  });
});

describe('checks of given servers', () => {
  it('explains a database that nobody serves, without the password', async () => {
    const url = `postgresql://atende:hunter2@127.0.0.1:${await freePort()}/atende`;
    const error: unknown = await checkDatabase(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      variable: 'DATABASE_URL',
      line: expect.stringMatching(/ECONNREFUSED.*DATABASE_URL/) as string,
    });
    expect((error as { readonly line: string }).line).not.toMatch(/hunter2|\n/);
  });

  it('explains a Temporal address that nobody serves', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const given = { address, namespace: 'default', taskQueue: 'q', apiKey: undefined, tls: false, cli: undefined };
    await expect(checkTemporal(given, 200)).rejects.toMatchObject({
      variable: 'TEMPORAL_ADDRESS',
      message: expect.stringContaining(address) as string,
    });
  });
});
