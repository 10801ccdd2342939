import { classify } from './classify.js';
import { SHIPPED_RULES } from './rules/shipped.js';
import { MAX_TEXT } from './tokens.js';

describe('classification', () => {
  it.each(['quero que ', '什么时候', 'nao ', 'a ', '\u0301', 'devolver meu dinheiro '])(
    'takes time linear in the text for %j repeated',
    (piece) => {
      const cost = (length: number): number => {
        const text = piece.repeat(length / piece.length + 1).slice(0, length);
        classify(text, null, SHIPPED_RULES);
        const runs = [0, 1, 2, 3, 4].map(() => {
          const begin = performance.now();
          classify(text, null, SHIPPED_RULES);
          return performance.now() - begin;
        });
        return Math.min(...runs);
      };
      // Quadratic cost would be 16 times as much, and seconds; the added milliseconds are other work of the machine.
      expect(cost(MAX_TEXT)).toBeLessThan(12 * cost(MAX_TEXT / 4) + 100);
    },
  );
});
