/** Writing first after a sale: a reason is chosen, each so many times. Each route: [status, body]. */
import { LIMITED, WORDS } from './reasons.mjs';
import { LIMITS, shown, textFault } from './world.mjs';

const refused = (status, error, more = {}) => [status, { message: error, error, status, cause: [], ...more }];

const BLOCKED = { code: 'forbidden', message: 'The conversation is blocked', status: 403 };

/** `[method, pattern, call, handler]` */
export const GUIDE_ROUTES = [
  ['GET', /^\/messages\/action_guide\/packs\/(?<pack>\d+)$/, 'read', readGuide],
  ['GET', /^\/messages\/action_guide\/packs\/(?<pack>\d+)\/caps_available$/, 'read', readCaps],
  ['POST', /^\/messages\/action_guide\/packs\/(?<pack>\d+)\/option$/, 'option', choose],
];

function readGuide(world, { params, query }) {
  const pack = world.packs.get(Number(params.pack));
  if (query.tag !== 'post_sale') return refused(400, 'tag_required');
  if (pack === undefined) return refused(404, 'not_found');
  return isClosed(pack) ? [403, BLOCKED] : [200, { options: pack.reasons }];
}

function readCaps(world, { params, query }) {
  const pack = world.packs.get(Number(params.pack));
  if (query.tag !== 'post_sale') return refused(400, 'tag_required');
  if (pack === undefined) return refused(404, 'not_found');
  return [200, pack.reasons.map(({ id, cap_available }) => ({ option_id: id, cap_available }))];
}

function choose(world, { params, query, body }, planned) {
  const pack = world.packs.get(Number(params.pack));
  if (query.tag !== 'post_sale') return refused(400, 'tag_required');
  if (pack === undefined) return refused(404, 'not_found');
  if (planned?.fault === 'lock') return refused(409, 'conflict');
  if (planned?.fault === 'deactivated') return refused(451, 'unavailable_for_legal_reasons');
  if (isClosed(pack)) return [403, BLOCKED];
  if (pack.excepted) return refused(400, 'blocked_by_excepted_case');
  const reason = pack.reasons.find(({ id }) => id === body.option_id);
  const words = wordsOf(reason, body);
  if (reason === undefined || words === undefined) return refused(404, 'not_found');
  if (planned?.fault === 'refuse' || !reason.enabled || reason.cap_available < 1)
    return [403, { code: 'forbidden', message: 'cap used', status: 403 }];
  if (typeof words !== 'string' || words.length > LIMITS.message) return refused(400, 'limit_exceeded');
  if (textFault(words) !== null) return refused(400, 'bad_request');
  reason.cap_available -= 1;
  const message = world.write(pack, { text: words, from: 'seller' });
  world.taken.push({ about: String(pack.id), text: words, option: body.option_id });
  const { id, status, text, message_date, message_moderation } = shown(message, world.settings);
  return [201, { id, status, text, message_date, message_moderation }];
}

function wordsOf(reason, { template_id: template, text, vars = {} }) {
  if (reason?.type === 'free_text') return text ?? null;
  const known = reason?.templates.find(({ id }) => id === template);
  return known === undefined ? undefined : WORDS[known.id](vars);
}

/** Whether no reason helps: nobody may write, except that a buyer's answer is waited for. */
function isClosed({ substatus }) {
  return substatus !== null && substatus !== LIMITED;
}
