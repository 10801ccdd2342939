/** Claims: what buyers, sellers and mediators write to each other. Messages have no ids. Each route: [status, body]. */
import { stamp } from './world.mjs';

const FILE_TYPES = new Set(['image/jpeg', 'image/png', 'application/pdf']);
const MAX_FILE = 5_000_000;

const error = (status, code) => [status, { message: code, error: code, status, cause: [] }];

/** `[method, pattern, call, handler]` */
export const CLAIM_ROUTES = [
  ['GET', /^\/post-purchase\/v1\/claims\/search$/, 'read', search],
  ['GET', /^\/post-purchase\/v1\/claims\/(?<id>\d+)$/, 'read', readClaim],
  ['GET', /^\/post-purchase\/v1\/claims\/(?<id>\d+)\/messages$/, 'read', readMessages],
  ['POST', /^\/post-purchase\/v1\/claims\/(?<id>\d+)\/actions\/send-message$/, 'send', write],
  ['POST', /^\/post-purchase\/v1\/claims\/(?<id>\d+)\/attachments$/, 'upload', upload],
  ['GET', /^\/post-purchase\/v1\/claims\/(?<id>\d+)\/attachments\/(?<file>[\w.-]+)\/download$/, 'file', readFile],
];

function search(world, { query }) {
  const { limit = '30', offset = '0', status } = query;
  const isOurs = Number(query['players.user_id']) === world.settings.sellerId;
  if (!isOurs || query['players.role'] !== 'respondent') return error(403, 'forbidden');
  const all = [...world.claims.values()].filter((claim) => status === undefined || claim.status === status);
  const page = all.slice(Number(offset), Number(offset) + Number(limit));
  const paging = { total: all.length, offset: Number(offset), limit: Number(limit) };
  return [200, { paging, data: page.map((claim) => shown(world, claim)) }];
}

function readClaim(world, { params }) {
  const claim = world.claims.get(Number(params.id));
  return claim === undefined ? error(404, 'not_found') : [200, shown(world, claim)];
}

function readMessages(world, { params }) {
  const claim = world.claims.get(Number(params.id));
  if (claim === undefined) return error(404, 'not_found');
  // Newest first; what the buyer and the platform write to each other is not shown to the seller.
  const messages = claim.messages.filter(({ sender, receiver }) => [sender, receiver].includes('respondent'));
  return [200, messages.map((message) => said(claim, message)).reverse()];
}

function write(world, { params, body }, planned) {
  const claim = world.claims.get(Number(params.id));
  const { receiver_role: receiver, message: text, attachments = [] } = body;
  if (claim === undefined) return error(404, 'not_found');
  if (planned?.fault === 'refuse') return error(400, 'invalid_action');
  if (!mayWriteTo(claim).includes(receiver)) return error(403, 'action_not_allowed');
  if (typeof text !== 'string' || text === '') return error(400, 'message_required');
  const files = attachments.map((name) => world.files.get(name));
  if (files.some((file) => file === undefined)) return error(400, 'attachment_not_found');
  const moderated = planned?.fault === 'moderate' ? { reason: 'PERSONAL_DATA' } : {};
  world.claimed(claim, { sender: 'respondent', receiver, text, kept: files, ...moderated });
  const sentFiles = files.map(({ name, type }) => ({ name, type }));
  world.taken.push({ about: String(claim.id), text, receiver, files: sentFiles });
  return [201, {}];
}

function upload(world, { params, file }) {
  if (!world.claims.has(Number(params.id))) return error(404, 'not_found');
  if (file === null || !/^[a-zA-Z0-9._-]{1,125}$/.test(file.name)) return error(400, 'invalid_file_name');
  if (!FILE_TYPES.has(file.type) || file.bytes.length > MAX_FILE) return error(400, 'invalid_file');
  const { id: filename } = world.keep({ ...file, base64: file.bytes.toString('base64') });
  return [200, { user_id: world.settings.sellerId, filename }];
}

function readFile(world, { params }) {
  const file = world.files.get(params.file);
  return file === undefined ? error(404, 'not_found') : [200, file.bytes, { 'content-type': file.type }];
}

/** Whom the seller may write to: the buyer, until the platform mediates. */
function mayWriteTo({ status, stage }) {
  if (status !== 'opened') return [];
  return stage === 'dispute' ? ['mediator'] : ['complainant'];
}

function shown({ settings }, claim) {
  const available_actions = mayWriteTo(claim).map((role) => {
    return { action: `send_message_to_${role}`, mandatory: false, due_date: null };
  });
  return {
    ...{ id: claim.id, resource_id: claim.orderId, resource: 'order', status: claim.status, stage: claim.stage },
    ...{ type: 'mediations', parent_id: null, reason_id: 'PDD9939', site_id: 'MLB', resolution: null },
    players: [
      { role: 'complainant', type: 'buyer', user_id: claim.buyerId, available_actions: [] },
      { role: 'respondent', type: 'seller', user_id: settings.sellerId, available_actions },
      { role: 'mediator', type: 'internal', user_id: 5, available_actions: [] },
    ],
    date_created: stamp(claim.at),
    last_updated: stamp(claim.at),
  };
}

function said({ stage }, { sender, receiver, text, at, files, reason }) {
  const date = stamp(at);
  return {
    ...{
      sender_role: sender,
      receiver_role: receiver,
      message: text,
      translated_message: null,
      stage,
      repeated: false,
    },
    ...{ date_created: date, last_updated: date, message_date: date, date_read: null },
    attachments: files.map(({ id, name, type, bytes }) => {
      return { filename: id, original_filename: name, size: bytes.length, date_created: date, type };
    }),
    status: reason === null ? 'available' : 'moderated',
    message_moderation: { status: reason === null ? 'clean' : 'rejected', reason: reason ?? '', source: 'online' },
  };
}
