import fc from 'fast-check';
import { unifiedDiff } from './text-diff.js';

/** Applies a unified comparison to a text, as `patch` does; throws where it does not fit. */
function patched(from: string, diff: string): string {
  const old = from.split('\n');
  const out: string[] = [];
  let position = 0;
  const take = (text: string): void => {
    if (old[position] !== text) throw new Error(`Line ${position + 1} is not "${text}"`);
    position += 1;
  };
  for (const line of diff.split('\n').slice(0, -1)) {
    const header = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (header) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1);
      while (position < start) out.push(old[position++] ?? '');
      continue;
    }
    const text = line.slice(1);
    if (line[0] !== '+') take(text);
    if (line[0] !== '-') out.push(text);
  }
  return [...out, ...old.slice(position)].join('\n');
}

const line = fc.constantFrom('a', 'b', 'c', '', 'steps:', '  - { id: a }');
const text = fc.array(line, { maxLength: 40 }).map((lines) => lines.join('\n'));

describe('unifiedDiff', () => {
  it('is empty for equal texts', () => {
    fc.assert(fc.property(text, (same) => unifiedDiff(same, same) === ''));
  });

  it('turns the one text into the other when applied', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        expect(patched(from, unifiedDiff(from, to))).toBe(to);
      }),
    );
  });

  it('changes as few lines as there are to change', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 30 }), fc.nat(29), (numbers, index) => {
        const from = numbers.map(String);
        const removed = from.filter((_, at) => at !== index % from.length);
        const changed = unifiedDiff(from.join('\n'), removed.join('\n'))
          .split('\n')
          .filter((entry) => /^[-+]/.test(entry));
        // Taking the only line out leaves an empty text, which is one empty line.
        expect(changed).toHaveLength(removed.length === 0 ? 2 : 1);
      }),
    );
  });

  it('shows three lines around a change, and numbers them from one', () => {
    const from = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].join('\n');
    expect(unifiedDiff(from, from.replace('5', 'five'))).toBe(
      ['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8', ''].join('\n'),
    );
  });

  it('keeps changes far apart in hunks of their own', () => {
    const lines = Array.from({ length: 30 }, (_, index) => String(index));
    const to = lines.map((entry, index) => (index === 3 || index === 25 ? 'x' : entry));
    expect(unifiedDiff(lines.join('\n'), to.join('\n')).match(/^@@/gm)).toHaveLength(2);
  });

  it('gives up looking for the shortest comparison of texts that have nothing in common', () => {
    const from = Array.from({ length: 20_000 }, (_, index) => `a${index}`).join('\n');
    const to = Array.from({ length: 20_000 }, (_, index) => `b${index}`).join('\n');
    expect(patched(from, unifiedDiff(from, to))).toBe(to);
  });
});
