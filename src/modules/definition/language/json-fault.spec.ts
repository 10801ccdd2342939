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
  it.each([
    ['{ # x\n }', 2, 'a key in double quotes or }'],
    ['{ "a": 1, }', 10, 'a key in double quotes'],
    ['a: 1', 0, 'a value'],
    ['[1, 2', 5, ', or the end of the mapping or list'],
    ['[1 2]', 3, ', or the end of the mapping or list'],
    ['{"a" 1}', 5, ':'],
    ['[1}', 2, ', or the end of the mapping or list'],
    ['1 2', 2, ', or the end of the mapping or list'],
    ['["\t"]', 1, 'a value or ]'],
    ['', 0, 'a value'],
  ])('%j at %d: %s', (text, offset, expected) => {
    expect(jsonFault(text)).toEqual({ offset, expected });
  });

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
