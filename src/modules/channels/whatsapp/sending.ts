import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Access, OutgoingMessage } from '../connector.js';
import { timed } from '../exchange.js';
import type { Reply } from '../exchange.js';
import { asJson, multipart } from '../request-body.js';
import { addressOf } from './addresses.js';
import { verdictOf, wordOf } from './codes.js';
import { jsonOf, notUploaded } from '../answers.js';
import { codeOf } from './http.js';
import type { WhatsAppHttp } from './http.js';
import { phoneShape, sentShape } from './shapes.js';

/**
 * Hands a message over. The platform knows no idempotency key and nobody can ask it what became of a message, but everything it
 * tells of one carries the intent.
 */
export async function send(http: WhatsAppHttp, given: Access, message: OutgoingMessage): Promise<SendOutcome> {
  // All requests of one attempt share its time.
  const access = timed(given);
  const address = addressOf(message.conversationId);
  if (address === null) return { kind: 'refused', reason: 'address_unknown' };
  const files = await upload(http, access, message);
  if ('kind' in files) return files;
  const body = asJson({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(address.kind === 'phone' ? { to: address.id } : { recipient: address.id }),
    ...(message.inReplyTo === null ? {} : { context: { message_id: message.inReplyTo } }),
    biz_opaque_callback_data: message.intentId,
    ...contentOf(message, files.id),
  });
  const ask = { group: 'messages', urgent: true } as const;
  return outcomeOf(await http.ask(access, { ...ask, path: [access.account ?? '', 'messages'], body }));
}

/** What is sent has to be there before; nothing comes of what no message names. */
async function upload(
  http: WhatsAppHttp,
  access: Access,
  { files = [], template }: OutgoingMessage,
): Promise<{ readonly id: string | null } | SendOutcome> {
  const [file] = files;
  if (file === undefined) return { id: null };
  if (template !== undefined) return { kind: 'refused', reason: 'template_without_files' };
  const words = { messaging_product: 'whatsapp', type: file.mediaType };
  const reply = await http.ask(access, {
    group: 'media',
    urgent: true,
    path: [access.account ?? '', 'media'],
    body: await multipart('file', file, words),
  });
  const id = reply.kind === 'answered' ? phoneShape.safeParse(jsonOf(reply.text)).data?.id : undefined;
  return id === undefined ? notUploaded(outcomeOf(reply)) : { id };
}

function contentOf(
  { text, template, files = [] }: OutgoingMessage,
  mediaId: string | null,
): Readonly<Record<string, unknown>> {
  const [file] = files;
  if (file !== undefined && mediaId !== null) {
    const isPicture = file.mediaType.startsWith('image/');
    const media = { id: mediaId, caption: text, ...(isPicture ? {} : { filename: file.name }) };
    return isPicture ? { type: 'image', image: media } : { type: 'document', document: media };
  }
  if (template === undefined) return { type: 'text', text: { body: text, preview_url: false } };
  const { name, language, values } = template;
  const parameters = values.map((value) => ({
    type: 'text',
    // Places with numbers are filled in by their order.
    ...(/^\d+$/.test(value.name) ? {} : { parameter_name: value.name }),
    text: value.text,
  }));
  const components = parameters.length === 0 ? {} : { components: [{ type: 'body', parameters }] };
  return { type: 'template', template: { name, language: { code: language }, ...components } };
}

/** That it was taken does not mean that it arrived; what becomes of it is told later. */
function outcomeOf(reply: Reply): SendOutcome {
  if (reply.kind === 'lost') return { kind: 'unknown', reason: reply.code };
  if (reply.kind === 'unsent') return { kind: 'not_taken', retryAfterMs: reply.retryAfterMs, reason: reply.code };
  const { status, text, retryAfterMs } = reply;
  const code = codeOf(reply);
  if (code !== null) return refusalOf(code, status, retryAfterMs);
  if (status >= 200 && status < 300) {
    const taken = sentShape.safeParse(jsonOf(text)).data;
    return taken === undefined
      ? { kind: 'unknown', reason: 'answer_unreadable' }
      : { kind: 'taken', status: 'accepted', externalId: taken.messages[0]?.id ?? null };
  }
  if (status === 401) return { kind: 'not_taken', retryAfterMs, reason: 'token_invalid' };
  if (status === 429) return { kind: 'not_taken', retryAfterMs, reason: 'http_429' };
  // An error without a code of the platform comes from something in between, which may have passed the message on.
  return { kind: status >= 500 || status === 408 ? 'unknown' : 'refused', reason: `http_${status}` };
}

function refusalOf(code: number, status: number, retryAfterMs: number | null): SendOutcome {
  const verdict = verdictOf(code, status);
  switch (verdict.kind) {
    case 'later':
      return {
        kind: 'not_taken',
        retryAfterMs: retryAfterMs ?? verdict.retryAfterMs,
        reason: `whatsapp_${code}`,
      };
    case 'unsure':
      return { kind: 'unknown', reason: `whatsapp_${code}` };
    case 'unauthorised':
      return { kind: 'not_taken', retryAfterMs: null, reason: 'token_invalid' };
    case 'refused':
      return { kind: 'refused', reason: wordOf(code) };
  }
}
