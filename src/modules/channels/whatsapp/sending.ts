import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Access, OutgoingMessage } from '../connector.js';
import type { Reply } from '../exchange.js';
import { addressOf } from './addresses.js';
import { verdictOf, wordOf } from './codes.js';
import { jsonOf } from '../answers.js';
import { codeOf } from './http.js';
import type { WhatsAppHttp } from './http.js';
import { sentShape } from './shapes.js';

/**
 * Hands a message over. The platform knows no idempotency key and nobody can ask it what became of a message, but everything it
 * tells of one carries the intent.
 */
export async function send(http: WhatsAppHttp, access: Access, message: OutgoingMessage): Promise<SendOutcome> {
  const address = addressOf(message.conversationId);
  if (address === null) return { kind: 'refused', reason: 'address_unknown' };
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(address.kind === 'phone' ? { to: address.id } : { recipient: address.id }),
    ...(message.inReplyTo === null ? {} : { context: { message_id: message.inReplyTo } }),
    biz_opaque_callback_data: message.intentId,
    ...contentOf(message),
  };
  return outcomeOf(await http.ask(access, { path: [access.account ?? '', 'messages'], body }));
}

function contentOf({ text, template }: OutgoingMessage): Readonly<Record<string, unknown>> {
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
  if (code !== null) return refusalOf(code, retryAfterMs);
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

function refusalOf(code: number, retryAfterMs: number | null): SendOutcome {
  const verdict = verdictOf(code);
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
