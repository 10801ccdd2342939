/**
 * A local stand-in for Amazon: `npm run sim -- amazon [--port N] [--imap N] [--smtp N]`. It speaks IMAP and SMTP for the mailbox
 * `loja@loja.example` (password `sim-mailbox-password`), without TLS, and its relay hides buyers behind `…@marketplace.amazon.com.br`.
 * Over HTTP it is Login with Amazon and what is used of the Selling Partner API.
 * Everything is in memory and ends with it. What happens is told to it over `/sim/…` (see `control.mjs`); no connector knows of that.
 */
import { startProvider } from '../email/provider.mjs';
import { Faults } from '../faults.mjs';
import { bytesOf, json, routed } from '../serving.mjs';
import { Limits, ROUTES } from './api.mjs';
import { control } from './control.mjs';
import { after, answer, before, refuse } from './faults.mjs';
import { Login } from './login.mjs';
import { RelayWorld } from './relay.mjs';

await startProvider('amazon', begun, handle);

function begun(settings) {
  const world = new RelayWorld(settings);
  return { world, faults: new Faults(), login: new Login(world.settings), limits: new Limits() };
}

async function handle(sim, request, response) {
  const bytes = await bytesOf(request);
  const { pathname, searchParams } = new URL(request.url, 'http://sim');
  const query = Object.fromEntries(searchParams);
  if (pathname.startsWith('/sim/')) {
    const [status, body] = control(sim, request.method, pathname.slice(5), json(bytes) ?? {});
    return answer(response, status, body);
  }
  if (pathname === '/apps/authorize/consent') return authorise(sim, query, response);
  if (pathname === '/auth/o2/token') return giveToken(sim, bytes, request, response);
  const found = routed(ROUTES, request.method, pathname);
  if (found === undefined) return refuse(response, 404, 'NotFound', 'No such resource.');
  if (!sim.login.knows(request.headers['x-amz-access-token'])) {
    const details = 'The access token you provided is revoked, malformed or invalid.';
    const message = 'Access to requested resource is denied.';
    return answer(response, 403, { errors: [{ code: 'Unauthorized', message, details }] });
  }
  const planned = sim.faults.take(found.call, found.match.groups.order);
  if (before(planned, request, response)) return undefined;
  if (sim.limits.isOver(found.call, sim.world.settings))
    return refuse(response, 429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.');
  const given = { params: found.match.groups, query, body: json(bytes) ?? {} };
  const [status, body] = found.handler(sim.world, given);
  if (after(planned, request, response)) return undefined;
  return answer(response, status, body);
}

/** The page where the seller agrees; here, always. */
function authorise(sim, query, response) {
  const back = sim.login.agree(query);
  if (back === null) return answer(response, 400, { error: 'MD1000' });
  return void response.writeHead(302, { location: back }).end();
}

function giveToken(sim, bytes, request, response) {
  const planned = sim.faults.take('token');
  if (before(planned, request, response)) return undefined;
  const [status, body] = sim.login.token(Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))));
  if (after(planned, request, response)) return undefined;
  return answer(response, status, body);
}
