import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Egress, errorCode, nothingSent } from '../../src/platform/egress/index.js';
import type { EgressResponse, Resolve } from '../../src/platform/egress/index.js';

/** What a tenant may try to have us reach: none of these may ever be connected to. */
const FORBIDDEN: readonly (readonly [why: string, url: string])[] = [
  ['loopback', 'https://127.0.0.1/'],
  ['loopback, another of its 16 million addresses', 'https://127.8.9.10/'],
  ['loopback, short', 'https://127.1/'],
  ['loopback, octal', 'https://0177.0.0.1/'],
  ['loopback, octal with zeroes', 'https://0000177.0.0.1/'],
  ['loopback, hexadecimal', 'https://0x7f.0x0.0x0.0x1/'],
  ['loopback, hexadecimal in one', 'https://0x7f000001/'],
  ['loopback, decimal in one', 'https://2130706433/'],
  ['loopback, decimal in three parts', 'https://127.0.1/'],
  ['loopback, with a final dot', 'https://127.0.0.1./'],
  ['loopback, full-width digits', 'https://１２７.０.０.１/'],
  ['loopback, circled digits', 'https://①②⑦.⓪.⓪.①/'],
  ['loopback, ideographic full stops', 'https://127。0。0。1/'],
  ['loopback, percent-encoded', 'https://%31%32%37.0.0.1/'],
  ['loopback of IPv6', 'https://[::1]/'],
  ['loopback of IPv6, written out', 'https://[0:0:0:0:0:0:0:1]/'],
  ['loopback mapped into IPv6', 'https://[::ffff:127.0.0.1]/'],
  ['loopback mapped into IPv6, hexadecimal', 'https://[::ffff:7f00:1]/'],
  ['loopback in IPv4-compatible IPv6', 'https://[::7f00:1]/'],
  ['loopback in IPv4-translated IPv6', 'https://[::ffff:0:7f00:1]/'],
  ['loopback behind NAT64', 'https://[64:ff9b::7f00:1]/'],
  ['loopback behind local NAT64', 'https://[64:ff9b:1::7f00:1]/'],
  ['loopback behind 6to4', 'https://[2002:7f00:1::1]/'],
  ['this host', 'https://0.0.0.0/'],
  ['this host, short', 'https://0/'],
  ['this network', 'https://0.1.2.3/'],
  ['this host of IPv6', 'https://[::]/'],
  ['private 10/8', 'https://10.0.0.1/'],
  ['private 172.16/12, first', 'https://172.16.0.1/'],
  ['private 172.16/12, last', 'https://172.31.255.254/'],
  ['private 192.168/16', 'https://192.168.1.1/'],
  ['private, decimal in one', 'https://3232235777/'],
  ['private mapped into IPv6', 'https://[::ffff:10.0.0.1]/'],
  ['private behind NAT64', 'https://[64:ff9b::a00:1]/'],
  ['private behind 6to4', 'https://[2002:a00:1::]/'],
  ['carrier-grade NAT', 'https://100.64.0.1/'],
  ['carrier-grade NAT, last', 'https://100.127.255.254/'],
  ['metadata of most clouds', 'https://169.254.169.254/latest/meta-data/'],
  ['metadata, over plain HTTP', 'http://169.254.169.254/latest/meta-data/'],
  ['metadata, decimal in one', 'https://2852039166/'],
  ['metadata, hexadecimal', 'https://0xa9fea9fe/'],
  ['metadata, octal', 'https://0251.0376.0251.0376/'],
  ['metadata mapped into IPv6', 'https://[::ffff:a9fe:a9fe]/'],
  ['metadata behind NAT64', 'https://[64:ff9b::a9fe:a9fe]/'],
  ['metadata behind 6to4', 'https://[2002:a9fe:a9fe::]/'],
  ['metadata over IPv6 (AWS)', 'https://[fd00:ec2::254]/'],
  ['metadata over IPv6 (Google)', 'https://[fd20:ce::254]/'],
  ['metadata of Alibaba', 'https://100.100.100.200/'],
  ['the wire server of Azure, a public address', 'https://168.63.129.16/'],
  ['metadata of Oracle', 'https://192.0.0.192/'],
  ['link-local of IPv6', 'https://[fe80::1]/'],
  ['link-local, the last of its block', 'https://[febf::1]/'],
  ['unique local', 'https://[fc00::1]/'],
  ['unique local, the used half', 'https://[fd12:3456::1]/'],
  ['site-local, deprecated', 'https://[fec0::1]/'],
  ['multicast', 'https://224.0.0.1/'],
  ['multicast of IPv6', 'https://[ff02::1]/'],
  ['broadcast', 'https://255.255.255.255/'],
  ['reserved for ever', 'https://240.0.0.1/'],
  ['benchmarks', 'https://198.18.0.1/'],
  ['documentation 1', 'https://192.0.2.1/'],
  ['documentation 2', 'https://198.51.100.1/'],
  ['documentation 3', 'https://203.0.113.1/'],
  ['documentation of IPv6', 'https://[2001:db8::1]/'],
  ['newer documentation of IPv6', 'https://[3fff::1]/'],
  ['Teredo', 'https://[2001:0:a9fe:a9fe::1]/'],
  ['discard', 'https://[100::1]/'],
  ['IPv6 nobody has been given', 'https://[4000::1]/'],
  ['a public address without TLS', 'http://1.1.1.1/'],
  ['a public address on a port of somebody else’s database', 'https://1.1.1.1:5432/'],
  ['a public address on the port of mail', 'https://1.1.1.1:25/'],
  ['a user name that looks like a host', 'https://shop.example@1.1.1.1/'],
  ['a password', 'https://user:secret@1.1.1.1/'],
  ['a file', 'file:///etc/passwd'],
  ['a file elsewhere', 'file://1.1.1.1/share'],
  ['FTP', 'ftp://1.1.1.1/'],
  ['gopher', 'gopher://1.1.1.1:70/_x'],
  ['data', 'data:text/plain,x'],
  ['a script', 'javascript:alert(1)'],
  ['a socket of this machine', 'unix:/var/run/docker.sock'],
  ['a socket in an HTTP URL', 'http+unix://%2Fvar%2Frun%2Fdocker.sock/'],
  ['no scheme', '//1.1.1.1/'],
  ['nothing', ''],
];

