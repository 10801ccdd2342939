import fc from 'fast-check';
import { codePoints } from '../../../test/support/code-points.js';
import { soughtWords, wordsOf } from './words.js';

const finds = (query: string, text: string): boolean => {
  const words = new Set(wordsOf(text));
  const sought = soughtWords(query);
  return sought.length > 0 && sought.every((word) => words.has(word));
};

describe('the words of a text', () => {
  it('exist once each, folded, for any string; folding again changes nothing', () => {
    fc.assert(
      fc.property(codePoints(300), (text) => {
        const words = wordsOf(text);
        expect(new Set(words).size).toBe(words.length);
        expect(words.filter((word) => /[\s\p{M}\p{Cf}\p{Lu}]/u.test(word) || !word.isWellFormed())).toEqual([]);
      }),
    );
  });

  it('are the same however a text is composed, cased and accented', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(wordsOf(text.normalize('NFD'))).toEqual(wordsOf(text.normalize('NFC')));
      }),
    );
  });

  it('find every text by itself', () => {
    const letters = fc.constantFrom(...'abcçãéñ订单发货0123456789.-/ ?,');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), (characters) => {
        const text = characters.join('');
        expect(soughtWords(text).length === 0 || finds(text, text)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
