import { TROUBLES } from '../channel/troubles.js';
import { isPoliced, policyFindings, repetitionFinding } from './outgoing.js';
import { POLICED_CHANNELS, POLICY_RULES, rulingsOf } from './rules.js';
import { isAlike, runsOf, sketchOf } from './repetition.js';
import { POLICY_WHY } from './told.js';

const ANSWER = { channel: 'mercadolivre', oneAnswer: true };
const MESSAGE = { channel: 'mercadolivre', oneAnswer: false };
const SHOPEE = { channel: 'shopee', oneAnswer: false };
const AMAZON = { channel: 'amazon', oneAnswer: false };

const graded = (text: string, where = ANSWER): string[] =>
  policyFindings(text, where).map(({ id, grade }) => `${grade} ${id}`);

describe('what a text may not have', () => {
  it.each([
    ['Chama no (11) 98765-4321', ['block contact_phone', 'block contact_phone']],
    ['Ligue 11987654321', ['block contact_phone']],
    ['Call me at +55 21 99876-5432', ['block contact_phone']],
    ['Meu número: 98765-4321', ['block contact_phone']],
    ['请打电话 13812345678', ['block contact_phone']],
    ['Fale com vendas@lojaboa.com.br', ['block contact_email']],
    ['escreva para ana arroba lojaboa ponto com', ['block contact_email']],
    ['mail me: shop (at) example.com', ['block contact_email']],
    ['Segue a gente: @lojaboa_oficial', ['block contact_social']],
    ['Me chama no WhatsApp', ['block contact_social']],
    ['Find us on Instagram', ['block contact_social']],
    ['请加我的微信', ['block contact_social']],
    ['wa.me/5511987654321', ['block contact_social']],
    ['Veja em https://lojaboa.com.br/azul', ['block link']],
    ['Veja em lojaboa.com.br', ['block link']],
    ['see www.example.com/a?b=c', ['block link']],
    ['https://10.0.0.1/x', ['block link']],
    ['bit.ly/3abcd', ['block link_short']],
    ['Faça um PIX que sai mais barato', ['block payment_outside']],
    ['A chave pix é 3f2a1c9e-7a54-4d2b-9c3e-1f2a3b4c5d6e', ['block payment_outside']],
    ['Vendo por fora com desconto', ['block payment_outside']],
    ['You can pay me with PayPal', ['block payment_outside']],
    ['可以用支付宝付款', ['block payment_outside']],
    ['Pague em paypal.me/loja', ['block payment_outside']],
    ['Por favor, cancele a compra', ['block ask_to_cancel']],
    ['Você pode cancelar o pedido?', ['block ask_to_cancel']],
    ['Could you please cancel the order', ['block ask_to_cancel']],
    ['麻烦您取消订单', ['block ask_to_cancel']],
    ['Deixe uma avaliação positiva!', ['block ask_for_review']],
    ['Nos dê 5 estrelas', ['block ask_for_review']],
    ['Please leave a good review', ['block ask_for_review']],
    ['亲，给个五星好评', ['block ask_for_review']],
  ])('“%s”: %j', (text, expected) => {
    expect(graded(text)).toEqual([...new Set(expected)]);
  });

  it.each([
    ['Chega amanhã até as 18h.'],
    ['O pedido 2000001234567890 saiu hoje, rastreio AA123456785BR.'],
    ['Custa R$ 1.199,90 em 12x de R$ 99,99.'],
    ['Sim! Temos nas medidas 90-100 e 110.'],
    ['Pedido cancelado? Não, segue normal.'],
    ['A capa não serve no iPhone 14.'],
    ['Veja https://produto.mercadolivre.com.br/MLB-123'],
    ['Obrigado.Qualquer dúvida, é só perguntar'],
    ['Yes, it fits; the warranty is one year.'],
    ['有货，明天发货，三天内送达。'],
    ['Aceitamos devolução em até 30 dias.'],
  ])('harmless: “%s”', (text) => {
    expect(graded(text)).toEqual([]);
    expect(graded(text, MESSAGE)).toEqual([]);
  });

  it.each([
    ['Sim.com certeza serve', ['warn link']],
    ['Nota 11987654321', ['warn contact_phone']],
    ['Segue foto.zip', ['warn link']],
  ])('what may be something else is never blocked: “%s”', (text, expected) => {
    expect(graded(text)).toEqual(expected);
  });

  it('depends on the channel and on what is written there', () => {
    expect(graded('Veja lojaboa.com.br', MESSAGE)).toEqual(['warn link']);
    expect(graded('Deixe uma avaliação positiva', SHOPEE)).toEqual(['warn ask_for_review']);
    expect(graded('Chegou 😀', AMAZON)).toEqual(['block emoji']);
    expect(graded('Chegou 😀', ANSWER)).toEqual([]);
    for (const channel of ['webhook', 'unheard-of'])
      expect(graded('Faça um PIX: (11) 98765-4321 😀', { channel, oneAnswer: false })).toEqual([]);
    expect(isPoliced({ channel: 'webhook', oneAnswer: false })).toBe(false);
    expect(isPoliced(SHOPEE)).toBe(true);
  });

  it('says where it stands, at its gravest place', () => {
    const text = 'Nota 11987654321. Ligue (11) 98765-4321.';
    const [finding, ...more] = policyFindings(text, ANSWER);
    expect(more).toEqual([]);
    expect(finding?.grade).toBe('block');
    expect(text.slice(finding?.start, finding?.end)).toBe('(11) 98765-4321');
  });

  it('is told in three languages, and each ruling says where it is from', () => {
    expect(Object.keys(POLICY_WHY).sort()).toEqual([...POLICY_RULES].sort());
    const told = [...Object.values(POLICY_WHY), ...Object.values(TROUBLES).map(({ text }) => text)];
    for (const one of told) expect(new Set([one.en, one['zh-CN'], one['pt-BR']]).size).toBe(3);
    const rulings = POLICED_CHANNELS.flatMap((channel) =>
      [true, false].flatMap((oneAnswer) => Object.values(rulingsOf(channel, oneAnswer))),
    );
    expect(rulings.filter(({ source }) => source.length < 8)).toEqual([]);
  });
});

