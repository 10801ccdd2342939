import type { PhraseMatch } from './phrase.js';
import { matchPhrase, parsePhrase } from './phrase.js';
import { tokenise } from './tokens.js';

const at = (phrase: string, text: string, gap = 3): PhraseMatch | null => {
  const tokens = tokenise(text);
  const parsed = parsePhrase(phrase, gap);
  return tokens.map((_, from) => matchPhrase(parsed, tokens, from)).find((match) => match !== null) ?? null;
};

describe('phrases', () => {
  it.each([
    ['words in a row', 'meu pedido', 'cadê o meu pedido', true],
    ['not apart', 'meu pedido', 'meu grande pedido', false],
    ['not as part of a word', 'nota', 'notas', false],
    ['either word', 'meu|minha compra', 'minha compra', true],
    ['an alternative of two words', 'de_volta|devolvido', 'quero de volta', true],
    ['the beginning of a word', 'devol*', 'devolução', true],
    ['a word that may be missing: there', 'cade o|meu? pedido', 'cade meu pedido', true],
    ['a word that may be missing: gone', 'cade o|meu? pedido', 'cade pedido', true],
    ['a gap', 'quero ~ dinheiro', 'quero logo o meu dinheiro', true],
    ['a gap of none', 'quero ~ dinheiro', 'quero dinheiro', true],
    ['a gap too wide', 'quero ~ dinheiro', 'quero que me deem o meu dinheiro', false],
    ['no gap over a sentence', 'quero ~ dinheiro', 'quero. Meu dinheiro', false],
    ['no row over a sentence', 'quero dinheiro', 'quero! dinheiro', false],
    ['a question mark', 'tudo bem ?', 'tudo bem?', true],
    ['Han in a row', '什么时候 ~ 到', '什么时候能给我送到', true],
    ['written with accents', 'não chegou', 'nao chegou', true],
  ])('%s', (_, phrase, text, expected) => {
    expect(at(phrase, text, phrase.startsWith('什') ? 8 : 3) !== null).toBe(expected);
  });

  it('says whether a gap took a word', () => {
    expect(at('quero ~ dinheiro', 'quero dinheiro')).toEqual({ end: 2, tight: true });
    expect(at('quero ~ dinheiro', 'quero meu dinheiro')).toEqual({ end: 3, tight: false });
  });

  it.each(['~ pedido', 'meu? pedido', 'pedido ~', 'a ~ b ~ c ~ d', 'ab*', 'a||b', 'a  b', 'a b?|c? d'])(
    'refuses %j',
    (phrase) => {
      expect(() => parsePhrase(phrase, 3)).toThrow(phrase);
    },
  );
});
