import fc from 'fast-check';
import { MAX_TEXT, tokenise } from './tokens.js';

/** Lone surrogates included. */
const anyUnits = fc.array(fc.nat({ max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units));

const words = (text: string) => tokenise(text).map((token) => token.text);

describe('tokenise', () => {
  it.each([
    ['accents and case', 'Cadê minha ENCOMENDA', ['cade', 'minha', 'encomenda']],
    ['letters with their marks apart', 'cade\u0302 nao\u0303', ['cade', 'nao']],
    ['stretched letters', 'demooooora muuuito', ['demora', 'muito']],
    ['double letters stay', 'processo carro', ['processo', 'carro']],
    ['full-width forms', 'ＰＲＯＣＯＮ １１０Ｖ', ['procon', '110v']],
    ['ligatures and ordinals', 'ﬁnal 2ª', ['final', '2a']],
    ['apostrophes', "don't d’água", ['dont', 'dagua']],
    ['invisible characters inside a word', 're\u200bem\u00adbol\u200dso', ['reembolso']],
    ['right-to-left marks', '\u202eprocon\u202c', ['procon']],
    ['digits and units', 'R$1.500,00 220v', ['r', '1', '500', '00', '220v']],
    ['Han characters one by one', '退款x吧', ['退', '款', 'x', '吧']],
    ['traditional characters', '發票訂單', ['发', '票', '订', '单']],
    ['question marks only', 'oi? sim! 在吗？', ['oi', '?', 'sim', '在', '吗', '?']],
    ['Han radicals, which are no letters', '⺀退', ['退']],
    ['emoji and signs', '👍🏽 ** <b>', ['b']],
    ['nothing', ' \n\t', []],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('keeps the place of each word in the original', () => {
    const text = '👍 Cade\u0302 o reem\u200bbolso?';
    expect(tokenise(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'Cade',
      'o',
      'reem\u200bbolso',
      '?',
    ]);
  });

  it.each([
    ['um. dois', [0, 1]],
    ['um\ndois', [0, 1]],
    ['consumidor.gov', [0, 0]],
    ['um, dois', [0, 0]],
    ['好，好', [0, 1]],
  ])('counts sentences of %j', (text, sentences) => {
    expect(tokenise(text).map((token) => token.sentence)).toEqual(sentences);
  });

  it('reads no further than its limit and keeps words bounded', () => {
    expect(tokenise('a '.repeat(MAX_TEXT))).toHaveLength(MAX_TEXT / 2);
    expect(tokenise(`${'ab'.repeat(MAX_TEXT)}`)[0]?.text).toHaveLength(64);
  });

  it('takes any string and never leaves it', () => {
    const isOrdered = (text: string): boolean => {
      let last = 0;
      return tokenise(text).every(({ text: word, start, end }) => {
        const fits = word !== '' && start >= last && end > start && end <= text.length;
        last = end;
        return fits;
      });
    };
    fc.assert(fc.property(anyUnits, isOrdered));
  });

  it('takes lone surrogates, NUL and a flood of combining marks', () => {
    expect(words('\ud800oi\udc00 \0 ol\u00e1')).toEqual(['oi', 'ola']);
    expect(words(`a${'\u0301'.repeat(64_000)} b`)).toEqual(['a']);
  });
});
