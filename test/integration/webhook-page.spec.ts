import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { answerPatiently } from '../support/people.js';
import { readProject } from '../support/project.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const run = promisify(execFile);
const PAGE = readProject('docs/channels/webhook.md');

const EVENTS = [...PAGE.matchAll(/<!-- event: (\d+) -->\s*```json\n(.*?)\n```/gs)].map(
  ([, status = '', body = '']): [string, string] => [status, body],
);

/** A program of the page. */
function program(name: string): string {
  const start = PAGE.indexOf(`<!-- example: ${name} -->`);
  const found = /```js\n(.*?)\n```/s.exec(PAGE.slice(start))?.[1];
  if (start < 0 || found === undefined) throw new Error(`The page has no ${name}`);
  return found;
}

describe('the page on the webhook channel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atende-page-'));
  let stack: Stack;
  let taking: ChildProcess;
  let said = '';

  beforeAll(async () => {
    stack = await startStack();
    for (const name of ['tell.mjs', 'take.mjs']) writeFileSync(join(folder, name), program(name));
    const { webhookSecret, shopId: id } = stack.demo;
    taking = spawn(process.execPath, [join(folder, 'take.mjs')], {
      env: { WEBHOOK_SECRET: webhookSecret, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    taking.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const port = await eventually(
      () => Promise.resolve(/listening (\d+)/.exec(said)?.[1]),
      (found) => found !== undefined,
    );
    const settings = { replyUrl: `http://127.0.0.1:${port ?? ''}/atende`, settleTime: '0s' };
    await stack.as('admin').patch(`/v1/shops/${id}`, { settings }, { headers: { 'if-match': '*' } });
  }, 90_000);

  afterAll(async () => {
    taking.kill();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const tell = async (body: string): Promise<{ readonly status: string; readonly answer: Record<string, unknown> }> => {
    const { webhookSecret, shopId: id } = stack.demo;
    const env = { ATENDE_URL: stack.baseUrl, SHOP_ID: id, WEBHOOK_SECRET: webhookSecret };
    const { stdout } = await run(process.execPath, [join(folder, 'tell.mjs'), body], { env });
    const [, status = '', answer = '{}'] = /^(\d+) (.*)$/s.exec(stdout) ?? [];
    return { status, answer: JSON.parse(answer) as Record<string, unknown> };
  };

  it('shows events that are answered as it says', async () => {
    expect(EVENTS).toHaveLength(5);
    for (const [status, body] of EVENTS) expect([body, (await tell(body)).status]).toEqual([body, status]);
    const again = await tell(EVENTS[0]?.[1] ?? '');
    expect(again.answer).toMatchObject({ duplicate: true });
  }, 60_000);

  it('shows a system that takes answers, once', async () => {
    const event = JSON.parse(EVENTS[0]?.[1] ?? '{}') as { type: string; data: Record<string, unknown> };
    // Written just now: of an old message the clocks have run out, and its task is with the supervisors.
    const now = { sentAt: new Date().toISOString(), messageId: 'erp-2000', conversationId: 'ticket-78' };
    const data = { ...event.data, ...now, buyer: { id: 'customer-6' } };
    const { answer } = await tell(JSON.stringify({ ...event, data }));
    await answerPatiently(stack, String(answer['inquiryId']), 'Chega amanhã, até as 18h.');
    await eventually(
      () => Promise.resolve(said),
      (words) => words.includes('to ticket-78: Chega amanhã, até as 18h.'),
      60_000,
    );
    type Shown = { readonly author: { readonly kind: string }; readonly delivery: { readonly state: string } };
    await eventually(
      async () => {
        const { body } = await stack.as('agent').get(`/v1/inquiries/${String(answer['inquiryId'])}/messages`);
        return (body.items as Shown[]).filter(({ author }) => author.kind === 'human');
      },
      (human) => human.length === 1 && human[0]?.delivery.state === 'available',
      60_000,
    );
    expect(said.split('até as 18h').length - 1).toBe(1);
  }, 120_000);
});
