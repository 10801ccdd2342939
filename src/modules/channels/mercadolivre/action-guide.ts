import type { PlatformTemplate } from '../../../domain/channel/platform-template.js';
import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import { answerLike } from '../answered-elsewhere.js';
import type { Access, Answer, OutgoingMessage, Templates } from '../connector.js';
import { timed } from '../exchange.js';
import { asJson } from '../request-body.js';
import { addressOf } from './addresses.js';
import type { MercadoLivreHttp } from './http.js';
import { fateOf, notNow, refusalOf, seen, sent } from './outcomes.js';
import type { MercadoLivreReading } from './reading.js';
import { guideShape, writtenShape } from './shapes.js';
import type { GuideOption, Pack } from './shapes.js';

/** What the platform says when a conversation takes ordinary messages and no reasons. */
export const EXCEPTED = 'blocked_by_excepted_case';

/** Whom the words of the platform's own templates are for. */
const LANGUAGE = 'pt-BR';
const MAX_LENGTH = 350;

/** Reasons the platform has, as far as its page lists them; which of them there are for a sale, the sale says. */
const REASONS = ['REQUEST_VARIANTS', 'REQUEST_BILLING_INFO', 'SEND_INVOICE_LINK', 'DELIVERY_PROMISE', 'OTHER'];

/** One thing a seller may write: a reason, and where the words are the platform's, which of them. */
type Choice = { readonly option: GuideOption; readonly templateId: string | null; readonly vars: readonly string[] };

/**
 * Reasons for which a seller may write after a sale where no ordinary message is taken: before the buyer has written, and where only so
 * many are allowed until they do.
 */
export class ActionGuide implements Templates {
  constructor(
    private readonly http: MercadoLivreHttp,
    private readonly reading: MercadoLivreReading,
  ) {}

  async list(given: Access, conversationIds: readonly string[] | null): Promise<Answer<readonly PlatformTemplate[]>> {
    if (conversationIds === null) return { kind: 'read', value: REASONS.map(unspecified) };
    // Whatever is answered goes where the newest message came from.
    const address = addressOf(conversationIds[0] ?? '');
    if (address?.kind !== 'pack') return { kind: 'read', value: [] };
    const access = timed(given);
    const pack = await this.reading.pack(access, address.id, 0, true);
    if (pack.kind === 'absent') return { kind: 'read', value: [] };
    if (pack.kind !== 'read') return pack;
    if (!isGuided(pack.value, access)) return { kind: 'read', value: [] };
    const options = await this.#options(access, address.id);
    return options.kind === 'read' ? { kind: 'read', value: options.value.flatMap(choicesOf).map(shownAs) } : options;
  }

  /** Asks once more whether it is allowed, and hands it over. */
  async send(access: Access, id: string, message: OutgoingMessage): Promise<SendOutcome> {
    const { template, files = [] } = message;
    if (files.length > 0) return { kind: 'refused', reason: 'template_without_files' };
    const pack = await this.reading.pack(access, id, 0, true);
    if (pack.kind !== 'read') return notNow(pack, 'conversation_gone');
    // An attempt of ours that came late has used the reason up.
    const late = answerLike(seen(pack.value, access), message, 0);
    if (message.known !== undefined && late !== undefined) return { kind: 'taken', ...late.fate };
    const options = await this.#options(access, id);
    if (options.kind !== 'read') return notNow(options, 'option_unknown');
    const choice = options.value.flatMap(choicesOf).find((one) => nameOf(one) === template?.name);
    if (choice === undefined) return { kind: 'refused', reason: 'option_unknown' };
    if (stateOf(choice.option) !== 'approved') return { kind: 'refused', reason: `option_${stateOf(choice.option)}` };
    return this.#hand(access, id, choice, message);
  }

  async #hand(access: Access, id: string, choice: Choice, { text, template }: OutgoingMessage): Promise<SendOutcome> {
    const { option, templateId, vars } = choice;
    const filled = Object.fromEntries((template?.values ?? []).map((value) => [value.name, value.text]));
    const words =
      templateId === null ? { text } : { template_id: templateId, ...(vars.length === 0 ? {} : { vars: filled }) };
    const reply = await this.http.ask(access, {
      ...{ group: 'messages_write', urgent: true, path: `/messages/action_guide/packs/${id}/option` },
      ...{ query: { tag: 'post_sale' }, body: asJson({ option_id: option.id, ...words }) },
    });
    if (reply.kind === 'answered') {
      const { status } = reply;
      if (status === 404) return { kind: 'refused', reason: 'option_unknown' };
      if (status === 451) return { kind: 'refused', reason: 'buyer_deactivated' };
      // The page names a word for it; where it was met, it was a sentence.
      if ((status === 400 || status === 403) && /excepted[ _]case/i.test(reply.text))
        return { kind: 'refused', reason: EXCEPTED };
      if (status === 403 && !refusalOf(reply)?.startsWith('block'))
        return { kind: 'refused', reason: 'option_used_up' };
    }
    return sent(reply, (body) => {
      const written = writtenShape.safeParse(body).data;
      return written === undefined ? null : fateOf(written);
    });
  }

  /** A conversation that is blocked has none. */
  async #options(access: Access, id: string): Promise<Answer<readonly GuideOption[]>> {
    const path = `/messages/action_guide/packs/${id}`;
    const ask = { group: 'messages_read', urgent: true, path, query: { tag: 'post_sale' } } as const;
    const answer = await this.http.read(access, ask, guideShape);
    if (answer.kind === 'read') return { kind: 'read', value: answer.value.options };
    const isNone = answer.kind === 'absent' || (answer.kind === 'unauthorised' && answer.code === 'forbidden');
    return isNone ? { kind: 'read', value: [] } : answer;
  }
}

/** Whether the words of a message are the author's: those of the platform's templates nobody is told. */
export function hasOwnWords({ template, text }: OutgoingMessage): boolean {
  return template === undefined || template.values.some((value) => value.name === 'text' && value.text === text);
}

/** Whether a seller needs a reason to write: the platform says so, or the buyer has not written yet. */
function isGuided({ conversation_status: status, messages }: Pack, { account }: Access): boolean {
  if (status?.status === 'blocked') return /initiated_by_seller_limited$/.test(status.substatus ?? '');
  return messages.every((message) => message.from.user_id === account);
}

function choicesOf(option: GuideOption): Choice[] {
  if (option.type === 'free_text') return [{ option, templateId: null, vars: ['text'] }];
  return (option.templates ?? []).map(({ id, vars }) => ({ option, templateId: id, vars }));
}

const nameOf = ({ option, templateId }: Choice): string => templateId ?? option.id;

function stateOf({ enabled, actionable, cap_available: cap }: GuideOption): 'approved' | 'used_up' | 'not_allowed' {
  if (cap === 0) return 'used_up';
  return enabled && actionable !== false ? 'approved' : 'not_allowed';
}

/** What the platform writes itself is named, because nobody is told its words. */
function shownAs(choice: Choice): PlatformTemplate {
  const { option, templateId, vars } = choice;
  const places = vars.map((name) => `{{${name}}}`);
  return {
    ...{ name: nameOf(choice), language: LANGUAGE, state: stateOf(option), category: option.id.toLowerCase() },
    text: (templateId === null ? places : [`[${option.id}]`, ...places]).join(' '),
    ...{ variables: vars, fillable: true, maxLength: option.char_limit ?? MAX_LENGTH },
  };
}

function unspecified(name: string): PlatformTemplate {
  return {
    ...{ name, language: LANGUAGE, state: 'by_order', category: name.toLowerCase() },
    ...{ text: '', variables: [], fillable: false },
  };
}
