/**
 * `npm run sim -- <channel>`: a local server that speaks a channel's protocol, for developing without an account there.
 *
 *   npm run sim -- mercadolivre --port 4010 --notices http://127.0.0.1:3000/channels/mercadolivre/<key>
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { root } from './lib.mjs';

const [channel = '', ...args] = process.argv.slice(2);
const server = join(root, 'test', 'channels', channel, 'server.mjs');
if (!/^[a-z]+$/.test(channel) || !existsSync(server)) {
  console.error('atende: npm run sim -- amazon | email | mercadolivre | shopee | whatsapp [--port N] [--notices URL]');
  process.exit(2);
}
const child = spawn(process.execPath, [server, ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
