/**
 * A local server that speaks the protocol of WhatsApp's Cloud API: `npm run sim -- whatsapp [--port N] [--notices URL]`. Everything is in
 * memory and ends with it. What happens is told to it over `/sim/…` (see `control.mjs`); no connector knows of that.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Faults } from '../faults.mjs';
import { bytesOf, endWithStarter, fileIn, json, routed } from '../serving.mjs';
import { graphError, ROUTES } from './api.mjs';
import { control } from './control.mjs';
import { after, answer, before } from './faults.mjs';
import { World } from './world.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, notices: { type: 'string' }, settings: { type: 'string' } },
});

const sim = {
  world: new World({ noticesUrl: values.notices ?? null, ...JSON.parse(values.settings ?? '{}') }),
  faults: new Faults(),
};

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  response.setHeader('date', new Date(sim.world.now()).toUTCString());
  handle(request, response).catch(() => answer(response, 500, { error: 'sim_failed' }));
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`whatsapp: ${origin()}`);
});
endWithStarter();

const origin = () => `http://127.0.0.1:${server.address().port}`;

async function handle(request, response) {
  const url = new URL(request.url, 'http://sim');
  const bytes = await bytesOf(request);
  if (url.pathname.startsWith('/sim/')) {
    const [status, body] = await control(sim, request.method, url.pathname.slice(5), json(bytes) ?? {});
    return answer(response, status, body);
  }
  if (!isAuthorised(request)) return answer(response, ...graphError(401, 190, 'Invalid OAuth access token'));
  if (url.pathname.startsWith('/media/')) return giveMedia(url.pathname, response);
  const file = await fileIn(bytes, request.headers['content-type']);
  return graph(request, response, url, { body: json(bytes) ?? {}, file });
}

function graph(request, response, url, { body, file }) {
  const { version } = sim.world.settings;
  const path = url.pathname.startsWith(`/${version}/`) ? url.pathname.slice(version.length + 1) : null;
  const found = path === null ? undefined : routed(ROUTES, request.method, path);
  if (found === undefined) return answer(response, ...graphError(400, 2500, 'Unknown path components'));
  const planned = sim.faults.take(found.call, String(body.to ?? body.recipient ?? found.match.groups?.id ?? ''));
  if (before(planned, request, response)) return undefined;
  const given = {
    params: found.match.groups ?? {},
    query: Object.fromEntries(url.searchParams),
    body,
    file,
    origin: origin(),
  };
  const [status, result] = found.handler(sim.world, given, planned);
  if (after(planned, request, response)) return undefined;
  return answer(response, status, result);
}

/** Of an address that has ended nothing is left. */
function giveMedia(path, response) {
  const [, , id, address] = path.split('/');
  const medium = sim.world.media.get(id);
  if (medium === undefined || !(medium.addresses.get(address) > sim.world.now()))
    return void response.writeHead(404).end();
  return void response.writeHead(200, { 'content-type': medium.mime }).end(medium.bytes);
}

function isAuthorised({ headers: { authorization = '' } }) {
  return sim.world.tokens.has(/^Bearer (.+)$/.exec(authorization)?.[1]);
}
