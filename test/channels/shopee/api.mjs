/** The platform's own API, as far as the chat, pushes and a shop's figures go. Each route: [status, body]. */
import { error } from './faults.mjs';
import { tellOfMessage } from './pushes.mjs';
import { shownConversation, shownMessage, unreadOf } from './world.mjs';

const DAY_S = 86_400;

const done = (response) => [200, { request_id: 'sim', error: '', message: '', warning: '', response }];
const failed = (word, message) => [200, error(word, message)];

/** By path: how it is asked, what faults are planned for, whether it is about the application alone. */
export const ROUTES = {
  '/api/v2/sellerchat/get_conversation_list': { method: 'GET', call: 'list', handler: conversations },
  '/api/v2/sellerchat/get_one_conversation': { method: 'GET', call: 'one', handler: oneConversation },
  '/api/v2/sellerchat/get_message': { method: 'GET', call: 'read', handler: messages },
  '/api/v2/sellerchat/upload_image': { method: 'POST', call: 'upload', handler: uploadImage },
  '/api/v2/sellerchat/send_message': { method: 'POST', call: 'send', handler: send },
  '/api/v2/push/get_lost_push_message': { method: 'GET', call: 'lost', handler: lostPushes, isPublic: true },
  '/api/v2/push/confirm_consumed_lost_push_message': {
    method: 'POST',
    call: 'confirm',
    handler: confirm,
    isPublic: true,
  },
  '/api/v2/push/get_app_push_config': { method: 'GET', call: 'push_config', handler: pushConfig, isPublic: true },
  '/api/v2/push/set_app_push_config': { method: 'POST', call: 'push_set', handler: setPushes, isPublic: true },
  '/api/v2/order/get_order_detail': { method: 'GET', call: 'orders', handler: orders },
  '/api/v2/product/get_item_base_info': { method: 'GET', call: 'products', handler: products },
  '/api/v2/voucher/get_voucher_list': { method: 'GET', call: 'vouchers', handler: vouchers },
  '/api/v2/account_health/get_shop_performance': { method: 'GET', call: 'performance', handler: performance },
};

/** Up to fifty by their numbers; what nobody asks for is left out. */
function orders(world, { query }) {
  const { order_sn_list: list = '', response_optional_fields: wanted = '' } = query;
  const numbers = list.split(',').filter((number) => number !== '');
  if (numbers.length === 0 || numbers.length > 50) return failed('error_param', 'order_sn_list is invalid');
  const fields = new Set(wanted.split(','));
  const found = numbers.flatMap((number) => world.orders.get(number) ?? []);
  if (found.length === 0) return failed('error_not_found', 'Wrong parameters, detail: the order is not found.');
  const shown = found.map(({ item_list: items, total_amount: total, ...order }) => ({
    ...order,
    ...(fields.has('item_list') ? { item_list: items } : {}),
    ...(fields.has('total_amount') ? { total_amount: total } : {}),
  }));
  return done({ order_list: shown });
}

function products(world, { query }) {
  const ids = String(query.item_id_list ?? '').split(',');
  return done({ item_list: ids.flatMap((id) => world.items.get(id) ?? []) });
}

/** In pages from 1 on. */
function vouchers(world, { query }) {
  const { status = 'all', page_no: page = '1', page_size: size = '20' } = query;
  if (!['all', 'ongoing', 'upcoming', 'expired'].includes(status) || Number(size) > 100)
    return failed('error_param', 'status or page_size is invalid');
  const now = world.now() / 1_000;
  const stateOf = ({ start_time: start, end_time: end }) =>
    start > now ? 'upcoming' : end <= now ? 'expired' : 'ongoing';
  const all = world.vouchers.filter((voucher) => status === 'all' || stateOf(voucher) === status);
  const from = (Number(page) - 1) * Number(size);
  return done({ more: all.length > from + Number(size), voucher_list: all.slice(from, from + Number(size)) });
}

function conversations(world, { query }) {
  const { type = 'all', page_size: size = '25', next_timestamp_nano: before } = query;
  const shown = [...world.conversations.values()]
    .filter((one) => type !== 'unread' || unreadOf(world, one) > 0)
    .map((one) => shownConversation(world, one, world.isNumeric()))
    .filter((one) => one.latest_message_id !== null)
    .sort((left, right) => (left.last_message_timestamp < right.last_message_timestamp ? 1 : -1))
    .filter((one) => before === undefined || one.last_message_timestamp < BigInt(before));
  const page = shown.slice(0, Number(size));
  const last = page.at(-1);
  const cursor = {
    next_message_time_nano: String(last?.last_message_timestamp ?? 0),
    conversation_id: String(last?.conversation_id ?? 0),
  };
  return done({
    page_result: { page_size: page.length, next_cursor: cursor, more: shown.length > page.length },
    conversations: page,
  });
}

function oneConversation(world, { query }) {
  const conversation = world.conversations.get(query.conversation_id);
  return conversation === undefined
    ? failed('error_param', 'The information you queried is not found.')
    : done(shownConversation(world, conversation, world.isNumeric()));
}

/** Newest first, in pages. */
function messages(world, { query }) {
  const { conversation_id: id, offset = '0', page_size: size = '25' } = query;
  if (!world.conversations.has(id)) return failed('error_param', 'The information you queried is not found.');
  const all = world.messagesOf(id).filter((message) => {
    message.hiddenFor -= message.hiddenFor > 0 ? 1 : 0;
    return message.hiddenFor === 0;
  });
  const isNumeric = world.isNumeric();
  const page = [...all].reverse().slice(Number(offset), Number(offset) + Number(size));
  const next = Number(offset) + page.length;
  return done({
    messages: page.map((message) => shownMessage(world, message, isNumeric)),
    page_result: { page_size: page.length, next_offset: next < all.length ? String(next) : '' },
  });
}

