import type { Trouble } from './troubles.js';

const trouble = (text: readonly [string, string, string], remedy: readonly [string, string, string]): Trouble => ({
  text: { en: text[0], 'zh-CN': text[1], 'pt-BR': text[2] },
  remedy: { en: remedy[0], 'zh-CN': remedy[1], 'pt-BR': remedy[2] },
});

const OVER = [
  'Nothing can be written here any more. If the buyer writes again, answer then.',
  '此处已不能再发送消息；如果买家再次来信，请届时回复。',
  'Não é mais possível escrever aqui. Se o comprador escrever de novo, responda então.',
] as const;
const IN_CLAIM = [
  'Answer in the claim or return itself: its messages are an inquiry of their own.',
  '请在该投诉或退货中回复：其消息是单独的咨询。',
  'Responda na própria reclamação ou devolução: as mensagens dela são um atendimento à parte.',
] as const;
const LATER = [
  'Send it again when that has changed; the platform decides when.',
  '待情况变化后再发送；时间由平台决定。',
  'Envie de novo quando isso mudar; quem decide é a plataforma.',
] as const;
const REASON = [
  'Choose one of the reasons the platform still takes: GET /v1/inquiries/{id}/channel-templates lists them.',
  '请选择平台仍接受的理由：GET /v1/inquiries/{id}/channel-templates 可列出。',
  'Escolha um dos motivos que a plataforma ainda aceita: GET /v1/inquiries/{id}/channel-templates os lista.',
] as const;
const ON_PLATFORM = [
  'Look at it on the platform itself: what can be done is decided there.',
  '请到平台上查看：可执行的操作由平台决定。',
  'Veja na própria plataforma: o que pode ser feito se decide lá.',
] as const;

const CANCELLED = trouble(['The order was cancelled.', '订单已取消。', 'O pedido foi cancelado.'], OVER);
const MEDIATED = trouble(
  ['The platform mediates in this sale.', '平台正在调解此交易。', 'A plataforma está mediando esta venda.'],
  IN_CLAIM,
);
const CLAIMED = trouble(
  ['There is a claim about this sale.', '此交易已有投诉。', 'Há uma reclamação sobre esta venda.'],
  IN_CLAIM,
);
const ASSISTED = trouble(
  [
    "The platform's assistant speaks with the buyer.",
    '平台的智能助手正在与买家对话。',
    'O assistente da plataforma está falando com o comprador.',
  ],
  LATER,
);

const DEACTIVATED = trouble(
  ["The buyer's account is deactivated.", '买家账号已停用。', 'A conta do comprador está desativada.'],
  OVER,
);
const ASSISTANT_EXPIRED = trouble(
  [
    "The time to answer the platform's assistant is over.",
    '回复平台智能助手的时限已过。',
    'O prazo para responder ao assistente da plataforma acabou.',
  ],
  OVER,
);

