import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FilesConfig, HttpConfig } from '../platform/config/index.js';
import { newId } from '../platform/ids/index.js';
import { answerBrokenRequest } from './http/broken-request.js';
import { watchRoutes } from './http/known-routes.js';
import { protect } from './http/protective-headers.js';
import { Problem } from './problems/problem.js';
import { toProblem } from './problems/problem.filter.js';

/** How often connections are looked at for those that take too long, in ms. */
const CHECK_MS = 1_000;

/** Where platforms tell what has happened, many things at once: up to 3 MB, says the one that says anything. */
const NOTICES = { route: '/channels/:channel/:key', bytes: 3 * 1024 * 1024 };

/** Where people upload files to answer with. */
const UPLOADS = '/v1/inquiries/:id/attachments';

/**
 * The HTTP adapter: request ids, limits, and bodies as each part of the API needs them.
 *
 * @param fileBytes size of the largest file that is kept
 */
export function createAdapter(
  { trustedProxies, behindTls, limits }: HttpConfig,
  { maxBytes: fileBytes }: Pick<FilesConfig, 'maxBytes'>,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']) ?? newId(),
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: 10_000,
    http: {
      headersTimeout: limits.headersMs,
      maxHeaderSize: limits.headerBytes,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersMs),
    },
    // A request that comes while the process stops is answered like any other, and ends its connection.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answerUnroutable(error, request, reply, behindTls),
    clientErrorHandler: answerBrokenRequest,
  });
  const server = adapter.getInstance();
  watchRoutes(server);
  server.addHook('onRoute', (route) => {
    if (route.url === NOTICES.route) route.bodyLimit = Math.max(limits.bodyBytes, NOTICES.bytes);
    if (route.url === UPLOADS) route.bodyLimit = fileBytes;
  });
  server.server.maxConnections = limits.connections;
  server.addHook('onRequest', (_request, reply, done) => {
    protect(reply, behindTls);
    done();
  });
  server.removeContentTypeParser('text/plain');
  adapter.useBodyParser('application/json', false, {}, parseJson);
  adapter.useBodyParser(/^application\/(x-)?yaml|text\/(x-)?yaml/, false, {}, (request, body, done) =>
    done(null, isUpload(request) ? body : body.toString('utf8')),
  );
  adapter.useBodyParser('*', false, {}, (request, body, done) =>
    isUpload(request) ? done(null, body) : done(new Problem('media_type_unsupported')),
  );
  return adapter;
}

/** Answers what the router refuses before any hook runs: a path that is no URL, a parameter that is too long. */
function answerUnroutable(error: unknown, request: FastifyRequest, reply: FastifyReply, behindTls: boolean): void {
  const problem = toProblem(error);
  protect(reply, behindTls);
  void reply
    .status(problem.status)
    .headers({ 'content-type': 'application/problem+json; charset=utf-8', 'x-request-id': String(request.id) })
    .send(JSON.stringify(problem.toDocument(String(request.id))));
}

/** Bodies that are texts: a definition is kept as it was written, and its faults have places. */
const DEFINITION_TEXT = /^\/v1\/definitions\/[^/?]+\/(draft|validate)(\?|$)/;

/** A file is whatever its bytes are, and not what somebody says it is. */
function isUpload(request: unknown): boolean {
  return (request as FastifyRequest).routeOptions.url === UPLOADS;
}

/** Channels sign raw bytes, so theirs stay raw, and files too; everything else but texts is parsed. */
function parseJson(request: unknown, body: Buffer, done: (error: Error | null, value?: unknown) => void): void {
  const { url } = request as FastifyRequest;
  if (url.startsWith('/channels/') || isUpload(request)) return done(null, body);
  if (DEFINITION_TEXT.test(url)) return done(null, body.toString('utf8'));
  if (body.length === 0) return done(null, undefined);
  try {
    done(null, JSON.parse(body.toString('utf8')));
  } catch (error) {
    done(error as Error);
  }
}

/** A caller's own request id, if it is harmless to repeat in logs. */
function requestIdOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : null;
}