/** Names and what they resolve to: one answer that is not public is enough to stay away. */
const NAMES: readonly (readonly [why: string, addresses: readonly string[]])[] = [
  ['loopback', ['127.0.0.1']],
  ['loopback of IPv6', ['::1']],
  ['metadata', ['169.254.169.254']],
  ['a private address after a public one', ['1.1.1.1', '10.0.0.1']],
  ['a private address before a public one', ['10.0.0.1', '1.1.1.1']],
  ['a private IPv6 address beside a public IPv4', ['1.1.1.1', 'fd00::1']],
  ['metadata in IPv6 clothing', ['::ffff:169.254.169.254']],
  ['link-local with a zone', ['fe80::1%eth0']],
  ['something that is no address', ['localhost']],
  ['nothing', []],
];

const POST = { method: 'POST', headers: {}, body: '{}', timeoutMs: 2_000 } as const;
const answer = (egress: Egress, url: string): Promise<EgressResponse | Error> =>
  egress.request({ ...POST, url }).catch((error: unknown) => error as Error);

async function listen(server: Server | HttpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('reaching an address that a tenant chose', () => {
  it.each(FORBIDDEN)('never: %s (%s)', async (_why, url) => {
    const egress = new Egress([]);
    const outcome = await answer(egress, url);
    expect(outcome).toMatchObject({ code: 'EGRESS_BLOCKED' });
    expect(nothingSent(outcome)).toBe(true);
    await egress.close();
  });

  it.each(NAMES)('not by a name that stands for %s', async (_why, addresses) => {
    const egress = new Egress([], () => Promise.resolve(addresses));
    expect(await answer(egress, 'https://hooks.shop.example/')).toMatchObject({ code: 'EGRESS_BLOCKED' });
    await egress.close();
  });

  it('keeps metadata closed to names and blocks an operator has listed', async () => {
    const allowed = ['metadata.internal', '0.0.0.0/0', '::/0'];
    const addresses = [
      '169.254.169.254',
      '::ffff:a9fe:a9fe',
      '64:ff9b::a9fe:a9fe',
      '2002:a9fe:a9fe::',
      'fd00:ec2::254',
    ];
    for (const address of addresses) {
      const egress = new Egress(allowed, () => Promise.resolve([address]));
      expect(await answer(egress, 'http://metadata.internal/')).toMatchObject({ code: 'EGRESS_BLOCKED' });
      await egress.close();
    }
  });
});

describe('a server that misbehaves', () => {
  const servers: (Server | HttpServer)[] = [];
  const sockets = new Set<Socket>();
  let requests = 0;

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  const http = async (
    handle: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
  ): Promise<string> => {
    const server = createHttp((request, response) => {
      requests += 1;
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => handle(request, response, Buffer.concat(chunks)));
    });
    server.on('connection', (socket) => sockets.add(socket));
    servers.push(server);
    return `http://127.0.0.1:${await listen(server)}/`;
  };

  const tcp = async (handle: (socket: Socket) => void): Promise<string> => {
    const server = createTcp((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      handle(socket);
    });
    servers.push(server);
    return `http://127.0.0.1:${await listen(server)}/`;
  };

  const ask = async (url: string, timeoutMs = 5_000): Promise<EgressResponse | Error> => {
    const egress = new Egress(['127.0.0.1']);
    const outcome = await egress.request({ ...POST, url, timeoutMs }).catch((error: unknown) => error as Error);
    await egress.close();
    return outcome;
  };

  it('cannot make a name mean another address between the check and the connection', async () => {
    const url = await http((_request, response) => response.end('secret'));
    const { port } = new URL(url);
    let asked = 0;
    // The first answer is one the operator allows, every later one is not.
    const resolve: Resolve = () => Promise.resolve([(asked += 1) === 1 ? '127.0.0.1' : '127.0.0.2']);
    const egress = new Egress(['127.0.0.1'], resolve);
    expect(await answer(egress, `http://rebind.example:${port}/`)).toMatchObject({ status: 200, body: 'secret' });
    expect(asked).toBe(1);
    expect(await answer(egress, `http://rebind.example:${port}/`)).toMatchObject({ code: 'EGRESS_BLOCKED' });
    expect(asked).toBe(2);
    await egress.close();
  });

  it('cannot send us on: a redirect is an answer like any other', async () => {
    const inner = await http((_request, response) => response.end('secret'));
    const before = requests;
    const url = await http((_request, response) => response.writeHead(307, { location: inner }).end());
    expect(await ask(url)).toMatchObject({ status: 307, body: '' });
    expect(requests - before).toBe(1);
  });

  it('cannot hold us with headers that drip past the end of our patience', async () => {
    const url = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-more: 1\r\n'), 50);
      socket.on('close', () => clearInterval(drip));
    });
    const outcome = await ask(url, 700);
    expect(errorCode(outcome)).toBe('TIMEOUT');
    expect(nothingSent(outcome)).toBe(false);
  });

  it('cannot hold us with a body that drips past the end of our patience; its status counts', async () => {
    const url = await http((_request, response) => {
      response.writeHead(422);
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    });
    expect(await ask(url, 700)).toMatchObject({ status: 422, complete: false });
  });

  it('cannot fill our memory: a huge answer is read so far and cut off', async () => {
    let written = 0;
    const url = await http((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && written < 500_000_000 && response.write(Buffer.alloc(65_536, 120)))
          written += 65_536;
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    });
    const outcome = await ask(url);
    expect(outcome).toMatchObject({ status: 200, complete: false });
    expect((outcome as EgressResponse).body).toHaveLength(64 * 1024);
    expect(written).toBeLessThan(100_000_000);
  });

  it('tells a whole answer from one that was cut', async () => {
    const cut = await tcp((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"status":', () => socket.destroy()),
      );
    });
    expect(await ask(cut)).toMatchObject({ status: 200, complete: false, body: '{"status":' });
    const whole = await http((_request, response) => response.end('{}'));
    expect(await ask(whole)).toMatchObject({ status: 200, complete: true, body: '{}' });
  });

  it('gives and is given bytes as they are', async () => {
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff, 0xfe, 0xc3, 0x28]);
    const url = await http((_request, response, body) => response.end(body));
    const egress = new Egress(['127.0.0.1']);
    const given = await egress.request({ method: 'POST', url, headers: {}, body: bytes, timeoutMs: 5_000 });
    expect(given.bytes).toEqual(bytes);
    await egress.close();
  });

  it('that is not there got nothing', async () => {
    const server = createTcp();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const outcome = await ask(`http://127.0.0.1:${port}/`);
    expect(errorCode(outcome)).toBe('ECONNREFUSED');
    expect(nothingSent(outcome)).toBe(true);
  });

  it('that speaks no TLS, or hangs before it does, got nothing', async () => {
    const plain = await tcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const silent = await tcp(() => undefined);
    for (const url of [plain, silent]) {
      const outcome = await ask(url.replace('http:', 'https:'), 700);
      expect(nothingSent(outcome)).toBe(true);
    }
  }, 20_000);

  it('that has read the request and cuts the connection may have taken it', async () => {
    const url = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const outcome = await ask(url);
    expect(outcome).not.toHaveProperty('status');
    expect(nothingSent(outcome)).toBe(false);
  });

  it('is reached at its second address when there is no way to the first', async () => {
    const url = await http((_request, response) => response.end('here'));
    const egress = new Egress(['127.0.0.0/8', '::1'], () => Promise.resolve(['::1', '127.0.0.1']));
    expect(await answer(egress, `http://two.example:${new URL(url).port}/`)).toMatchObject({ body: 'here' });
    await egress.close();
  });
});
