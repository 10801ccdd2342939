/**
 * A local server that speaks Shopee's protocol: `npm run sim -- shopee [--port N] [--notices URL]`. Everything is in memory and ends
 * with it. What happens is told to it over `/sim/…` (see `control.mjs`); no connector knows of that.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Faults } from '../faults.mjs';
import { bytesOf, endWithStarter, fileIn } from '../serving.mjs';
import { ROUTES } from './api.mjs';
import { consent, refreshed, refusalOf, tokenOf } from './auth.mjs';
import { control } from './control.mjs';
import { after, answer, before, error } from './faults.mjs';
import { valueOf } from './json.mjs';
import { World } from './world.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, notices: { type: 'string' }, settings: { type: 'string' } },
});

const sim = {
  world: new World({ pushUrl: values.notices ?? null, ...JSON.parse(values.settings ?? '{}') }),
  faults: new Faults(),
  /** Requests in the running minute, by group. */
  used: new Map(),
  limited: 0,
  asked: 0,
};

const TOKENS = { '/api/v2/auth/token/get': tokenOf, '/api/v2/auth/access_token/get': refreshed };

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  response.setHeader('date', new Date(sim.world.now()).toUTCString());
  handle(request, response).catch((cause) => answer(response, 500, error('sim_failed', String(cause))));
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`shopee: http://127.0.0.1:${server.address().port}`);
});
endWithStarter();

async function handle(request, response) {
  const url = new URL(request.url, 'http://sim');
  const query = Object.fromEntries(url.searchParams);
  const bytes = await bytesOf(request);
  const text = bytes.toString('utf8');
  if (url.pathname.startsWith('/sim/')) {
    const [status, body] = await control(sim, request.method, url.pathname.slice(5), valueOf(text) ?? {});
    return answer(response, status, body);
  }
  if (url.pathname.startsWith('/file/')) return givePicture(url.pathname, response);
  sim.asked += 1;
  const file = await fileIn(bytes, request.headers['content-type']);
  const body = (file === null ? valueOf(text) : null) ?? {};
  if (url.pathname === '/api/v2/shop/auth_partner') return authorise(url.pathname, query, response);
  if (Object.hasOwn(TOKENS, url.pathname)) return giveToken(url.pathname, query, body, request, response);
  const route = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined;
  if (route?.method !== request.method) return answer(response, 404, error('error_not_found', 'Unknown path'));
  const refusal = refusalOf(sim.world, url.pathname, query, route.isPublic === true);
  if (refusal !== null) return answer(response, ...refusal);
  if (isOverLimit(url.pathname)) return answer(response, 200, error('error_rate_limit', 'Too many requests.'));
  const planned = sim.faults.take(route.call, aboutOf(query, body));
  if (before(planned, request, response)) return undefined;
  const [status, result] = route.handler(sim.world, { query, body, file, origin: `http://${request.headers.host}` });
  if (after(planned, request, response)) return undefined;
  return answer(response, status, result);
}

/** Pictures lie beside the API, at addresses that nobody signs. */
function givePicture(path, response) {
  const picture = sim.world.pictures.get(path.slice('/file/'.length));
  if (picture === undefined) return void response.writeHead(404).end();
  return void response.writeHead(200, { 'content-type': picture.mime }).end(picture.bytes);
}

/** What a request is about: a conversation, by its id or by its buyer. */
function aboutOf(query, body) {
  const { conversation_id: id } = query;
  if (id !== undefined) return id;
  return [...sim.world.conversations.values()].find(({ buyerId }) => buyerId === String(body.to_id))?.id ?? '';
}

/** The page where the shop's owner agrees; here, always. */
function authorise(path, query, response) {
  const refusal = refusalOf(sim.world, path, query, true);
  if (refusal !== null) return answer(response, ...refusal);
  if (query.redirect === undefined) return answer(response, 400, error('error_param', 'redirect is required'));
  const back = new URL(query.redirect);
  back.searchParams.set('code', consent(sim.world));
  back.searchParams.set('shop_id', String(sim.world.settings.shopId));
  return void response.writeHead(302, { location: back.href }).end();
}

function giveToken(path, query, body, request, response) {
  const refusal = refusalOf(sim.world, path, query, true);
  if (refusal !== null) return answer(response, ...refusal);
  const planned = sim.faults.take('token', '');
  if (before(planned, request, response)) return undefined;
  const [status, result] = TOKENS[path](sim.world, body);
  if (after(planned, request, response)) return undefined;
  return answer(response, status, result);
}

function isOverLimit(path) {
  const group = `${Math.floor(Date.now() / 60_000)} ${path.endsWith('send_message') ? 'send' : path.split('/')[3]}`;
  const used = (sim.used.get(group) ?? 0) + 1;
  sim.used.set(group, used);
  const isOver = used > sim.world.settings.perMinute;
  sim.limited += isOver ? 1 : 0;
  return isOver;
}
