import { isIP } from 'node:net';
import { ImapFlow } from 'imapflow';
import { errorCode, nothingSent } from '../../../platform/egress/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Mailbox } from './mailbox.js';

/** What work in a mailbox came to. */
export type ImapResult<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Not now. */
  | { readonly kind: 'later'; readonly code: string }
  /** The server does not let us in, whatever we do: name or password are wrong. */
  | { readonly kind: 'unauthorised' }
  /** The operator does not let us go there. */
  | { readonly kind: 'blocked' };

/** A mail with an attachment of the largest size that is read whole, encoded. */
const MAX_LITERAL = 48 * 1024 * 1024;

/** With these words a server refuses a login for good (RFC 5530); without any word too. Others may pass. */
const FINAL: ReadonlySet<string> = new Set(['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED', '']);

/** Until when a connection stays; how long nothing may be heard of it, and how long one wait for news lasts, both in ms. */
type Staying = { readonly signal?: AbortSignal; readonly socketTimeout?: number; readonly maxIdleTime?: number };

/**
 * A server may log out who has waited for half an hour (RFC 2177), and whatever lies between forgets connections that are quiet for much
 * less: so the server is asked for a sign of life, and a connection that is dead is found out.
 */
const QUIET_MS = 4 * 60_000;
const WAIT_MS = 25 * 60_000;

/** Opens mailboxes, one connection for each piece of work. */
export class Imap {
  /** @param waitMs how long one wait for news lasts before it is begun anew; a server without such is asked as often, or every two minutes */
  constructor(
    private readonly egress: Egress,
    private readonly waitMs = WAIT_MS,
  ) {}

  /**
   * Does `work` with an open connection, within `timeoutMs`: then it is closed, and whatever still waits for the server fails. Never
   * throws.
   */
  async within<T>(mailbox: Mailbox, timeoutMs: number, work: (client: ImapFlow) => Promise<T>): Promise<ImapResult<T>> {
    const endsAt = Date.now() + timeoutMs;
    try {
      const client = await this.#open(mailbox, timeoutMs);
      const timer = setTimeout(() => client.close(), Math.max(1, endsAt - Date.now()));
      try {
        return { kind: 'done', value: await work(client) };
      } finally {
        clearTimeout(timer);
        client.close();
      }
    } catch (error) {
      return failure(error);
    }
  }

  /**
   * Does `work` with a connection that is opened within `timeoutMs` and stays open until `work` ends or `signal` closes it: then whatever
   * still waits for the server fails. Never throws.
   */
  async staying<T>(
    mailbox: Mailbox,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
    work: (client: ImapFlow) => Promise<T>,
  ): Promise<ImapResult<T>> {
    try {
      const client = await this.#open(mailbox, timeoutMs, {
        signal,
        socketTimeout: QUIET_MS,
        maxIdleTime: this.waitMs,
      });
      try {
        return { kind: 'done', value: await work(client) };
      } finally {
        client.close();
      }
    } catch (error) {
      return failure(error);
    }
  }

  async #open(mailbox: Mailbox, timeoutMs: number, { signal, ...quiet }: Staying = {}): Promise<ImapFlow> {
    const { imapHost: host, imapPort: port, imapSecurity: security, user, login } = mailbox;
    const addresses = await this.egress.mailAddresses({ host, port, secure: security !== 'none' });
    const client = new ImapFlow({
      host: addresses[0] ?? host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secure: security === 'tls',
      doSTARTTLS: security === 'starttls',
      auth: { user, ...login },
      logger: false,
      disableAutoIdle: true,
      disableCompression: true,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      maxLiteralSize: MAX_LITERAL,
      ...quiet,
    });
    // Told by the failing call too; without a listener it would end the process.
    client.on('error', () => undefined);
    signal?.addEventListener('abort', () => client.close(), { once: true });
    const timer = setTimeout(() => client.close(), timeoutMs);
    try {
      signal?.throwIfAborted();
      await client.connect();
      return client;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

type ImapError = {
  readonly authenticationFailed?: boolean;
  readonly serverResponseCode?: string;
  readonly responseStatus?: string;
};

function failure(error: unknown): Exclude<ImapResult<never>, { kind: 'done' }> {
  const { authenticationFailed, serverResponseCode = '', responseStatus } = error as ImapError;
  if (authenticationFailed === true && FINAL.has(serverResponseCode.toUpperCase())) return { kind: 'unauthorised' };
  const code = errorCode(error);
  if (nothingSent(error) && code === 'EGRESS_BLOCKED') return { kind: 'blocked' };
  const said = responseStatus === undefined ? code : `imap_${serverResponseCode || responseStatus}`;
  return { kind: 'later', code: said.toLowerCase().slice(0, 64) };
}
