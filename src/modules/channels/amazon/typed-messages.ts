import type { PlatformTemplate } from '../../../domain/channel/platform-template.js';
import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import { notAsked } from '../answers.js';
import type { Access, Answer, OutgoingMessage, Templates } from '../connector.js';
import { timed } from '../exchange.js';
import { asJson } from '../request-body.js';
import type { Reply } from '../exchange.js';
import { reasonOf } from '../wording.js';
import { codeIn, isTokenOver } from './http.js';
import type { AmazonHttp } from './http.js';
import { relayAddressOf } from './relay.js';
import { actionsShape, attributesShape } from './shapes.js';

/** Kinds of messages that are words, and how many characters they may have (Messaging API v1). */
const WORDS: Readonly<Record<string, number>> = {
  confirmCustomizationDetails: 800,
  confirmDeliveryDetails: 2_000,
  confirmOrderDetails: 2_000,
  confirmServiceDetails: 2_000,
  digitalAccessKey: 400,
  unexpectedProblem: 2_000,
};

/** Kinds that cannot be sent without files. */
const FILES: readonly string[] = ['invoice', 'legalDisclosure', 'warranty'];

/** Where the platform does not say which language a buyer reads. */
const LANGUAGE = 'pt-BR';

/** Messages of fixed kinds about an order, as far as the platform allows them for it at the moment. */
export class TypedMessages implements Templates {
  constructor(private readonly http: AmazonHttp) {}

  /** Each kind, with what the newest order of the conversation allows. */
  async list(given: Access, conversationIds: readonly string[] | null): Promise<Answer<readonly PlatformTemplate[]>> {
    if (conversationIds === null) return { kind: 'read', value: kinds(LANGUAGE, () => 'by_order') };
    const orderId = conversationIds.map((id) => relayAddressOf(id)?.orderId ?? null).find((id) => id !== null);
    if (orderId === undefined || orderId === null) return { kind: 'read', value: kinds(LANGUAGE, () => 'no_order') };
    const access = timed(given);
    const allowed = await this.#allowed(access, orderId);
    if (allowed.kind !== 'read') return allowed;
    const language = allowed.value.length === 0 ? LANGUAGE : await this.#language(access, orderId);
    const state = (name: string): string => (allowed.value.includes(name) ? 'approved' : 'not_allowed');
    return { kind: 'read', value: kinds(language, state) };
  }

  /** Asks once more whether it is allowed, and hands it over. Nobody can ask later what became of it. */
  async send(given: Access, { conversationId, template }: OutgoingMessage): Promise<SendOutcome> {
    const orderId = relayAddressOf(conversationId)?.orderId ?? null;
    const text = template?.values.find(({ name }) => name === 'text')?.text ?? '';
    if (orderId === null || template === undefined) return { kind: 'refused', reason: 'order_unknown' };
    if (!Object.hasOwn(WORDS, template.name)) return { kind: 'refused', reason: 'kind_unknown' };
    const access = timed(given);
    const allowed = await this.#allowed(access, orderId);
    if (allowed.kind === 'absent') return { kind: 'refused', reason: 'order_unknown' };
    if (allowed.kind !== 'read') return notAsked(allowed);
    if (!allowed.value.includes(template.name)) return { kind: 'refused', reason: 'action_not_allowed' };
    return outcomeOf(
      await this.http.ask(access, {
        ...{ group: 'messages', urgent: true, query: this.http.marketplace, body: asJson({ text }) },
        path: ['messaging', 'v1', 'orders', orderId, 'messages', template.name],
      }),
    );
  }

  /** Kinds the platform takes for an order now; none for one it does not know. */
  async #allowed(access: Access, orderId: string): Promise<Answer<readonly string[]>> {
    const answer = await this.http.read(
      access,
      {
        ...{ group: 'actions', urgent: true, query: this.http.marketplace },
        path: ['messaging', 'v1', 'orders', orderId],
      },
      actionsShape,
    );
    if (answer.kind === 'read') return { kind: 'read', value: answer.value._links.actions.map(({ name }) => name) };
    return answer;
  }

  async #language(access: Access, orderId: string): Promise<string> {
    const answer = await this.http.read(
      access,
      {
        ...{ group: 'actions', urgent: false, query: this.http.marketplace },
        path: ['messaging', 'v1', 'orders', orderId, 'attributes'],
      },
      attributesShape,
    );
    return (answer.kind === 'read' ? answer.value.buyer?.locale : null) ?? LANGUAGE;
  }
}

function kinds(language: string, state: (name: string) => string): PlatformTemplate[] {
  const words = Object.entries(WORDS).map(([name, maxLength]) => ({
    ...{ name, language, state: state(name), category: 'order' },
    ...{ text: '{{text}}', variables: ['text'], fillable: true, maxLength },
  }));
  const files = FILES.map((name) => ({
    ...{ name, language, state: state(name), category: 'order', text: '', variables: [], fillable: false },
  }));
  return [...words, ...files];
}

/** A message has no id here. */
function outcomeOf(reply: Reply): SendOutcome {
  if (reply.kind === 'lost') return { kind: 'unknown', reason: reply.code };
  if (reply.kind === 'unsent') return { kind: 'not_taken', retryAfterMs: reply.retryAfterMs, reason: reply.code };
  const { status, retryAfterMs } = reply;
  if (status === 201) return { kind: 'taken', status: 'available', externalId: null };
  if (isTokenOver(reply)) return { kind: 'not_taken', retryAfterMs, reason: 'token_invalid' };
  if (status === 429) return { kind: 'not_taken', retryAfterMs, reason: 'http_429' };
  // Any other 2xx is none of the platform's: something in between may have passed the message on.
  if (status < 300 || status >= 500 || status === 408) return { kind: 'unknown', reason: `http_${status}` };
  return { kind: 'refused', reason: reasonOf(codeIn(reply)) || `http_${status}` };
}