describe('nearly the same text', () => {
  /** Stands in for the keyed hash. */
  const sketch = (text: string): readonly bigint[] =>
    sketchOf(
      runsOf(text).map((run) =>
        [...run].reduce((sum, sign) => (sum * 131n + BigInt(sign.codePointAt(0) ?? 0)) % (2n ** 61n - 1n), 7n),
      ),
    );
  const SENT =
    'Olá, Marina! Seu pedido 1234 já saiu do nosso estoque e chega em até três dias úteis. Obrigado pela compra!';

  it.each([
    ['another name and number', SENT.replace('Marina', 'João').replace('1234', '987'), true],
    ['case, accents and punctuation', SENT.toUpperCase().replaceAll('!', '.'), true],
    [
      'another matter',
      'Olá! Esse modelo não acompanha o carregador, mas temos um original à venda na loja por 79 reais.',
      false,
    ],
  ])('is told by its runs of words: %s', (_name, text, expected) => {
    expect(isAlike(sketch(SENT), sketch(text))).toBe(expected);
  });

  it('is not looked for in what everybody writes', () => {
    expect(runsOf('Obrigado pela compra, até logo!')).toEqual([]);
    expect(isAlike([], [])).toBe(false);
  });

  it('is asked about when a person wrote it, and held where the channel says so when nobody did', () => {
    expect(repetitionFinding('x', MESSAGE, 'human')?.grade).toBe('warn');
    expect(repetitionFinding('x', MESSAGE, 'automated')?.grade).toBe('block');
    expect(repetitionFinding('x', ANSWER, 'automated')?.grade).toBe('warn');
    expect(repetitionFinding('x', { channel: 'email', oneAnswer: false }, 'automated')).toBeNull();
  });
});