function send(world, { body }) {
  const { to_id: to, message_type: type, content } = body;
  const picture = type === 'image' ? world.pictures.get(String(content?.image_url).split('/').at(-1)) : undefined;
  if (type === 'image' && picture?.from !== 'shop') return failed('error_param', 'image_url is invalid');
  const card = cardIn(type, content);
  if (card === null) return failed('error_param', 'content of the card is invalid');
  if (
    card === undefined &&
    type !== 'image' &&
    (type !== 'text' || typeof content?.text !== 'string' || content.text === '')
  )
    return failed('error_param', 'content.text is required');
  const { text = '' } = picture === undefined && card === undefined ? content : {};
  if (text.length > world.settings.maxLength) return failed('error_param', 'text is too long');
  const conversation = [...world.conversations.values()].find(
    (one) => one.buyerId === String(to) && one.businessType === 0,
  );
  if (conversation === undefined) return failed('invalid_to_id', 'to_id is invalid');
  if (!mayWrite(world, conversation)) return failed('user_is_forbidden', 'The user can not be contacted.');
  const isCensored = /censurado/i.test(text);
  const message = world.write(conversation, {
    type,
    content: card ?? (picture === undefined ? { text } : { url: content.image_url, thumb_url: content.image_url }),
    from: 'shop',
    status: isCensored ? 'censored_blacklist' : 'normal',
    source: 'openapi',
  });
  const image =
    picture === undefined ? {} : { image: { mime: picture.mime, base64: picture.bytes.toString('base64') } };
  world.taken.push({ about: conversation.id, text, ...image, ...(card === undefined ? {} : { card }) });
  if (world.settings.echo) tellOfMessage(world, message);
  const {
    message_id: messageId,
    to_id: toId,
    conversation_id: conversationId,
    created_timestamp: at,
  } = shownMessage(world, message, world.isNumeric());
  return done({
    message_id: messageId,
    to_id: toId,
    message_type: type,
    content,
    conversation_id: conversationId,
    created_timestamp: at,
    message_option: 0,
  });
}

/** What a card shows; null where it is none of the platform's, undefined for what is no card. */
function cardIn(type, content) {
  if (type === 'item') return /^\d+$/.test(String(content?.item_id)) ? { item_id: String(content.item_id) } : null;
  if (type === 'order') return /^[0-9A-Z]{10,20}$/.test(content?.order_sn) ? { order_sn: content.order_sn } : null;
  return undefined;
}

/** Largest picture that is taken, in bytes, and what it may be. */
const MAX_PICTURE = 2 * 1024 * 1024;
const PICTURES = ['image/jpeg', 'image/png', 'image/gif'];

function uploadImage(world, { file, origin }) {
  if (file === null || !PICTURES.includes(file.type)) return failed('error_param', 'file must be jpg, png or gif');
  if (file.bytes.length > MAX_PICTURE) return failed('error_param', 'file is too large');
  const url = `${origin}/file/${world.keepPicture(file.bytes, file.type, 'shop')}`;
  return done({ url, thumbnail: url });
}

/** The shop may write to who has written lately. */
function mayWrite(world, { id }) {
  const last = world
    .messagesOf(id)
    .filter(({ from }) => from === 'buyer')
    .at(-1);
  return last !== undefined && world.now() / 1_000 - last.at < world.settings.contactDays * DAY_S;
}

function lostPushes(world) {
  const page = world.lost.slice(0, 100);
  const list = page.map(({ shop_id, code, timestamp, data }) => ({ shop_id, code, timestamp, data }));
  return done({
    push_message_list: list,
    has_next_page: world.lost.length > 100,
    last_message_id: page.at(-1)?.id ?? 0,
  });
}

/** Up to a push that there is, whose number came back digit by digit: one that was rounded on the way is nobody's. */
function confirm(world, { body: { last_message_id: last } }) {
  if (!world.lost.some(({ id }) => id === last)) return failed('error_param', 'last_message_id is invalid');
  world.confirmed = String(last);
  world.lost = world.lost.filter(({ id }) => id > last);
  return done({});
}

function pushConfig({ settings }) {
  const { pushUrl, pushStatus } = settings;
  return done({
    callback_url: pushUrl ?? '',
    live_push_status: pushStatus,
    suspended_time: 0,
    blocked_shop_id_list: [],
    push_config_on_list: [2, 10, 12],
    push_config_off_list: [],
  });
}

/** Whoever sets the pushes again is told again, whatever had happened. */
function setPushes(world, { body }) {
  if (typeof body.callback_url === 'string') world.settings.pushUrl = body.callback_url;
  world.settings.pushStatus = 'Normal';
  world.untaken = 0;
  return done({ result: 'success' });
}

function performance() {
  const metric = (id, name, unit, current, target, comparator) => ({
    ...{
      metric_type: 3,
      metric_id: id,
      parent_metric_id: 0,
      metric_name: name,
      current_period: current,
      last_period: current,
    },
    ...{ unit, target: { value: target, comparator }, exemption_end_date: '' },
  });
  return done({
    overall_performance: { rating: 3, fulfillment_failed: 0, listing_failed: 0, custom_service_failed: 0 },
    metric_list: [
      metric(11, 'Chat Response Rate', 2, 93.5, 85, '>='),
      metric(21, 'Response Time', 5, 1.25, 12, '<='),
      metric(23, 'No. of Non-Responded Chats', 1, 2, 5, '<'),
      metric(3, 'Non-Fulfilment Rate', 2, 0.5, 10, '<'),
    ],
  });
}
