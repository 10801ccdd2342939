import { AsyncResource } from 'node:async_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../../platform/ids/index.js';
import { beginTrace, runWithLogContext, traceparent } from '../../platform/log/index.js';
import type { Log } from '../../platform/log/index.js';
import { SHORT_SECONDS } from '../../platform/metrics/index.js';
import type { Metrics } from '../../platform/metrics/index.js';

const SCOPE = Symbol('scope');
type Observed = FastifyRequest & { [SCOPE]?: AsyncResource };

/**
 * Gives every request its ids, from the first hook to the last line logged for it, and tells when it was answered: one line
 * in the log and one observation, both by the pattern of the route. The URL itself appears nowhere: it holds ids of buyers
 * in queries and whatever a caller invents.
 */
export function observeRequests(
  server: FastifyInstance,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): void {
  const meter = requestMeter(metrics);
  server.addHook('onRequest', (request: Observed, reply, done) => {
    const trace = beginTrace(request.headers.traceparent);
    const requestId = String(request.id);
    void reply.header('x-request-id', requestId).header('traceparent', traceparent(trace));
    runWithLogContext({ requestId, traceId: trace.traceId, ...inquiryOf(request) }, () => {
      request[SCOPE] = new AsyncResource('request');
      done();
    });
  });
  // Reading the body goes on in the context of the socket, so the request's own one is entered again after it.
  server.addHook('preValidation', (request: Observed, _reply, done) => within(request, done));
  server.addHook('onResponse', (request: Observed, reply, done) => {
    within(request, () => {
      const answer = { method: request.method, route: routeOf(request), status: reply.statusCode };
      log.info({ ...answer, ms: Math.round(reply.elapsedTime) }, 'request');
      meter(answer, reply);
      done();
    });
  });
}

type Answer = { readonly method: string; readonly route: string; readonly status: number };

function requestMeter(metrics: Metrics): (answer: Answer, reply: FastifyReply) => void {
  const count = metrics.counter({
    name: 'atende_http_requests_total',
    help: 'Requests answered, by pattern of the route and status',
    labels: ['method', 'route', 'status'],
  });
  const duration = metrics.histogram({
    name: 'atende_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer, in seconds',
    labels: ['method', 'route'],
    buckets: SHORT_SECONDS,
  });
  return ({ method, route, status }, reply) => {
    count.add({ method, route, status: String(status) });
    duration.observe({ method, route }, reply.elapsedTime / 1_000);
  };
}

function within(request: Observed, work: () => void): void {
  const scope = request[SCOPE];
  if (scope === undefined) work();
  else scope.runInAsyncScope(work);
}

/** The pattern of the route; what matches none has one name together. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}

function inquiryOf(request: FastifyRequest): { inquiryId?: string } {
  const id = (request.params as Record<string, string> | undefined)?.['id'];
  return routeOf(request).startsWith('/v1/inquiries/:') && isId(id) ? { inquiryId: id } : {};
}
