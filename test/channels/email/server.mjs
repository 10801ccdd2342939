/**
 * A local mail provider: `npm run sim -- email [--port N] [--imap N] [--smtp N]`. It speaks IMAP and SMTP, without TLS, to
 * `loja@loja.example` with the password `sim-mailbox-password`, or with a token of the consent it asks for over HTTP, at the paths of
 * Microsoft and of Google. Everything is in memory and ends with it. What happens is told to it over `/sim/…` (see `control.mjs`); no
 * connector knows of that.
 */
import { Faults, failing } from '../faults.mjs';
import { bytesOf, json } from '../serving.mjs';
import { control } from './control.mjs';
import { startProvider } from './provider.mjs';
import { World } from './world.mjs';

const CONSENT = /^\/[^/]+\/oauth2\/v2\.0\/authorize$|^\/o\/oauth2\/v2\/auth$/;
const TOKEN = /^\/[^/]+\/oauth2\/v2\.0\/token$|^\/token$/;

const { before, after } = failing({
  breakDown: (response) => answer(response, 500, { error: 'server_error' }),
  page: '<html>Sign in</html>',
  words: { busy: (response) => answer(response, 429, { error: 'temporarily_unavailable' }) },
});

await startProvider('email', (settings) => ({ world: new World(settings), faults: new Faults() }), handle);

async function handle(sim, request, response) {
  const bytes = await bytesOf(request);
  const { pathname, searchParams } = new URL(request.url, 'http://sim');
  if (CONSENT.test(pathname)) return consentPage(sim, Object.fromEntries(searchParams), response);
  if (TOKEN.test(pathname)) return giveToken(sim, bytes, request, response);
  return answer(response, ...control(sim, request.method, pathname.slice(5), json(bytes) ?? {}));
}

/** The page where somebody agrees; here, unless the settings say otherwise, always. */
function consentPage({ world }, query, response) {
  const back = world.signIn.agree(query);
  if (back === null) return answer(response, 400, { error: 'invalid_request' });
  return void response.writeHead(302, { location: back }).end();
}

function giveToken({ world, faults }, bytes, request, response) {
  const planned = faults.take('token');
  if (before(planned, request, response)) return undefined;
  const [status, body] = world.signIn.token(Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))));
  if (after(planned, request, response)) return undefined;
  return answer(response, status, body);
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
