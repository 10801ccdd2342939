import fc from 'fast-check';
import { unifiedDiff } from './text-diff.js';

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?<=\n)/));

/** Applies a unified comparison to a text whose lines all end, as `patch` does; throws where it does not fit. */
function patched(from: string, diff: string): string {
  const old = linesOf(from);
  const out: string[] = [];
  let position = 0;
  for (const line of linesOf(diff)) {
    const header = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$/.exec(line);
    if (header) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1);
      while (position < start) out.push(old[position++] ?? '');
      continue;
    }
    const text = line.slice(1);
    if (line[0] !== '+' && old[position++] !== text) throw new Error(`Line ${position} is not "${text}"`);
    if (line[0] !== '-') out.push(text);
  }
  return [...out, ...old.slice(position)].join('');
}

const line = fc.constantFrom('a', 'b', 'c', '', 'steps:', '  - { id: a }');
const text = fc.array(line, { maxLength: 40 }).map((lines) => lines.map((entry) => `${entry}\n`).join(''));

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
        const from = numbers.map((number) => `${number}\n`);
        const removed = from.filter((_, at) => at !== index % from.length);
        const changed = unifiedDiff(from.join(''), removed.join('')).match(/^[-+]/gm);
        expect(changed).toEqual(['-']);
      }),
    );
  });

  it('says when a line break ends the one text and not the other', () => {
    expect(unifiedDiff('a\nb\n', 'a\nb')).toBe(
      ['@@ -1,2 +1,2 @@', ' a', '-b', '+b', '\\ No newline at end of file', ''].join('\n'),
    );
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1,1 @@\n+a\n');
  });

  it('shows three lines around a change, and numbers them from one', () => {
    const from = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''].join('\n');
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
    const from = Array.from({ length: 20_000 }, (_, index) => `a${index}\n`).join('');
    const to = Array.from({ length: 20_000 }, (_, index) => `b${index}\n`).join('');
    expect(patched(from, unifiedDiff(from, to))).toBe(to);
  });
});
