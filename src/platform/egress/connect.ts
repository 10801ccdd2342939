import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { lookup } from 'node:dns/promises';
import { buildConnector } from 'undici';
import type { Endpoint, EgressRules } from './address.js';
import { EgressBlocked, NotConnected } from './errors.js';

/** The addresses behind a host name, in the order to try them. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

const CONNECT_TIMEOUT_MS = 5_000;
const DNS_TIMEOUT_MS = 3_000;

/**
 * Opens connections for the HTTP client. A name is resolved once, every address behind it is checked, and the connection
 * goes to a checked address, so a name cannot change its mind in between.
 */
export function guardedConnector(rules: EgressRules, resolve: Resolve): buildConnector.connector {
  const open = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  const connect = async (options: buildConnector.Options): Promise<Socket | TLSSocket> => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const secure = options.protocol === 'https:';
    const port = options.port === '' ? (secure ? 443 : 80) : Number(options.port);
    const addresses = await checkedAddresses(rules, resolve, { host, secure, port });
    const servername = options.servername ?? (isIP(host) === 0 ? host : undefined);
    return firstOf(addresses, (hostname) =>
      dial(open, { ...options, hostname, ...(servername === undefined ? {} : { servername }) }),
    );
  };
  return (options, callback) => {
    connect(options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof EgressBlocked ? error : new NotConnected(error), null),
    );
  };
}

/**
 * The addresses behind a host, each of which may be connected to.
 *
 * @throws EgressBlocked when one of them may not; the resolver's error when the name leads nowhere
 */
export async function checkedAddresses(
  rules: EgressRules,
  resolve: Resolve,
  to: Omit<Endpoint, 'address'>,
  ports?: ReadonlySet<number>,
): Promise<readonly string[]> {
  const addresses = await withTimeout(resolve(to.host));
  // One address that is not public is enough: which of them is used must not be up to chance.
  if (addresses.length === 0 || !addresses.every((address) => rules.allows({ ...to, address }, ports))) {
    throw new EgressBlocked('The address is not public, or not reached over TLS on a usual port');
  }
  return addresses;
}

/** The addresses the system's resolver knows. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

function dial(open: buildConnector.connector, options: buildConnector.Options): Promise<Socket | TLSSocket> {
  return new Promise((resolve, reject) => {
    open(options, (error, socket) => (error === null ? resolve(socket) : reject(error)));
  });
}

/** The first that can be opened: a machine without IPv6 still reaches a name that has both kinds of addresses. */
async function firstOf<T>(addresses: readonly string[], open: (address: string) => Promise<T>): Promise<T> {
  let last: unknown;
  for (const address of addresses) {
    try {
      return await open(address);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('DNS'), { code: 'EAI_AGAIN' })), DNS_TIMEOUT_MS);
  });
  return Promise.race([promise, expired]).finally(() => clearTimeout(timer));
}
