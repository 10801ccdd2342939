import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const PATH = '/codec/';
const ASK = 'Basic realm="atende codec", charset="UTF-8"';

/** Seconds a browser may remember that an origin may ask. */
const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of Temporal's UI ask the codec from a browser: the configured origins and no other, with the credentials the
 * browser has been given for us. A browser cannot send a key by itself, so it is asked for one by HTTP Basic.
 *
 * @param origins as browsers send them, for example `http://localhost:8080`
 */
export function admitCodecOrigins(server: FastifyInstance, origins: readonly string[]): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith(PATH)) return done();
    if (allow(request, reply, origins) && request.method === 'OPTIONS') return void reply.code(204).send();
    const key = basicPassword(request.headers.authorization);
    if (key !== null) request.headers.authorization = `Bearer ${key}`;
    done();
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode === 401 && isAskedHere(request)) void reply.header('www-authenticate', ASK);
    done();
  });
}

function allow({ headers }: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  void reply.header('vary', 'origin');
  const { origin } = headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization, content-type, x-namespace',
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
  return true;
}

/** Only a person who opens the page is asked: a page of the UI that asks in vain would show a dialogue at every payload. */
function isAskedHere({ method, url }: FastifyRequest): boolean {
  return method === 'GET' && url === `${PATH}session`;
}

function basicPassword(header: string | undefined): string | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]{1,700}={0,2})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
