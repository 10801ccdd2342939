import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import type { MailServer } from './mail-server.js';

/**
 * What became of handing a mail in. `not_taken`: certainly not, and it may be tried again; `refused`: never will be; `unknown`: the
 * connection broke when all of it may have been there. `code` is a word of ours, never a server's text, which may quote an address.
 */
export type MailOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'not_taken'; readonly code: string }
  | { readonly kind: 'unknown'; readonly code: string };

/** How long one command may take, in ms. */
const PATIENCE_MS = 10_000;

/** A composed mail, and between whom it goes. */
export type Envelope = { readonly from: string; readonly to: string; readonly bytes: Buffer };

/**
 * Hands one mail to a server within `timeoutMs`, over a connection of its own. Never throws: every end is an outcome.
 *
 * @param envelope null = only logs in, to see whether that can be done
 */
export async function handIn(server: MailServer, envelope: Envelope | null, timeoutMs: number): Promise<MailOutcome> {
  const message = new Watched(envelope?.bytes ?? Buffer.alloc(0));
  try {
    await exchange(server, envelope, message, timeoutMs);
    return { kind: 'taken' };
  } catch (error) {
    return outcomeOf(error, message.begun);
  }
}

/** Message bytes that know whether the server has been sent any of them. */
class Watched extends Readable {
  begun = false;
  #bytes: Buffer | null;

  constructor(bytes: Buffer) {
    super();
    this.#bytes = bytes;
  }

  override _read(): void {
    this.begun = true;
    this.push(this.#bytes);
    this.#bytes = null;
  }
}

function exchange(
  { options, auth }: MailServer,
  envelope: Envelope | null,
  message: Watched,
  timeoutMs: number,
): Promise<void> {
  const patienceMs = Math.min(PATIENCE_MS, timeoutMs);
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({
      ...options,
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
      dnsTimeout: patienceMs,
      customAuth: { [BEARER]: logInAsBearer },
    });
    const end = (error?: Error | null): void => {
      clearTimeout(timer);
      connection.close();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(() => end(Object.assign(new Error('Too slow'), { code: 'ETIMEDOUT' })), timeoutMs);
    const send = (): void => {
      if (envelope === null) return end();
      const { from, to } = envelope;
      connection.send({ from, to }, message, (error) => end(error));
    };
    connection.on('error', end);
    connection.connect((error) => {
      if (error) return end(error);
      if (auth === null) return send();
      const login = 'pass' in auth ? { credentials: auth } : { method: BEARER, ...auth };
      connection.login(login, (refused) => (refused ? end(refused) : send()));
    });
  });
}

/** A name of our own: under the mechanism's the library would ask for another token by itself, and forget what the server said. */
const BEARER = 'BEARER';

/** Logs in with a token of access. A refusal comes in two steps: a challenge that says why, and once that is answered, the end. */
async function logInAsBearer(context: SMTPConnectionCustomAuthContext): Promise<void> {
  const { auth } = context;
  const words = `user=${auth.user ?? ''}\u0001auth=Bearer ${String(auth['accessToken'])}\u0001\u0001`;
  let reply = await context.sendCommand(`AUTH XOAUTH2 ${Buffer.from(words).toString('base64')}`);
  if (reply.status === 334) reply = await context.sendCommand('');
  if (reply.status !== 235) throw new Error('Not let in');
}

type SmtpError = { readonly code?: string; readonly command?: string; readonly responseCode?: number };

/** An answer of the server is definite; without one nothing has happened unless the message was on its way. */
function outcomeOf(error: unknown, begun: boolean): MailOutcome {
  const { code = 'error', command = '', responseCode } = error as SmtpError;
  if (responseCode !== undefined) {
    const reply = `smtp_${responseCode}`;
    // It closes: whether it kept what it had been given, it does not say.
    if (responseCode === 421 && begun) return { kind: 'unknown', code: reply };
    // Who may not log in is no matter of this mail: somebody has to set it right, and then it goes.
    const permanent = responseCode >= 500 && responseCode !== 503 && !command.startsWith('AUTH');
    return { kind: permanent ? 'refused' : 'not_taken', code: reply };
  }
  return { kind: begun ? 'unknown' : 'not_taken', code: code.toLowerCase().slice(0, 64) };
}
