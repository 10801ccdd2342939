import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';
import { loadConfig } from './load-config.js';

const folder = mkdtempSync(join(tmpdir(), 'atende-config-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

afterAll(() => rmSync(folder, { recursive: true }));

const URL_OF_OWNER = 'postgresql://owner:s3cret@db.example:5432/atende';
const KEY = Buffer.alloc(32, 7).toString('base64');

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.variable);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('needs nothing: both servers embedded, demo on, loopback egress', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      role: 'all',
      home: join(process.cwd(), '.atende'),
      cacheHome: join(homedir(), '.cache', 'atende'),
      embedded: { postgres: true, temporal: true },
      demo: true,
      http: {
        host: '127.0.0.1',
        port: 3000,
        trustedProxies: [],
        behindTls: false,
        limits: { headersMs: 10_000, requestMs: 30_000, headerBytes: 16_384, bodyBytes: 262_144, connections: 2_000 },
      },
      database: { poolSize: 16 },
      temporal: { namespace: 'default', taskQueue: 'atende', tls: false },
      egressAllow: ['127.0.0.1'],
      log: { level: 'info', directory: join(process.cwd(), '.atende', 'logs') },
      rates: { requestsPerKey: 600, failedLoginsPerAddress: 60, deliveriesPerShop: 30_000 },
      unknownVariables: [],
    });
    expect(config.rootKey).toBeUndefined();
  });

  it.each([
    [{ DATABASE_URL: URL_OF_OWNER }, { postgres: false, temporal: true }, true],
    [{ TEMPORAL_ADDRESS: 'temporal.example' }, { postgres: true, temporal: false }, true],
    [{ DATABASE_URL: URL_OF_OWNER, TEMPORAL_ADDRESS: 't:7233' }, { postgres: false, temporal: false }, false],
  ])('each given server replaces its own embedded one and ends the demo: %j', (environment, embedded, logsToFile) => {
    const config = loadConfig(environment);
    expect(config.embedded).toEqual(embedded);
    expect(config.demo).toBe(false);
    expect(config.egressAllow).toEqual([]);
    expect(config.log.directory !== undefined).toBe(logsToFile);
  });

  it('is frozen all the way down', () => {
    const config = loadConfig({ ATENDE_EGRESS_ALLOW: 'a.example' });
    expect(Object.isFrozen(config) && Object.isFrozen(config.http) && Object.isFrozen(config.egressAllow)).toBe(true);
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadConfig({ DATABASE_URL: '', PORT: '', TEMPORAL_ADDRESS: ' ' }).demo).toBe(true);
  });

  it.each([
    ['ATENDE_ROLE', 'server'],
    ['PORT', '70000'],
    ['PORT', '3000.5'],
    ['PORT', 'http'],
    ['HOST', 'http://x'],
    ['DATABASE_URL', 'mysql://a/b'],
    ['DATABASE_URL', 'postgresql://host'],
    ['DATABASE_URL', 'postgresql:///atende'],
    ['DATABASE_URL', 'nonsense'],
    ['DATABASE_POOL_SIZE', '1'],
    ['TEMPORAL_ADDRESS', 'https://t.example:7233'],
    ['TEMPORAL_NAMESPACE', 'has space'],
    ['TEMPORAL_TLS', 'maybe'],
    ['ATENDE_EGRESS_ALLOW', '10.0.0.0/33'],
    ['ATENDE_EGRESS_ALLOW', '10.0.0'],
    ['ATENDE_EGRESS_ALLOW', '169.254.169.254'],
    ['ATENDE_EGRESS_ALLOW', 'FE80::1'],
    ['ATENDE_EGRESS_ALLOW', 'ok.example,http://bad'],
    ['ATENDE_TRUSTED_PROXIES', 'proxy.example'],
    ['ATENDE_LOG_LEVEL', 'loud'],
    ['ATENDE_METRICS_PORT', '0'],
    ['ATENDE_ROOT_KEY', Buffer.alloc(31).toString('base64')],
    ['ATENDE_ROOT_KEY', 'x'.repeat(45)],
    ['ATENDE_RATE_REQUESTS_PER_KEY', '0'],
    ['ATENDE_RATE_FAILED_LOGINS_PER_ADDRESS', '-1'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toContain(name);
  });

  it.each([
    [{ DATABASE_APP_URL: URL_OF_OWNER }, ['DATABASE_APP_URL']],
    [{ TEMPORAL_API_KEY: 'k' }, ['TEMPORAL_API_KEY']],
    [{ TEMPORAL_ADDRESS: 't', TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: 'false' }, ['TEMPORAL_TLS']],
    [{ TEMPORAL_ADDRESS: 't', TEMPORAL_TLS_CERT: file('c.pem', 'c') }, ['TEMPORAL_TLS_KEY']],
    [{ TEMPORAL_ADDRESS: 't', TEMPORAL_TLS_KEY: file('k.pem', 'k') }, ['TEMPORAL_TLS_CERT']],
    [{ TEMPORAL_ADDRESS: 't', TEMPORAL_TLS_CA: '/no/such/file' }, ['TEMPORAL_TLS_CA']],
    [{ ATENDE_METRICS_PORT: '3000' }, ['ATENDE_METRICS_PORT']],
    [{ PORT: '9', ATENDE_METRICS_PORT: '9' }, ['ATENDE_METRICS_PORT']],
    [{ DATABASE_URL: URL_OF_OWNER, DATABASE_URL_FILE: file('u', URL_OF_OWNER) }, ['DATABASE_URL_FILE']],
    [{ DATABASE_URL_FILE: '/no/such/file' }, ['DATABASE_URL_FILE']],
    [{ DATABASE_URL_FILE: file('empty', '\n') }, ['DATABASE_URL_FILE']],
  ])('refuses the combination %j', (environment, expected) => {
    expect(problemsOf(environment)).toEqual(expected);
  });

  it('reports everything at once, each with a remedy, and quotes no value', () => {
    const run = (): unknown => loadConfig({ PORT: 'x', ATENDE_ROLE: 'y', DATABASE_URL: 'mysql://u:hunter2@h/d' });
    expect(run).toThrow(ConfigError);
    try {
      run();
    } catch (error) {
      const lines = (error as ConfigError).lines;
      expect(lines).toHaveLength(3);
      expect(lines.join('\n')).not.toContain('hunter2');
      expect(lines[0]).toBe('atende: the value is not valid (ATENDE_ROLE): use all, api, worker or migrate');
    }
  });

  it('reads secrets from files', () => {
    const config = loadConfig({
      DATABASE_URL_FILE: file('url', `${URL_OF_OWNER}\n`),
      ATENDE_ROOT_KEY_FILE: file('root', `${KEY}\n`),
      TEMPORAL_ADDRESS: 'cloud.example:7233',
      TEMPORAL_API_KEY_FILE: file('api', 'abc\n'),
    });
    expect(config.database.url).toBe(URL_OF_OWNER);
    expect(config.rootKey).toEqual(new Uint8Array(32).fill(7));
    expect(config.temporal).toMatchObject({ apiKey: 'abc', tls: true });
  });

  it('accepts the root key in URL-safe base64 without padding', () => {
    const key = Buffer.alloc(32, 0xfb);
    expect(loadConfig({ ATENDE_ROOT_KEY: key.toString('base64url') }).rootKey).toEqual(new Uint8Array(key));
  });

  it('builds the TLS options of the SDK from files', () => {
    const { tls } = loadConfig({
      TEMPORAL_ADDRESS: 't',
      TEMPORAL_TLS_CA: file('ca', 'CA'),
      TEMPORAL_TLS_CERT: file('crt', 'CRT'),
      TEMPORAL_TLS_KEY: file('key', 'KEY'),
      TEMPORAL_TLS_SERVER_NAME: 'inner.example',
    }).temporal;
    expect(tls).toEqual({
      serverRootCACertificate: Buffer.from('CA'),
      clientCertPair: { crt: Buffer.from('CRT'), key: Buffer.from('KEY') },
      serverNameOverride: 'inner.example',
    });
  });

  it.each([
    ['t.example', 't.example:7233'],
    ['t.example:17233', 't.example:17233'],
    ['[::1]', '[::1]:7233'],
  ])('completes the address %s to %s', (given, expected) => {
    expect(loadConfig({ TEMPORAL_ADDRESS: given }).temporal.address).toBe(expected);
  });

  it('names what it does not know', () => {
    expect(loadConfig({ ATENDE_EGRES_ALLOW: 'x', OTHER: 'y' }).unknownVariables).toEqual(['ATENDE_EGRES_ALLOW']);
  });

  it('takes a mail server with somebody who writes, and neither alone', () => {
    const url = 'smtps://atende:hunter2@mail.example';
    const config = loadConfig({ ATENDE_SMTP_URL: url, ATENDE_MAIL_FROM: 'Atende <no-reply@shop.example>' });
    expect(config.mail).toEqual({ url, from: 'Atende <no-reply@shop.example>' });
    expect(problemsOf({ ATENDE_SMTP_URL: url })).toEqual(['ATENDE_MAIL_FROM']);
    expect(problemsOf({ ATENDE_MAIL_FROM: 'no-reply@shop.example' })).toEqual(['ATENDE_SMTP_URL']);
    for (const wrong of ['https://mail.example', 'smtp:mail.example', 'smtp://mail.example?tls=off'])
      expect(problemsOf({ ATENDE_SMTP_URL: wrong, ATENDE_MAIL_FROM: 'a@b.example' })).toContain('ATENDE_SMTP_URL');
    for (const wrong of ['nobody', 'A <a@b> x', 'a@b.example, c@d.example'])
      expect(problemsOf({ ATENDE_SMTP_URL: url, ATENDE_MAIL_FROM: wrong })).toContain('ATENDE_MAIL_FROM');
  });
});
