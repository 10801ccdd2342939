import { matchPhrase, parsePhrase } from '../classification/phrase.js';
import { tokenise } from '../classification/tokens.js';
import type { PolicyRule } from './rules.js';
import type { Sighting } from './sighting.js';

/** How many words `~` may stand for. */
const GAP = 4;

/** In the small language of `domain/classification/phrase.ts`, by rule; Portuguese, English, Chinese. */
const SURE: Readonly<Partial<Record<PolicyRule, readonly string[]>>> = {
  contact_social: [
    'chama*|chame|manda*|mande|fale|fala|falar|continua*|conversar|contato|adiciona*|responde* ~ whatsapp|whats|whatsap|zap|wpp|zapzap|telegram',
    'meu|nosso|no|pelo|via ~ whatsapp|whats|zap|wpp|telegram|direct',
    'sig*|segue|visit*|procur*|acha*|encontr* ~ instagram|insta|facebook|face|tiktok',
    'meu|nosso ~ instagram|insta|facebook|tiktok',
    'message|text|contact|reach|add|chat|write|call ~ whatsapp|telegram|wechat|messenger',
    'my|our|on|via ~ whatsapp|telegram|wechat',
    'follow|find|visit ~ instagram|facebook|tiktok',
    '加|联系|添加|扫 ~ 微信|qq|whatsapp',
    '我|我们|店铺|客服 ~ 微信|微信号|qq号',
    '微信号',
  ],
  payment_outside: [
    'chave ~ pix',
    'faca*|faco|faz|fazer|pag*|mand*|envi*|transf*|deposit* ~ pix',
    'pix ~ desconto|direto|fora',
    'desconto ~ pix|deposito|transferencia',
    'fora do|da|de|desse|deste ~ plataforma|site|mercado|shopee|amazon|aplicativo|anuncio',
    'por_fora',
    'pag*|deposit*|transf* ~ conta_bancaria|conta_corrente|paypal',
    'direto ~ sem ~ taxa|plataforma',
    'pay|paying|payment|transfer|wire ~ paypal|zelle|bank_account|outside',
    'outside ~ platform|site|marketplace|amazon|shopee',
    'bank_transfer|wire_transfer',
    '支付宝|微信支付|银行转账|私下交易|线下付款|线下交易|平台外|直接转账',
  ],
  ask_to_cancel: [
    'cancele|cancelem ~ compra|pedido|venda',
    'pode|poderia|podes|favor|gentileza|peco|preciso|precisa|precisamos|consegue ~ cancelar|cancele|cancela|cancelamento',
    'solicit*|peca|pedir|abra|abrir|faca ~ cancelamento',
    'please|could|can|kindly|ask ~ cancel ~ order|purchase',
    'cancel ~ order|purchase ~ yourself|please',
    'request ~ cancellation',
    '请|麻烦|可以|帮忙|自己|申请 ~ 取消订单|取消',
  ],
  ask_for_review: [
    'avali* ~ positiv*|estrela*|gente|nos|loja',
    'deix*|faz|faca|dar|de|da|nos ~ avaliacao|estrelas|nota_5|nota_cinco|nota_maxima',
    'nos|nossa ~ avali*',
    '5|cinco estrelas',
    'leave|write|give|post ~ review|rating|feedback|stars',
    '5|five star*',
    'positive review|feedback|rating',
    '好评|五星|5星|给个评价|晒图返现|好评返现',
  ],
};

const PHRASES = Object.entries(SURE).flatMap(([rule, phrases]) =>
  phrases.map((phrase) => ({ rule: rule as PolicyRule, phrase: parsePhrase(phrase, GAP) })),
);

/** A key to which money can be sent: random keys look like this. */
const RANDOM_KEY = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** Invitations to leave the channel, to pay elsewhere, to cancel, to praise; the first of each rule. */
export function wording(text: string): Sighting[] {
  const tokens = tokenise(text);
  const found = new Map<PolicyRule, Sighting>();
  for (const [from, first] of tokens.entries()) {
    for (const { rule, phrase } of PHRASES) {
      const match = found.has(rule) ? null : matchPhrase(phrase, tokens, from);
      if (match === null) continue;
      const end = tokens[match.end - 1]?.end ?? first.end;
      found.set(rule, { rule, start: first.start, end, sure: true });
    }
  }
  return [...found.values(), ...paymentKeys(text)];
}

/** A random key is one to pay to where the word stands beside it. */
function paymentKeys(text: string): Sighting[] {
  if (!/\bpix\b/i.test(text)) return [];
  return [...text.matchAll(RANDOM_KEY)].map(({ index, 0: key }) => ({
    ...{ rule: 'payment_outside' as const, start: index, end: index + key.length, sure: true },
  }));
}
