/** Telling the application what has changed: eight tries, then it has missed it. Nothing is signed. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { stamp } from './world.mjs';

const TRIES = 8;

/** Tells the application of something. What is told twice, late or not at all is up to the settings. */
export function notify(world, topic, resource, actions) {
  if (world.disabled.has(topic)) return;
  const { sellerId, clientId, duplicates, loss, shuffle } = world.settings;
  const notice = {
    _id: randomUUID(),
    resource,
    // A number now and a text then.
    user_id: world.next % 2 === 0 ? sellerId : String(sellerId),
    topic,
    application_id: Number(clientId),
    attempts: 0,
    sent: stamp(world.now()),
    received: stamp(world.now()),
    ...(actions === undefined ? {} : { actions }),
  };
  for (let copy = 0; copy <= duplicates; copy += 1) {
    const late = shuffle ? Math.random() * 300 : 0;
    const isLost = Math.random() < loss;
    void sleep(late).then(() => (isLost ? miss(world, notice, 0) : deliver(world, notice)));
  }
}

async function deliver(world, notice) {
  const { noticesUrl, noticeRetryMs, noticeTimeoutMs } = world.settings;
  if (noticesUrl === null) return miss(world, notice, 0);
  let code = 0;
  for (let attempts = 1; attempts <= TRIES; attempts += 1) {
    const sent = { ...notice, attempts, sent: stamp(world.now()) };
    code = await post(noticesUrl, sent, noticeTimeoutMs);
    if (code === 200) return void world.untaken.delete(notice.topic);
    await sleep(noticeRetryMs * attempts, undefined, { ref: false });
  }
  miss(world, notice, code);
  const untaken = (world.untaken.get(notice.topic) ?? 0) + 1;
  world.untaken.set(notice.topic, untaken);
  const { disablesAfter } = world.settings;
  if (disablesAfter !== null && untaken >= disablesAfter) world.disabled.add(notice.topic);
}

function miss(world, notice, code) {
  world.missed.push({ ...notice, request: { url: world.settings.noticesUrl }, response: { http_code: code } });
}

async function post(url, notice, timeoutMs) {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(notice), signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
