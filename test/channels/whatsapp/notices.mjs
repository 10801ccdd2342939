/** Tells the application what has happened, signed over the raw bytes; whoever does not answer 200 is told again. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 12;

/** One notice about some messages of buyers. */
export function notifyMessages(world, messages) {
  const contacts = messages.filter((one) => one !== null && typeof one === 'object').map((one) => world.contactOf(one));
  return notify(world, 'messages', { contacts, messages });
}

/** A notice for each status of a message, in an order the platform does not promise. */
export function notifyStatuses(world, { id, intent, to, user }, failing) {
  const { statuses, shuffle } = world.settings;
  const names = failing === null ? statuses : ['failed'];
  const ordered = shuffle ? [...names].sort(() => Math.random() - 0.5) : names;
  for (const status of ordered) {
    const about = { ...(to ? { recipient_id: to } : { recipient_user_id: user }) };
    const errors =
      failing === null ? {} : { errors: [{ code: failing, title: 'Failed', error_data: { details: '…' } }] };
    const callback = intent === null ? {} : { biz_opaque_callback_data: intent };
    const timestamp = String(Math.floor(world.now() / 1_000));
    notify(world, 'messages', { statuses: [{ id, status, timestamp, ...about, ...callback, ...errors }] });
  }
}

export function notify(world, field, value) {
  const { phoneNumberId, displayPhone, businessAccountId, duplicates, shuffle } = world.settings;
  const metadata = { display_phone_number: displayPhone, phone_number_id: phoneNumberId };
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
  const notice = { object: 'whatsapp_business_account', entry: [{ id: businessAccountId, changes: [change] }] };
  const body = escaped(JSON.stringify(notice));
  world.told.push(body);
  for (let copy = 0; copy <= duplicates; copy += 1) {
    void sleep(shuffle ? Math.random() * 300 : 0, undefined, { ref: false }).then(() => deliver(world, body));
  }
  return { body, signature: sign(world, body) };
}

/** Letters beyond ASCII may come as escapes: whoever signs the text instead of the bytes is wrong. */
function escaped(json) {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sign({ settings: { appSecret } }, body) {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

async function deliver(world, body) {
  if (world.isDisabled) return;
  for (let attempts = 1; attempts <= TRIES; attempts += 1) {
    const { noticesUrl, loss, noticeRetryMs } = world.settings;
    if (noticesUrl === null) return;
    if (Math.random() >= loss && (await post(world, noticesUrl, body)) === 200) return void (world.untaken = 0);
    await sleep(noticeRetryMs * attempts, undefined, { ref: false });
  }
  world.untaken += 1;
  const { disablesAfter } = world.settings;
  if (disablesAfter !== null && world.untaken >= disablesAfter) world.isDisabled = true;
}

async function post(world, url, body) {
  try {
    const signal = AbortSignal.timeout(world.settings.noticeTimeoutMs);
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(world, body) };
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

/** Asks, as the platform does when an address is registered, whether it is the right one. */
export async function subscribe(world) {
  const { noticesUrl, verifyToken } = world.settings;
  const url = new URL(noticesUrl);
  const challenge = String(parseInt(randomUUID().slice(0, 8), 16));
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': challenge };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await fetch(url);
  const confirmed = (await response.text()) === challenge;
  if (confirmed) Object.assign(world, { isDisabled: false, untaken: 0 });
  return { status: response.status, confirmed };
}
