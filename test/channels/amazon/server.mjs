/**
 * A local stand-in for Amazon: `npm run sim -- amazon [--port N] [--imap N] [--smtp N]`. It speaks IMAP and SMTP for the mailbox
 * `loja@loja.example` (password `sim-mailbox-password`), without TLS, and its relay hides buyers behind `…@marketplace.amazon.com.br`.
 * Everything is in memory and ends with it. What happens is told to it over `/sim/…` (see `control.mjs`); no connector knows of that.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { imapServer } from '../email/imap.mjs';
import { smtpServer } from '../email/smtp.mjs';
import { Faults } from '../faults.mjs';
import { bytesOf, endWithStarter, json } from '../serving.mjs';
import { control } from './control.mjs';
import { RelayWorld } from './relay.mjs';

const port = { type: 'string', default: '0' };
const { values } = parseArgs({ options: { port, imap: port, smtp: port, settings: { type: 'string' } } });

const sim = { world: new RelayWorld(JSON.parse(values.settings ?? '{}')), faults: new Faults(), ports: {} };
const imap = imapServer(sim);
const smtp = smtpServer(sim);
const http = createServer((request, response) => void handle(request, response));

const listen = (server, wanted) => new Promise((done) => server.listen(Number(wanted), '127.0.0.1', done));
await Promise.all([listen(imap, values.imap), listen(smtp, values.smtp)]);
sim.ports = { imap: imap.address().port, smtp: smtp.server.address().port };
await listen(http, values.port);
console.log(`amazon: http://127.0.0.1:${http.address().port} imap ${sim.ports.imap} smtp ${sim.ports.smtp}`);

endWithStarter();

async function handle(request, response) {
  const bytes = await bytesOf(request);
  const { pathname } = new URL(request.url, 'http://sim');
  const [status, body] = control(sim, request.method, pathname.slice(5), json(bytes) ?? {});
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
