/**
 * What a test, or a person trying things out, tells the platform to do:
 *
 *   POST /sim/messages  { buyerId, name?, text?, type?, content?, from?, at?, status?, source?, about?, businessType?, hiddenFor?, silent? }
 *                                                                       somebody writes; `from: 'shop'` = on the platform's own page
 *   POST /sim/pictures  { base64, mime }                                a picture somebody sends; the path it is kept at
 *   POST /sim/push      { code, data, withShop?, timestamp? }           the application is told, whether it is so or not
 *   POST /sim/verify    { url }                                         the console tries an address: code 0, not signed
 *   POST /sim/status    { messageId, status, silent? }                  the platform changes its mind about a message
 *   POST /sim/unlink    {}                                              the shop's owner takes the consent back
 *   POST /sim/catalog   { orders?, items?, vouchers? }                  what the shop has sold, sells and gives, as the platform shows it
 *   POST /sim/faults    { call, about?, fault, http? }                  what happens to a request; calls: `api.mjs`, and `token`
 *   POST /sim/settings  { … }                                           see `world.mjs`
 *   POST /sim/expire    { refresh? }                                    access tokens end, with `refresh` everything
 *   POST /sim/elapse    { ms }                                          so much time passes for codes and tokens that were given
 *   POST /sim/taken     { about }                                       what was taken in a conversation
 *   POST /sim/confirmed {}                                              up to which lost push the application has said that it has them
 *   GET  /sim/state                                                     what the platform has
 */
import { elapse } from './auth.mjs';
import { push, tellOfMessage } from './pushes.mjs';

export async function control(sim, method, name, given) {
  const act = ACTS[`${method} ${name}`];
  return act === undefined
    ? [404, { error: 'unknown', known: Object.keys(ACTS) }]
    : [200, await act(sim.world, given, sim)];
}

const ACTS = {
  'POST messages': (world, { silent = false, text, content = { text, translation: '' }, ...given }) => {
    const conversation = world.conversationWith(given);
    const message = world.write(conversation, { ...given, content });
    if (!silent) tellOfMessage(world, message);
    return { id: message.id, conversationId: conversation.id };
  },
  'POST pictures': (world, { base64, mime }) => ({
    path: `/file/${world.keepPicture(Buffer.from(base64, 'base64'), mime)}`,
  }),
  'POST push': (world, { code, data, ...how }) => push(world, code, data, how) ?? {},
  'POST verify': async (world, { url }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"code":0}',
    });
    return { status: response.status, body: await response.text() };
  },
  'POST status': (world, { messageId, status, silent = false }) => {
    const message = Object.assign(world.messages.get(messageId), { status });
    if (!silent) tellOfMessage(world, message);
    return {};
  },
  'POST unlink': (world) => {
    world.linked = false;
    world.access.clear();
    const { shopId } = world.settings;
    push(
      world,
      2,
      { authorize_type: 'shop authorization by user', extra: 'cancelled', shop_id: shopId, success: 1 },
      { withShop: false },
    );
    return {};
  },
  'POST catalog': (world, { orders = [], items = [], vouchers = [] }) => {
    for (const order of orders) world.orders.set(order.order_sn, order);
    for (const item of items) world.items.set(String(item.item_id), item);
    world.vouchers.push(...vouchers);
    return {};
  },
  'POST faults': (world, given, sim) => sim.faults.plan(given) ?? {},
  'POST settings': (world, given) => Object.assign(world.settings, given),
  'POST expire': (world, { refresh = false }) => {
    world.access.clear();
    if (refresh) for (const held of world.refresh.values()) held.isUsed = true;
    return {};
  },
  'POST elapse': (world, { ms }) => elapse(world, ms) ?? {},
  'POST taken': (world, { about }) => world.taken.filter((one) => one.about === about),
  'POST confirmed': (world) => ({ last: world.confirmed }),
  'GET state': (world, given, sim) => ({
    conversations: [...world.conversations.values()].map(({ id, buyerId }) => ({ id, buyerId })),
    messages: [...world.messages.values()],
    taken: world.taken,
    lost: world.lost.length,
    refreshed: world.refreshed,
    limited: sim.limited,
    asked: sim.asked,
  }),
};
