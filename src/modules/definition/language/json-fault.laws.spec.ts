import fc from 'fast-check';
import { jsonFault } from './json-fault.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('where a text stops being JSON', () => {
  it('agrees with JSON.parse on every text', () => {
    const json = fc.jsonValue().map((value) => JSON.stringify(value, null, 1));
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '1', 'x', ' '))
      .map(([text, at, part]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + part + text.slice(cut + 1);
      });
    const pieces = fc.array(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', '0', '.', 'e', 'null', ' ', 'nul'),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          broken,
          pieces.map((parts) => parts.join('')),
          fc.string(),
        ),
        (text) => {
          expect(jsonFault(text) === null).toBe(isJson(text));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
