import { eventually } from '../support/eventually.js';
import { RawConnection } from '../support/raw-http.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const ENVIRONMENT = {
  ATENDE_HTTP_HEADERS_MS: '1500',
  ATENDE_HTTP_REQUEST_MS: '3000',
  ATENDE_HTTP_CONNECTIONS: '400',
  ATENDE_HTTP_BODY_BYTES: '65536',
};

describe('what one caller may take of the server', () => {
  let stack: Stack;
  const open: RawConnection[] = [];

  beforeAll(async () => {
    stack = await startStack({ environment: ENVIRONMENT });
  }, 60_000);

  afterEach(() => {
    for (const connection of open.splice(0)) connection.destroy();
  });

  afterAll(() => stack.stop(), 30_000);

  const raw = (text: string): RawConnection => {
    const connection = new RawConnection(stack.baseUrl);
    open.push(connection);
    connection.write(text);
    return connection;
  };

  /** The answer to bytes after which the server closes. */
  const answerTo = async (text: string): Promise<RawConnection> => {
    const connection = raw(text);
    await eventually(
      () => Promise.resolve(connection),
      ({ closed }) => closed,
    );
    return connection;
  };

  it('serves others while 200 connections drip, and cuts the drippers', async () => {
    const begun = `POST /v1/me/handover HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stack.demo.keys.agent2}\r\n`;
    const inBody = `${begun}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n`;
    const drippers = Array.from({ length: 200 }, (_, index) => raw(index % 2 === 0 ? begun : inBody));
    const dripping = setInterval(() => {
      for (const dripper of drippers) dripper.write('x');
    }, 200);
    try {
      const agent = stack.as('agent');
      while (drippers.some(({ closed }) => !closed)) expect((await agent.get('/v1/me')).status).toBe(200);
    } finally {
      clearInterval(dripping);
    }
    expect(new Set(drippers.flatMap(({ statuses }) => statuses))).toEqual(new Set([408]));
    expect(drippers[0]?.text).toContain('"code":"request_too_slow"');
  }, 60_000);

  it('cuts a body that never ends', async () => {
    const key = stack.demo.keys.agent;
    const { statuses } = await answerTo(
      `POST /v1/me/handover HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
        `Content-Length: 100\r\n\r\n{"note":`,
    );
    expect(statuses.every((status) => status === 408 || status === 400)).toBe(true);
  }, 30_000);

  it.each([
    ['two lengths', 'POST /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['a length that is none', 'POST /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
    ['a length in words', 'POST /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 1e1\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['chunks in disguise', 'POST /v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', 405],
    ['chunks not last', 'POST /v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n', 400],
    [
      'a chunk that is too short',
      'POST /v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n',
      405,
    ],
    ['a header split in two', 'GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n', 400],
    ['a folded header', 'GET /v1/me HTTP/1.1\r\nX-A: b\r\n c: d\r\nHost: x\r\n\r\n', 400],
    ['a bare line feed', 'GET /v1/me HTTP/1.1\nHost: x\n\n', 400],
    ['a NUL in the path', 'GET /v1/\0me HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a NUL in a header', 'GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n', 400],
    ['no host', 'GET /v1/me HTTP/1.1\r\n\r\n', 400],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['headers without end', `GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    ['a path without end', `GET /v1/${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ])('refuses %s once, and nothing behind it', async (_name, text, status) => {
    const smuggled = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
    const { statuses, text: answer } = await answerTo(text + smuggled);
    expect([statuses, answer.match(/HTTP\/1\.1/g)?.length]).toEqual([[status], 1]);
    expect(answer).not.toMatch(/^(server|x-powered-by):/im);
  });

  it.each([
    ['/v1/inquiries/%00', 404],
    ['/v1/inquiries/%zz', 400],
    ['/v1/inquiries/%c0%ae%c0%ae', 400],
    [`/v1/inquiries/${'a'.repeat(1_000)}`, 414],
    ['/v1/inquiries/..%2f..%2fhealth', 404],
    ['//v1//me', 404],
    ['/V1/ME', 404],
    ['/v1/me/', 404],
    ['*', 404],
  ])('answers %s with a problem document', async (path, status) => {
    const connection = raw(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stack.demo.keys.agent}\r\nConnection: close\r\n\r\n`,
    );
    await eventually(
      () => Promise.resolve(connection),
      ({ closed }) => closed,
    );
    expect(connection.statuses).toEqual([status]);
    expect(connection.text).toMatch(/content-type: application\/problem\+json/i);
    expect(connection.text).toMatch(/x-content-type-options: nosniff/i);
  });

  it('tells a wrong method from a wrong path', async () => {
    const wrong = await stack.as('agent').delete('/v1/inquiries/0192d6b2-0000-7000-8000-000000000000');
    expect([wrong.status, wrong.body.code, wrong.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, HEAD, PATCH',
    ]);
    expect((await stack.as('agent').delete('/v1/nowhere')).status).toBe(404);
    expect((await stack.as('agent').get('/v1/inquiries/not-an-id')).body.code).toBe('not_found');
  });

  it('refuses a body over the limit, and one in a form nobody reads', async () => {
    const large = await stack.as('agent').post('/v1/me/handover', { note: 'a'.repeat(70_000) });
    expect([large.status, large.body.code]).toEqual([413, 'body_too_large']);
    expect(large.body.detail).toBe('Send 64 KiB at most.');
    const form = await stack.as('agent').post('/v1/me/handover', 'a=b', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([form.status, form.body.code]).toEqual([415, 'media_type_unsupported']);
  });
});

describe('what every answer carries', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ environment: { ATENDE_BEHIND_TLS: 'true' } });
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  it.each([
    ['GET', '/v1/me', 200],
    ['GET', '/v1/shops', 403],
    ['GET', '/v1/inquiries/0192d6b2-0000-7000-8000-000000000000', 404],
    ['POST', '/v1/me/handover', 400],
    ['GET', '/nowhere', 404],
    ['OPTIONS', '/v1/me', 405],
    ['GET', '/v1/inquiries/%zz', 400],
    ['GET', '/health/live', 200],
    ['GET', '/openapi.json', 200],
    ['GET', '/docs', 200],
  ])('%s %s', async (method, path, status) => {
    const headers = { authorization: `Bearer ${stack.demo.keys.agent}`, origin: 'https://elsewhere.example' };
    const response = await fetch(`${stack.baseUrl}${path}`, { method, headers });
    await response.arrayBuffer();
    expect(response.status).toBe(status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const told = [...response.headers.keys()].filter((name) =>
      /^(server|x-powered-by|access-control-.*|set-cookie)$/.test(name),
    );
    expect(told).toEqual([]);
  });
});
