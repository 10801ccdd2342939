/** How a server that keeps mailboxes begins: IMAP, SMTP and, over HTTP, whatever else it speaks, each on a port of its own. */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { endWithStarter } from '../serving.mjs';
import { imapServer } from './imap.mjs';
import { smtpServer } from './smtp.mjs';

/**
 * @param name of the channel, as it says where it listens
 * @param make a server's state from its settings; it is given `ports` before anything can be asked over HTTP
 * @param handle a request over HTTP
 */
export async function startProvider(name, make, handle) {
  const port = { type: 'string', default: '0' };
  const { values } = parseArgs({ options: { port, imap: port, smtp: port, settings: { type: 'string' } } });
  const sim = { ...make(JSON.parse(values.settings ?? '{}')), ports: {} };
  const imap = imapServer(sim);
  const smtp = smtpServer(sim);
  const http = createServer((request, response) => {
    response.setHeader('date', new Date(sim.world.now()).toUTCString());
    void handle(sim, request, response);
  });
  const listen = (server, wanted) => new Promise((done) => server.listen(Number(wanted), '127.0.0.1', done));
  await Promise.all([listen(imap, values.imap), listen(smtp, values.smtp)]);
  sim.ports = { imap: imap.address().port, smtp: smtp.server.address().port };
  await listen(http, values.port);
  console.log(`${name}: http://127.0.0.1:${http.address().port} imap ${sim.ports.imap} smtp ${sim.ports.smtp}`);
  endWithStarter();
}
