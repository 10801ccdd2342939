/** The platform's own API, as far as messages, media, templates and accounts go. Each route: [status, body]. */
import { randomUUID } from 'node:crypto';
import { notifyStatuses } from './notices.mjs';
import { textFault } from './world.mjs';

const PICTURES = new Set(['image/jpeg', 'image/png']);

/** `[method, pattern, call, handler]`, below the version; `call` is what faults are planned for. */
export const ROUTES = [
  ['POST', /^\/(?<phone>\d+)\/messages$/, 'send', sendMessage],
  ['POST', /^\/(?<phone>\d+)\/media$/, 'upload', uploadMedia],
  ['GET', /^\/(?<account>\d+)\/phone_numbers$/, 'read', phoneNumbers],
  ['GET', /^\/(?<account>\d+)\/message_templates$/, 'read', templates],
  ['GET', /^\/(?<id>\d+)$/, 'read', thing],
];

export function graphError(status, code, message = `(#${code})`) {
  const data = { messaging_product: 'whatsapp', details: 'Invented by the local server' };
  const error = { message, type: 'OAuthException', code, error_data: data, fbtrace_id: randomUUID() };
  return [status, { error }];
}

function sendMessage(world, { params, body }, planned) {
  const { phoneNumberId, pairMs, refusesClosedWindow } = world.settings;
  if (params.phone !== phoneNumberId) return graphError(400, 100, 'Unsupported post request');
  if (body.messaging_product !== 'whatsapp') return graphError(400, 131_008);
  if (world.isCrowded()) return graphError(429, 130_429, 'Cloud API message throughput has been reached');
  if (planned?.fault === 'refuse') return graphError(400, planned.code ?? 131_026);
  // Given both, it goes to the number.
  const person = world.people.get(body.to ?? body.recipient) ?? { lastAt: 0, lastSentAt: 0 };
  const fault = body.type === 'template' ? templateFault(world, body.template) : contentFault(world, body);
  if (fault !== null) return graphError(400, fault);
  if (world.now() - person.lastSentAt < pairMs) {
    world.limited += 1;
    return graphError(400, 131_056, 'Too many messages to the same person');
  }
  const isClosed = body.type !== 'template' && !world.isOpen(person);
  if (isClosed && refusesClosedWindow) return graphError(400, 131_047);
  person.lastSentAt = world.now();
  const id = world.wamid();
  const intent = body.biz_opaque_callback_data ?? null;
  world.taken.push({
    id,
    intent,
    to: body.to ?? body.recipient,
    text: shownText(world, body),
    context: body.context ?? null,
    type: body.type,
    file: fileOf(world, body),
  });
  const failing = isClosed ? 131_047 : planned?.fault === 'fail_later' ? (planned.code ?? 131_026) : null;
  notifyStatuses(world, { id, intent, to: body.to, user: body.recipient }, failing);
  return [
    200,
    {
      messaging_product: 'whatsapp',
      contacts: [{ input: body.to ?? body.recipient, ...(body.to ? { wa_id: body.to } : {}) }],
      messages: [{ id, message_status: 'accepted' }],
    },
  ];
}

/** Pictures and documents that somebody uploaded before, with a caption. */
function contentFault(world, body) {
  if (body.type === 'text') return textFault(body.text);
  const { id, caption = '' } = body[body.type] ?? {};
  const medium = world.media.get(id);
  if (medium === undefined || caption.length > 1024) return 100;
  const isPicture = PICTURES.has(medium.mime);
  return body.type === (isPicture ? 'image' : 'document') ? null : 131_053;
}

function fileOf(world, body) {
  const given = body[body.type];
  const medium = body.type === 'template' ? undefined : world.media.get(given?.id);
  return medium === undefined
    ? null
    : { mime: medium.mime, name: given.filename ?? null, base64: medium.bytes.toString('base64') };
}

function uploadMedia(world, { params, file }) {
  if (params.phone !== world.settings.phoneNumberId || file === null) return graphError(400, 100);
  if (PICTURES.has(file.type) && file.bytes.length > 5_000_000) return graphError(400, 131_053);
  return [200, { id: world.keepMedia(file.bytes, file.type) }];
}

function bodyTextOf(template) {
  return template?.components.find(({ type }) => type === 'BODY')?.text ?? '';
}

function findTemplate(world, { name, language } = {}) {
  return world.templates.find((one) => one.name === name && one.language === language?.code);
}

function templateFault(world, given) {
  const template = findTemplate(world, given);
  if (template === undefined) return 132_001;
  if (template.status === 'PAUSED') return 132_015;
  if (template.status === 'DISABLED') return 132_016;
  if (template.status !== 'APPROVED') return 132_001;
  const wanted = new Set([...bodyTextOf(template).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name));
  const parameters = (given.components ?? []).find(({ type }) => type === 'body')?.parameters ?? [];
  if (parameters.length !== wanted.size) return 132_000;
  const isNamed = template.parameter_format === 'NAMED';
  return isNamed && parameters.some((one) => !wanted.has(one.parameter_name)) ? 132_012 : null;
}

function shownText(world, body) {
  if (body.type !== 'template') return body.text?.body ?? body[body.type].caption;
  const parameters = (body.template.components ?? []).find(({ type }) => type === 'body')?.parameters ?? [];
  const valueOf = (name) =>
    (parameters.find((one) => one.parameter_name === name) ?? parameters[Number(name) - 1])?.text;
  return bodyTextOf(findTemplate(world, body.template)).replace(/\{\{(\w+)\}\}/g, (_all, name) => valueOf(name));
}

function phoneNumbers(world, { params }) {
  const { businessAccountId, phoneNumberId, displayPhone } = world.settings;
  if (params.account !== businessAccountId) return graphError(400, 100, 'Unsupported get request');
  return [200, { data: [{ id: phoneNumberId, display_phone_number: displayPhone, quality_rating: 'GREEN' }] }];
}

/** In pages of two, so that nobody is content with the first. */
function templates(world, { params, query }) {
  if (params.account !== world.settings.businessAccountId) return graphError(400, 100, 'Unsupported get request');
  const from = Number(query.after ?? 0);
  const isLast = from + 2 >= world.templates.length;
  const paging = {
    cursors: { before: String(from), after: String(from + 2) },
    ...(isLast ? {} : { next: 'https://…' }),
  };
  return [200, { data: world.templates.slice(from, from + 2), paging }];
}

/** A phone number, or a medium with an address that holds for five minutes. */
function thing(world, { params, origin }) {
  const { phoneNumberId, displayPhone, mediaUrlMs } = world.settings;
  if (params.id === phoneNumberId) return [200, { id: phoneNumberId, display_phone_number: displayPhone }];
  const medium = world.media.get(params.id);
  if (medium === undefined) return graphError(400, 100, 'Unsupported get request');
  const address = randomUUID();
  medium.addresses.set(address, world.now() + mediaUrlMs);
  const { mime, sha256, bytes } = medium;
  const url = `${origin}/media/${params.id}/${address}`;
  return [200, { messaging_product: 'whatsapp', id: params.id, url, mime_type: mime, sha256, file_size: bytes.length }];
}
