import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerSession } from 'smtp-server';

/** What the server does with the next mail. */
export type MailScript =
  | { readonly do: 'take' }
  /** Answers the whole message with this, having kept nothing. */
  | { readonly do: 'answer'; readonly code: number }
  /** Does not let this recipient in. */
  | { readonly do: 'refuse_recipient'; readonly code: number }
  /** Keeps the message and cuts the connection before it says so. */
  | { readonly do: 'take_and_cut' }
  /** Cuts the connection before the message. */
  | { readonly do: 'cut' };

export type KeptMail = { readonly to: string; readonly from: string; readonly raw: string };

/** A mail server that keeps what it takes, and takes it as badly as it is told to. */
export class MailServer {
  /** Every mail taken, in order, whether its sender knows or not. */
  readonly kept: KeptMail[] = [];
  /** How often a message was begun, an address named, or a connection cut before that. */
  attempts = 0;
  readonly #scripts: MailScript[] = [];
  readonly #server: SMTPServer;
  #current: MailScript = { do: 'take' };

  constructor(login?: { readonly user: string; readonly pass: string }) {
    this.#server = new SMTPServer({
      authOptional: login === undefined,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth: ({ username, password }, _session, done) =>
        username === login?.user && password === login?.pass ? done(null, { user: username }) : done(answer(535)),
      onRcptTo: (_address, session, done) => {
        this.attempts += 1;
        this.#current = this.#scripts.shift() ?? { do: 'take' };
        if (this.#current.do === 'cut') return this.#cut(session);
        done(this.#current.do === 'refuse_recipient' ? answer(this.#current.code) : null);
      },
      // Whoever hangs up in the middle of a mail has handed in nothing.
      onData: (stream, session, done) => void this.#message(stream, session, done).catch(() => undefined),
    });
    this.#server.on('error', () => undefined);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    return this;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections()) connection._socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** What happens to the next mails, one after the other; afterwards all are taken. */
  script(...steps: MailScript[]): void {
    this.#scripts.push(...steps);
  }

  clear(): void {
    this.kept.length = 0;
    this.#scripts.length = 0;
    this.attempts = 0;
  }

  async #message(
    stream: NodeJS.ReadableStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const raw = await text(stream);
    const script = this.#current;
    if (script.do === 'answer') return done(answer(script.code));
    const { mailFrom, rcptTo } = session.envelope;
    this.kept.push({ to: rcptTo[0]?.address ?? '', from: mailFrom === false ? '' : mailFrom.address, raw });
    if (script.do === 'take_and_cut') return this.#cut(session);
    done();
  }

  #cut({ id }: SMTPServerSession): void {
    for (const connection of this.#connections()) if (connection.id === id) connection._socket.destroy();
  }

  /** The library has no public way to a connection's socket. */
  #connections(): readonly Connection[] {
    return [...(this.#server as unknown as { readonly connections: ReadonlySet<Connection> }).connections];
  }
}

type Connection = { readonly id: string; readonly _socket: { destroy(): void } };

function answer(code: number): Error {
  return Object.assign(new Error('As scripted'), { responseCode: code });
}

/** The text of a mail as its reader sees it. */
export function textOf({ raw }: KeptMail): string {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  if (/content-transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/content-transfer-encoding: quoted-printable/i.test(head)) return body;
  const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => `\\x${hex}`);
  return Buffer.from(
    bytes.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}