/** Why a channel would not have a message, by the reason that is kept with it. */
const REFUSALS: Readonly<Record<string, Trouble>> = {
  blocked_by_time: trouble(
    [
      'The last message of this sale is more than 30 days old.',
      '此交易的最后一条消息已超过 30 天。',
      'A última mensagem desta venda tem mais de 30 dias.',
    ],
    OVER,
  ),
  blocked_by_conversation_expired: trouble(
    ['The sale is too long ago.', '此交易时间过久。', 'A venda é antiga demais.'],
    OVER,
  ),
  blocked_by_buyer: trouble(
    ['The buyer wants no messages.', '买家不接收消息。', 'O comprador não quer receber mensagens.'],
    OVER,
  ),
  blocked_by_mediation: MEDIATED,
  blocked_by_mediation_fbm: MEDIATED,
  blocked_by_claim_change_open: CLAIMED,
  blocked_by_claim_change_closed: trouble(
    ['A claim about this sale was closed.', '此交易的投诉已结束。', 'Uma reclamação sobre esta venda foi encerrada.'],
    OVER,
  ),
  blocked_by_fulfillment: trouble(
    [
      'The platform ships this order; messages begin once it is delivered.',
      '该订单由平台发货；送达后才能发消息。',
      'A plataforma envia este pedido; as mensagens começam após a entrega.',
    ],
    LATER,
  ),
  blocked_by_return_to_buyer_fulfillment: trouble(
    [
      'The platform sends the product back to the buyer.',
      '平台正在将商品寄回买家。',
      'A plataforma está devolvendo o produto ao comprador.',
    ],
    LATER,
  ),
  blocked_by_payment: trouble(
    ['The order has not been paid yet.', '订单尚未付款。', 'O pedido ainda não foi pago.'],
    LATER,
  ),
  blocked_by_conversation_initiated_by_seller: trouble(
    [
      'You have written already, and the buyer has not answered yet.',
      '您已发过消息，买家尚未回复。',
      'Você já escreveu, e o comprador ainda não respondeu.',
    ],
    OVER,
  ),
  blocked_by_conversation_initiated_by_seller_limited: trouble(
    [
      'Until the buyer answers only messages with a reason are taken.',
      '买家回复前仅接受带理由的消息。',
      'Até o comprador responder, só são aceitas mensagens com um motivo.',
    ],
    REASON,
  ),
  option_unknown: trouble(
    [
      'The platform does not take this reason here.',
      '平台在此不接受该理由。',
      'A plataforma não aceita este motivo aqui.',
    ],
    REASON,
  ),
  option_not_allowed: trouble(
    [
      'The platform does not take this reason now.',
      '平台目前不接受该理由。',
      'A plataforma não aceita este motivo agora.',
    ],
    REASON,
  ),
  option_used_up: trouble(
    ['This reason has been used up.', '该理由的次数已用完。', 'Este motivo já foi usado até o limite.'],
    REASON,
  ),
  blocked_by_excepted_case: trouble(
    [
      'The platform wants an ordinary message here.',
      '平台要求此处使用普通消息。',
      'A plataforma quer aqui uma mensagem comum.',
    ],
    ['Write it in your own words.', '请用自己的话撰写。', 'Escreva com as suas palavras.'],
  ),
  blocked_by_cancelled_order: CANCELLED,
  blocked_by_cancelled_order_by_fraud: CANCELLED,
  blocked_by_cancelled_order_hidden: CANCELLED,
  blocked_by_refund: trouble(['The buyer was refunded.', '买家已获退款。', 'O comprador foi reembolsado.'], OVER),
  blocked_by_deactivated_account: DEACTIVATED,
  buyer_deactivated: DEACTIVATED,
  blocked_by_restrictions: trouble(
    ['The account of the shop is restricted.', '店铺账号受到限制。', 'A conta da loja está com restrições.'],
    ON_PLATFORM,
  ),
  blocked_by_message_pending_review: trouble(
    [
      'The platform still looks at an earlier message.',
      '平台仍在审核之前的消息。',
      'A plataforma ainda analisa uma mensagem anterior.',
    ],
    LATER,
  ),
  claim_closed: trouble(['The claim has been closed.', '投诉已结束。', 'A reclamação foi encerrada.'], ON_PLATFORM),
  claim_gone: trouble(
    [
      'The platform does not know this claim any more.',
      '平台上已没有该投诉。',
      'A plataforma não conhece mais esta reclamação.',
    ],
    ON_PLATFORM,
  ),
  claim_in_mediation: trouble(
    [
      'The platform mediates: only the mediator may be written to.',
      '平台正在调解：只能写给调解员。',
      'A plataforma está mediando: só é possível escrever ao mediador.',
    ],
    [
      "Answer the mediator's message instead (inReplyTo).",
      '请改为回复调解员的消息（inReplyTo）。',
      'Responda à mensagem do mediador (inReplyTo).',
    ],
  ),
  claim_takes_no_message: trouble(
    [
      'The platform takes no message in this claim now.',
      '平台目前不接受该投诉中的消息。',
      'A plataforma não aceita mensagens nesta reclamação agora.',
    ],
    ON_PLATFORM,
  ),
  claim_file_not_taken: trouble(
    [
      'Claims take JPEG, PNG and PDF of up to 5 MB.',
      '投诉仅接受不超过 5 MB 的 JPEG、PNG 和 PDF。',
      'Reclamações aceitam JPEG, PNG e PDF de até 5 MB.',
    ],
    ['Send another file, or none.', '请换一个文件，或不带文件。', 'Envie outro arquivo, ou nenhum.'],
  ),
  blocked_by_ai_assistant: ASSISTED,
  blocked_by_ai_assistant_expired: ASSISTANT_EXPIRED,
  block_by_ai_assistant_initiated_by_seller_expired: ASSISTANT_EXPIRED,
  blocked_by_ai_assistant_contact_closed: trouble(
    [
      "The platform's assistant has closed the conversation.",
      '平台智能助手已结束对话。',
      'O assistente da plataforma encerrou a conversa.',
    ],
    OVER,
  ),
};

const BLOCKED = trouble(
  ['The platform has blocked this conversation.', '平台已屏蔽此对话。', 'A plataforma bloqueou esta conversa.'],
  ON_PLATFORM,
);

/** What a refusal means and what to do about it; null for reasons nobody here has words for. */
export function refusalTold(reason: string): Trouble | null {
  if (Object.hasOwn(REFUSALS, reason)) return REFUSALS[reason] ?? null;
  // The platform's list is open: what blocks is told from what else it may say.
  return /^block(ed)?(_|$)/.test(reason) ? BLOCKED : null;
}

/** Every reason there are words for. */
export const REFUSAL_REASONS: readonly string[] = Object.keys(REFUSALS);
