import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { newId } from '../platform/ids/index.js';

/** Largest body anywhere; more is 413. */
export const MAX_BODY = 256 * 1024;

/** The HTTP adapter: request ids, limits, and bodies as each part of the API needs them. */
export function createAdapter(trustedProxies: readonly string[]): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']) ?? newId(),
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    routerOptions: { maxParamLength: 256 },
  });
  adapter.useBodyParser('application/json', false, {}, parseJson);
  adapter.useBodyParser(/^application\/(x-)?yaml|text\/(x-)?yaml/, false, {}, (_request, body, done) =>
    done(null, body.toString('utf8')),
  );
  return adapter;
}

/** Bodies that are texts: a definition is kept as it was written, and its faults have places. */
const DEFINITION_TEXT = /^\/v1\/definitions\/[^/?]+\/(draft|validate)(\?|$)/;

/** Channels sign raw bytes, so theirs stay raw; everything else but texts is parsed. */
function parseJson(request: unknown, body: Buffer, done: (error: Error | null, value?: unknown) => void): void {
  const { url } = request as FastifyRequest;
  if (url.startsWith('/channels/')) return done(null, body);
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
