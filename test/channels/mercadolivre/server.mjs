/**
 * A local server that speaks Mercado Livre's protocol: `npm run sim -- mercadolivre [--port N] [--notices URL]`. Everything is in
 * memory and ends with it. What happens is told to it over `/sim/…` (see `control.mjs`); no connector knows of that.
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ROUTES } from './api.mjs';
import { Faults } from '../faults.mjs';
import { bytesOf, endWithStarter, fileIn, json, routed } from '../serving.mjs';
import { CLAIM_ROUTES } from './claims.mjs';
import { control } from './control.mjs';
import { after, answer, before } from './faults.mjs';
import { GUIDE_ROUTES } from './guide.mjs';
import { consent, isAuthorised, token } from './oauth.mjs';
import { World } from './world.mjs';

/** How late an answer is that is to be late, in ms: sooner than whoever asked gives up. */
const LATE_MS = 1_000;

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, notices: { type: 'string' }, settings: { type: 'string' } },
});

const sim = {
  world: new World({ noticesUrl: values.notices ?? null, ...JSON.parse(values.settings ?? '{}') }),
  faults: new Faults(),
  /** Requests in the running minute, by group. */
  used: new Map(),
};

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  response.setHeader('date', new Date(sim.world.now()).toUTCString());
  handle(request, response).catch(() => answer(response, 500, { error: 'sim_failed' }));
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`mercadolivre: http://127.0.0.1:${server.address().port}`);
});
endWithStarter();

async function handle(request, response) {
  const url = new URL(request.url, 'http://sim');
  const query = Object.fromEntries(url.searchParams);
  const bytes = await bytesOf(request);
  if (url.pathname.startsWith('/sim/')) {
    const [status, body] = await control(sim, request.method, url.pathname.slice(5), json(bytes) ?? {});
    return answer(response, status, body);
  }
  if (url.pathname === '/authorization') return authorise(query, response);
  if (url.pathname === '/oauth/token') return giveToken(bytes, request, response);
  const found = routed([...ROUTES, ...GUIDE_ROUTES, ...CLAIM_ROUTES], request.method, url.pathname);
  if (found === undefined)
    return answer(response, 404, { message: 'resource not found', error: 'not_found', status: 404 });
  if (!isAuthorised(sim.world, request.headers.authorization)) {
    return answer(response, 401, { message: 'invalid access token', error: 'unauthorized', status: 401, cause: [] });
  }
  if (isOverLimit(request.method, url.pathname)) {
    return answer(response, 429, { message: 'too many requests', error: 'local_rate_limited', status: 429, cause: [] });
  }
  const params = found.match.groups ?? {};
  const body = json(bytes) ?? {};
  const file = await fileIn(bytes, request.headers['content-type']);
  const planned = sim.faults.take(found.call, String(params.pack ?? params.id ?? body.question_id ?? ''));
  if (before(planned, request, response)) return undefined;
  const [status, result, headers] = found.handler(sim.world, { params, query, body, file }, planned);
  if (after(planned, request, response)) return undefined;
  if (planned?.fault !== 'late') return answer(response, status, result, headers);
  // What is said is of when it was asked.
  const then = structuredClone(result);
  await sleep(LATE_MS);
  return answer(response, status, then, headers);
}

/** The page where the seller's administrator agrees; here, always. */
function authorise(query, response) {
  const { redirect_uri: redirectUri, state, code_challenge: challenge = null, client_id: clientId } = query;
  if (clientId !== sim.world.settings.clientId || redirectUri === undefined)
    return answer(response, 400, { error: 'invalid_client' });
  const back = new URL(redirectUri);
  back.searchParams.set('code', consent(sim.world, { challenge, redirectUri }));
  if (state !== undefined) back.searchParams.set('state', state);
  return void response.writeHead(302, { location: back.href }).end();
}

function giveToken(bytes, request, response) {
  const planned = sim.faults.take('token', '');
  if (before(planned, request, response)) return undefined;
  const [status, body] = token(sim.world, Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))));
  if (after(planned, request, response)) return undefined;
  return answer(response, status, body);
}

function isOverLimit(method, path) {
  const minute = Math.floor(Date.now() / 60_000);
  const group = `${minute} ${path.startsWith('/messages') ? `messages ${method === 'GET' ? 'read' : 'write'}` : 'others'}`;
  sim.asked = (sim.asked ?? 0) + 1;
  const used = (sim.used.get(group) ?? 0) + 1;
  sim.used.set(group, used);
  sim.limited = (sim.limited ?? 0) + (used > sim.world.settings.perMinute ? 1 : 0);
  return used > sim.world.settings.perMinute;
}
