import { jsonFault } from './json-fault.js';

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
});
