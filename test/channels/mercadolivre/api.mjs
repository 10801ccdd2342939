/** The platform's own API, as far as questions, messages after a sale, notices and consent go. Each route: [status, body]. */
import { USE_MESSAGES } from './reasons.mjs';
import { LIMITS, shown, shownOld, stamp, textFault } from './world.mjs';

const error = (status, code, message = code) => [status, { message, error: code, status, cause: [] }];

const FILE_TYPES = new Set(['image/jpeg', 'image/png', 'application/pdf', 'text/plain']);

/** `[method, pattern, call, handler]`; `call` is what faults are planned for. */
export const ROUTES = [
  ['GET', /^\/questions\/search$/, 'read', searchQuestions],
  ['GET', /^\/questions\/(?<id>\d+)$/, 'read', readQuestion],
  ['POST', /^\/answers$/, 'send', answerQuestion],
  ['GET', /^\/messages\/unread$/, 'read', unread],
  ['GET', /^\/messages\/packs\/(?<pack>\d+)\/sellers\/(?<seller>\d+)$/, 'read', readPack],
  ['POST', /^\/messages\/packs\/(?<pack>\d+)\/sellers\/(?<seller>\d+)$/, 'send', writeToPack],
  ['POST', /^\/messages\/attachments$/, 'upload', uploadFile],
  ['GET', /^\/messages\/attachments\/(?<file>[\w.-]+)$/, 'file', readFile],
  ['GET', /^\/messages\/(?<id>[0-9a-f]+)$/, 'read', readMessage],
  ['GET', /^\/missed_feeds$/, 'read', missedFeeds],
  ['GET', /^\/packs\/(?<pack>\d+)$/, 'read', packOf],
  ['GET', /^\/orders\/(?<order>\d+)$/, 'read', orderOf],
  ['GET', /^\/items\/(?<item>\w+)$/, 'read', itemOf],
  ['POST', /^\/users\/(?<user>\d+)\/(?<list>questions|order)_blacklist$/, 'block', block],
  ['DELETE', /^\/users\/(?<user>\d+)\/(?<list>questions|order)_blacklist\/(?<buyer>\d+)$/, 'block', unblock],
  ['GET', /^\/users\/(?<user>\d+)\/questions\/response_time$/, 'read', responseTime],
];

function searchQuestions(world, { query }) {
  const { limit = '50', offset = '0', status, seller_id: seller } = query;
  if (query.api_version !== '4') return error(400, 'invalid_api_version');
  if (Number(seller) !== world.settings.sellerId) return error(403, 'forbidden');
  const all = [...world.questions.values()].filter((one) => status === undefined || one.status === status);
  const newest = all.sort((left, right) => right.id - left.id);
  const questions = newest.slice(Number(offset), Number(offset) + Math.min(50, Number(limit)));
  return [
    200,
    { total: all.length, limit: Number(limit), questions, filters: {}, available_filters: [], available_sorts: [] },
  ];
}

function readQuestion(world, { params, query }) {
  const question = world.questions.get(Number(params.id));
  if (query.api_version !== '4') return error(400, 'invalid_api_version');
  return question === undefined ? error(404, 'not_found') : [200, { ...question, last_updated: question.date_created }];
}

function answerQuestion(world, { body }, planned) {
  const question = world.questions.get(body.question_id);
  if (!Number.isInteger(body.question_id) || typeof body.text !== 'string') return error(400, 'invalid_post_body');
  if (question === undefined) return error(404, 'invalid_question');
  if (planned?.fault === 'refuse') return error(400, 'not_active_item');
  if (body.text === '' || body.text.length > LIMITS.answer) return error(400, 'invalid_post_body');
  if (question.status !== 'UNANSWERED') return error(400, 'not_unanswered_question');
  world.answer(question, body.text);
  if (planned?.fault === 'moderate') question.answer.status = 'BANNED';
  world.taken.push({ about: String(question.id), text: body.text });
  return [200, question];
}

function readPack(world, { params, query }) {
  const pack = world.packs.get(Number(params.pack));
  if (query.tag !== 'post_sale') return error(400, 'tag_required');
  if (pack === undefined || Number(params.seller) !== world.settings.sellerId) return error(404, 'not_found');
  const all = world.messagesOf(pack.id);
  if (query.mark_as_read !== 'false') {
    for (const message of all)
      if (message.from.user_id !== world.settings.sellerId) message.read ??= stamp(world.now());
  }
  const { limit = '10', offset = '0' } = query;
  // Newest first, in pages.
  const page = [...all].reverse().slice(Number(offset), Number(offset) + Number(limit));
  return [
    200,
    {
      paging: { limit: Number(limit), offset: Number(offset), total: all.length },
      conversation_status: {
        path: `/packs/${pack.id}/sellers/${params.seller}${pack.agent ? '/conversations/post_sale' : ''}`,
        status: pack.substatus === null ? 'active' : 'blocked',
        substatus: pack.substatus,
        status_date: stamp(world.now()),
        status_update_allowed: false,
        claim_ids: [],
        shipping_id: null,
      },
      messages: page.map((message) => shown(message, world.settings)),
      seller_max_message_length: LIMITS.message,
      buyer_max_message_length: 3500,
    },
  ];
}

