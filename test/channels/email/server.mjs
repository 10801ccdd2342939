/**
 * A local mail provider: `npm run sim -- email [--port N] [--imap N] [--smtp N]`. It speaks IMAP and SMTP, without TLS, to
 * `loja@loja.example` with the password `sim-mailbox-password`. Everything is in memory and ends with it. What happens is told to it
 * over `/sim/…` (see `control.mjs`); no connector knows of that.
 */
import { Faults } from '../faults.mjs';
import { bytesOf, json } from '../serving.mjs';
import { control } from './control.mjs';
import { startProvider } from './provider.mjs';
import { World } from './world.mjs';

await startProvider('email', (settings) => ({ world: new World(settings), faults: new Faults() }), handle);

async function handle(sim, request, response) {
  const bytes = await bytesOf(request);
  const { pathname } = new URL(request.url, 'http://sim');
  const [status, body] = control(sim, request.method, pathname.slice(5), json(bytes) ?? {});
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
