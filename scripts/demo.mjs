/**
 * `npm run demo`: forty invented inquiries through the real signed webhook, and what became of them.
 *
 *   npm run demo -- [--rate <messages a second>] [--answer]
 *
 * `--answer` lets the demo's agents answer them all. Exit code 1 if anything was lost or doubled.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { answerAll } from './demo/answer.mjs';
import { Client } from './demo/client.mjs';
import { faults, follow, look } from './demo/follow.mjs';
import { freshInquiries, sendAll } from './demo/send.mjs';
import { counted, table } from './demo/show.mjs';

const SETTLED_WITHIN_MS = 60_000;

process.exitCode = await main();

async function main() {
  const options = readOptions();
  const demo = readDemo();
  if (options === null || demo === null) return 2;
  const client = new Client(demo);
  const inquiries = freshInquiries();
  const sent = await sendAll(client, inquiries, options.rate);
  let results = await follow(client, inquiries, sent, { withinMs: SETTLED_WITHIN_MS });
  console.log(`\n${table(results)}\n`);
  tell(results);
  const wrong = [];
  if (options.answer) {
    const { done, approved, refused } = await answerAll(
      client,
      results.filter(({ taskState }) => taskState !== null).length,
    );
    results = await delivered(client, inquiries, sent);
    const by = Object.entries(done).map(([agent, count]) => `${agent} ${count}`);
    say('answered by', by.join(', '));
    say('approved', `${approved} by the supervisor`);
    say('states', counted(results.map(({ state }) => state ?? 'lost')));
    wrong.push(
      ...refused,
      ...results.flatMap(({ answers }, index) => (answers === 0 ? [`inquiry ${index + 1}: not answered`] : [])),
    );
  }
  wrong.push(...(await faults(client, inquiries, results)));
  console.log(wrong.length === 0 ? 'nothing was lost, nothing doubled' : wrong.join('\n'));
  return wrong.length === 0 ? 0 : 1;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { rate: { type: 'string', default: '4' }, answer: { type: 'boolean', default: false } },
    });
    const rate = Number(values.rate);
    if (!(rate > 0 && rate <= 100)) throw new Error('--rate takes a number above 0 and up to 100');
    return { rate, answer: values.answer };
  } catch (error) {
    console.error(`atende: ${error.message}`);
    console.error('usage: npm run demo -- [--rate <messages a second>] [--answer]');
    return null;
  }
}

function readDemo() {
  const file = join(resolve(process.env.ATENDE_HOME || '.atende'), 'demo.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error(`atende: ${file} cannot be read (ATENDE_HOME): run npm start first`);
    return null;
  }
}

/** Answers reach the buyer a moment after they were given. */
async function delivered(client, inquiries, sent) {
  for (let attempt = 0; ; attempt += 1) {
    const results = await look(client, inquiries, sent);
    if (attempt >= 40 || results.every(({ answers }) => answers > 0)) return results;
    await sleep(500);
  }
}

function tell(results) {
  const among = (holds) => `${results.filter(holds).length} of ${results.length}`;
  const asExpected = (part) => `${among((result) => result[part] === result.expected[part])} as a person would say`;
  say(
    'inquiries',
    among(({ id }) => id !== null),
  );
  say('language', asExpected('language'));
  say('intent', asExpected('intent'));
  say(
    'acknowledged',
    among(({ acknowledged }) => acknowledged === 1),
  );
  say('with', counted(results.map(({ offeredTo, queue }) => offeredTo ?? `queue ${queue ?? '–'}`)));
  say('states', counted(results.map(({ state }) => state ?? 'lost')));
}

function say(what, figure) {
  console.log(`${what.padEnd(12)}  ${figure}`);
}
