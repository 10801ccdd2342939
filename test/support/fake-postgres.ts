import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Something that looks like a PostgreSQL of an older version: it lets everybody in and knows one answer. */
export type FakePostgres = { readonly port: number; stop(): Promise<void> };

/**
 * Starts it. Speaks as much of the protocol (PostgreSQL documentation, 53.7) as a client needs to ask for the version.
 *
 * @param versionNumber what `server_version_num` answers, for example 150004
 */
export async function startFakePostgres(versionNumber: number): Promise<FakePostgres> {
  const server = createServer((socket) => {
    let greeted = false;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (!greeted) {
        greeted = true;
        socket.write(
          Buffer.concat([message('R', int32(0)), parameter('server_version', '15.4'), message('Z', Buffer.from('I'))]),
        );
      } else if (bytes[0] === 'Q'.charCodeAt(0)) answer(socket, String(versionNumber));
      else socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, stop: () => stopServer(server) };
}

function answer(socket: Socket, value: string): void {
  const column = Buffer.concat([text('version'), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
  const row = Buffer.concat([int16(1), int32(value.length), Buffer.from(value)]);
  socket.write(
    Buffer.concat([
      message('T', Buffer.concat([int16(1), column])),
      message('D', row),
      message('C', text('SELECT 1')),
      message('Z', Buffer.from('I')),
    ]),
  );
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function parameter(name: string, value: string): Buffer {
  return message('S', Buffer.concat([text(name), text(value)]));
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

async function stopServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
