/**
 * Signs a webhook body for the demo shop: prints the headers of Standard Webhooks as a `curl` config.
 *
 *   curl --config <(node scripts/sign.mjs message.json) --data-binary @message.json <address of the channel>
 */
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/sign.mjs <file with the body>');
  process.exit(2);
}
const home = process.env.ATENDE_HOME ?? '.atende';
const { shop } = JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8'));
const id = `demo-${randomUUID()}`;
const at = Math.floor(Date.now() / 1000);
const key = Buffer.from(shop.webhookSecret.replace(/^whsec_/, ''), 'base64');
const signature = createHmac('sha256', key).update(`${id}.${at}.`).update(readFileSync(file)).digest('base64');
console.log('header = "content-type: application/json"');
console.log(`header = "webhook-id: ${id}"`);
console.log(`header = "webhook-timestamp: ${at}"`);
console.log(`header = "webhook-signature: v1,${signature}"`);
