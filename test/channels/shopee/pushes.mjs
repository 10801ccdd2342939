/** Telling the application what has changed: signed, four tries, then it is kept until it is asked for and confirmed. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { textOf } from './json.mjs';
import { shownMessage } from './world.mjs';

const TRIES = 4;

/** Tells of a message, by a buyer or by the shop itself. */
export function tellOfMessage(world, message) {
  const conversation = world.conversations.get(message.conversation);
  const content = {
    ...shownMessage(world, message, world.isNumeric()),
    shop_id: world.settings.shopId,
    from_user_name: message.from === 'buyer' ? conversation.name : 'loja',
    business_type: conversation.businessType,
    is_in_chatbot_session: false,
  };
  push(world, 10, { type: 'message', region: 'BR', content });
}

/** Tells of anything. What is told twice, late or not at all is up to the settings. */
export function push(world, code, data, { withShop = true, timestamp = Math.floor(world.now() / 1_000) } = {}) {
  if (world.settings.pushStatus === 'Suspended') return;
  const { duplicates, loss, shuffle, shopId } = world.settings;
  const text = textOf({ ...(withShop ? { shop_id: shopId } : {}), code, timestamp, data });
  for (let copy = 0; copy <= duplicates; copy += 1) {
    const late = shuffle ? Math.random() * 300 : 0;
    const isLost = Math.random() < loss;
    void sleep(late).then(() => (isLost ? lose(world, code, timestamp, text) : deliver(world, code, timestamp, text)));
  }
}

async function deliver(world, code, timestamp, text) {
  const { pushUrl, pushRetryMs, pushTimeoutMs } = world.settings;
  for (let attempt = 1; pushUrl !== null && attempt <= TRIES; attempt += 1) {
    if (await post(world, pushUrl, text, pushTimeoutMs)) return void (world.untaken = 0);
    await sleep(pushRetryMs * attempt, undefined, { ref: false });
  }
  world.untaken += 1;
  const { suspendsAfter } = world.settings;
  if (suspendsAfter !== null && world.untaken >= suspendsAfter) world.settings.pushStatus = 'Suspended';
  lose(world, code, timestamp, text);
}

function lose(world, code, timestamp, text) {
  world.lostId += 1n;
  world.lost.push({ id: world.lostId, shop_id: world.settings.shopId, code, timestamp, data: text });
}

/** Whether it was answered as the platform wants it: 2xx, in time, without a redirect and without a body. */
async function post(world, url, text, timeoutMs) {
  try {
    const sign = createHmac('sha256', world.settings.pushKey).update(`${url}|${text}`).digest('hex');
    // Deliveries may come another way than the address says, as behind a proxy.
    const response = await fetch(world.settings.pushVia ?? url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: sign },
      body: text,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const said = await response.text();
    return response.status >= 200 && response.status < 300 && said === '';
  } catch {
    return false;
  }
}