function writeToPack(world, { params, query, body }, planned) {
  const { sellerId, agentId } = world.settings;
  const pack = world.packs.get(Number(params.pack));
  if (query.tag !== 'post_sale') return error(400, 'tag_required');
  if (pack === undefined) return error(404, 'not_found');
  const blocked = planned?.fault === 'refuse' || ![null, USE_MESSAGES].includes(pack.substatus);
  if (blocked) return [403, { code: 'forbidden', message: 'blocked_conversation_send_message_forbidden', status: 403 }];
  const fault = textFault(body.text);
  if (fault !== null) return error(400, 'bad_request', fault);
  const to = Number(body.to?.user_id);
  if (Number(body.from?.user_id) !== sellerId) return error(400, 'bad_request', 'from.user_id is invalid');
  if (to === sellerId) return error(400, 'bad_request', 'sender equals receiver');
  if (to !== (pack.agent ? agentId : pack.buyerId)) return error(400, 'bad_request', 'to.user_id is invalid');
  const files = (body.attachments ?? []).map((id) => world.files.get(id));
  if (files.length > LIMITS.files || files.some((file) => file === undefined))
    return error(400, 'bad_request', 'attachments is invalid');
  const moderated =
    planned?.fault === 'moderate' ? { status: 'moderated', moderation: 'rejected', reason: 'PERSONAL_DATA' } : {};
  const message = world.write(pack, { text: body.text, from: 'seller', kept: files, ...moderated });
  const sentFiles = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }));
  world.taken.push({ about: String(pack.id), text: body.text, files: sentFiles });
  return [201, shown(message, world.settings)];
}

function readMessage(world, { params, query }) {
  const message = world.messages.get(params.id);
  if (query.tag !== 'post_sale') return error(400, 'tag_required');
  if (message === undefined) return error(404, 'not_found');
  if (message.hiddenFor > 0) {
    message.hiddenFor -= 1;
    return error(404, 'not_found', 'The message could not be retrieved from storage');
  }
  const isOld = world.settings.oldShape === true;
  return [
    200,
    isOld
      ? shownOld(message, world.settings)
      : { conversation_status: null, messages: [shown(message, world.settings)] },
  ];
}

function uploadFile(world, { query, file }) {
  if (query.tag !== 'post_sale' || query.site_id !== 'MLB') return error(400, 'tag_required');
  if (file === null || file.name.length > 200 || /[/\\]/.test(file.name)) return error(400, 'invalid_file');
  if (!FILE_TYPES.has(file.type)) return error(400, 'invalid_file_type');
  return [200, { id: world.keep({ ...file, base64: file.bytes.toString('base64') }).id }];
}

function readFile(world, { params, query }) {
  const file = world.files.get(params.file);
  if (query.tag !== 'post_sale' || query.site_id !== 'MLB') return error(400, 'tag_required');
  return file === undefined ? error(404, 'not_found') : [200, file.bytes, { 'content-type': file.type }];
}

function unread(world, { query }) {
  if (query.role !== 'seller') return error(400, 'role_required');
  const { sellerId } = world.settings;
  const results = [...world.packs.values()].flatMap((pack) => {
    const open = world.messagesOf(pack.id).filter((one) => one.from.user_id !== sellerId && one.read === null);
    return open.length === 0 ? [] : [{ resource: `/packs/${pack.id}/sellers/${sellerId}`, count: open.length }];
  });
  return [200, { user_id: sellerId, results: results.slice(0, 500) }];
}

function missedFeeds(world, { query }) {
  if (query.app_id !== world.settings.clientId) return error(403, 'forbidden');
  const { limit = '10', offset = '0' } = query;
  return [200, { messages: world.missed.slice(Number(offset), Number(offset) + Number(limit)) }];
}

function packOf(world, { params }) {
  const pack = world.packs.get(Number(params.pack));
  if (pack === undefined || pack.single) return error(404, 'not_found');
  return [200, { id: pack.id, orders: [{ id: pack.orderId }], buyer: { id: pack.buyerId }, status: 'released' }];
}

function orderOf(world, { params }) {
  const pack = [...world.packs.values()].find(({ orderId }) => orderId === Number(params.order));
  if (pack === undefined) return error(404, 'not_found');
  const packId = pack.single ? null : pack.id;
  return [200, { id: pack.orderId, status: 'paid', buyer: { id: pack.buyerId }, pack_id: packId, ...bill(pack) }];
}

/** What an order comes to. */
function bill({ items, at }) {
  const order_items = items.map(({ id, title, quantity, price }) => {
    return { item: { id, title, variation_id: null }, quantity, unit_price: price };
  });
  const total_amount = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return { date_created: stamp(at), currency_id: 'BRL', total_amount, order_items };
}

function itemOf(world, { params }) {
  const item = world.items.get(params.item);
  return item === undefined ? error(404, 'not_found') : [200, item];
}

function block(world, { params, body }) {
  if (Number(params.user) !== world.settings.sellerId) return error(403, 'forbidden');
  const buyer = body.user_id;
  if (!Number.isInteger(buyer)) return error(400, 'invalid_post_body');
  world.blocked[params.list].add(buyer);
  return [200, { user_id: buyer }];
}

function unblock(world, { params }) {
  if (Number(params.user) !== world.settings.sellerId) return error(403, 'forbidden');
  return world.blocked[params.list].delete(Number(params.buyer)) ? [200, {}] : error(404, 'not_found');
}

function responseTime(world, { params }) {
  if (world.questions.size === 0) return error(404, 'not_found');
  const figure = { response_time: 42, sales_percent_increase: 0 };
  return [200, { user_id: Number(params.user), total: { response_time: 42 }, weekdays_working_hours: figure }];
}
