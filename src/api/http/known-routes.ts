import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

type Known = { readonly matches: RegExp; readonly methods: Set<string> };

/**
 * Tells a wrong method from a wrong path: such a request is refused, with the methods there are, before its body is read. Call
 * it before any route is added.
 */
export function watchRoutes(server: FastifyInstance): void {
  const routes = new Map<string, Known>();
  server.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { matches: patternOf(url), methods: new Set<string>() };
    for (const name of [method].flat()) route.methods.add(name);
    routes.set(url, route);
  });
  // Not sooner: what answers preflights of browsers comes first.
  server.addHook('preParsing', (request, _reply, payload, done) => {
    const methods = request.is404 ? methodsOf(routes, request) : [];
    if (methods.length === 0) done(null, payload);
    else done(new Problem('method_not_allowed', { headers: { allow: methods.join(', ') } }));
  });
}

/** The methods that the path of a request takes, in alphabetical order; empty where there is no such path. */
function methodsOf(routes: ReadonlyMap<string, Known>, request: FastifyRequest): string[] {
  const path = request.url.split('?')[0] ?? '';
  const meant = [...routes.values()].filter(({ matches }) => matches.test(path));
  return [...new Set(meant.flatMap(({ methods }) => [...methods]))].sort();
}

function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/\W/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
