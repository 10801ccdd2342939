import type { Told } from '../channel/troubles.js';
import type { PolicyRule } from './rules.js';

const told = (en: string, zh: string, pt: string): Told => ({ en, 'zh-CN': zh, 'pt-BR': pt });

/** Why a text should not go out as it is, for whoever wrote it. */
export const POLICY_WHY: Readonly<Record<PolicyRule, Told>> = {
  contact_phone: told(
    'Phone numbers may not be given here; the platform hides such messages.',
    '此处不得提供电话号码；平台会隐藏此类消息。',
    'Números de telefone não são permitidos aqui; a plataforma oculta essas mensagens.',
  ),
  contact_email: told(
    'Mail addresses may not be given here; the platform hides such messages.',
    '此处不得提供邮箱地址；平台会隐藏此类消息。',
    'Endereços de e-mail não são permitidos aqui; a plataforma oculta essas mensagens.',
  ),
  contact_social: told(
    'The buyer may not be led to a messenger or social network.',
    '不得引导买家前往即时通讯或社交平台。',
    'O comprador não pode ser levado a outro mensageiro ou rede social.',
  ),
  link: told(
    'Links to other sites are not wanted here.',
    '此处不允许外部链接。',
    'Links para outros sites não são aceitos aqui.',
  ),
  link_short: told(
    'Shortened links are not allowed: nobody sees where they lead.',
    '不允许使用短链接：无法看到其指向。',
    'Links encurtados não são permitidos: ninguém vê aonde levam.',
  ),
  payment_outside: told(
    'Payment outside the platform may not be offered or asked for.',
    '不得提出或要求平台外付款。',
    'Não se pode oferecer nem pedir pagamento fora da plataforma.',
  ),
  ask_to_cancel: told(
    'Buyers may not be asked to cancel; it counts against the shop.',
    '不得要求买家取消订单；这会计入店铺违规。',
    'Não se pode pedir ao comprador que cancele; isso conta contra a loja.',
  ),
  ask_for_review: told(
    'Buyers may not be asked for good reviews.',
    '不得向买家索要好评。',
    'Não se pode pedir boas avaliações ao comprador.',
  ),
  emoji: told('Emoji are not allowed here.', '此处不允许使用表情符号。', 'Emojis não são permitidos aqui.'),
  repetitive: told(
    'Nearly the same text has gone to several other buyers; the platform takes that for automatic.',
    '几乎相同的文本已发送给多位其他买家；平台会将其视为自动消息。',
    'Quase o mesmo texto já foi a vários outros compradores; a plataforma considera isso automático.',
  ),
};
