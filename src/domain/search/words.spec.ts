import { MAX_SOUGHT, MAX_WORDS, soughtWords, wordsOf } from './words.js';

const finds = (query: string, text: string): boolean => {
  const words = new Set(wordsOf(text));
  const sought = soughtWords(query);
  return sought.length > 0 && sought.every((word) => words.has(word));
};

describe('the words of a text', () => {
  it.each([
    ['pt', 'Cadê meu pedido? A ENTREGA atrasou.', 'cade entrega'],
    ['pt, decomposed', 'devoluc\u0327a\u0303o', 'devolução'],
    ['es', '¿Dónde está mi envío?', 'envio donde'],
    ['en', 'Where’s my REFUND?', 'refund'],
    ['zh', '我的订单什么时候发货', '订单'],
    ['zh, several characters', '我的订单什么时候发货', '什么时候'],
    ['full width', 'ＰＥＤＩＤＯ　１２３', 'pedido 123'],
    ['ligatures', 'ofﬁcial', 'official'],
    ['soft hyphens and joiners', 'entre\u00adga\u200d', 'entrega'],
    ['an order number', 'pedido 702-1234567-7654321 atrasado', '702-1234567-7654321'],
    ['an order number without its separators', 'pedido 702-1234567-7654321', '70212345677654321'],
    ['part of an order number', 'pedido 702-1234567-7654321', '1234567'],
    ['a document number', 'CPF 529.982.247-25', '52998224725'],
    ['a short number', 'tamanho 38', '38'],
    ['a number and letters', 'rastreio BR123456789CN', 'br123456789cn'],
    ['mixed scripts', 'pedido订单123号', '订单'],
  ])('are found by a search: %s', (_name, text, query) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['another word', 'quando chega', 'nunca'],
    ['one of two words missing', 'quando chega', 'quando nunca'],
    ['part of a word', 'entregador', 'entrega'],
    ['characters that are not neighbours', '订很单', '订单'],
    ['parts of a number in another order', 'pedido 702-1234567-7654321', '1234567-702'],
    ['words too short to say anything', 'a e o', 'a e'],
    ['a lone character', '单', '单'],
  ])('are not found by %s', (_name, text, query) => {
    expect(finds(query, text)).toBe(false);
  });

  it('are bounded whatever is sent', () => {
    const long = Array.from({ length: 5_000 }, (_one, n) => `palavra${n}`).join(' ');
    expect(wordsOf(long)).toHaveLength(MAX_WORDS);
    expect(soughtWords(long)).toHaveLength(MAX_SOUGHT);
    expect(Math.max(...wordsOf('x'.repeat(9_000)).map(({ length }) => length))).toBe(32);
  });

  it('keep the numbers of a text that has too many words', () => {
    const long = `${Array.from({ length: 900 }, (_one, n) => `palavra${n}`).join(' ')} 702-1234567-7654321`;
    expect(finds('702-1234567-7654321', long)).toBe(true);
  });
});
