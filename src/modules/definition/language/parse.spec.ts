import fc from 'fast-check';
import { stringify } from 'yaml';
import { MAX_BYTES, parseDefinition } from './parse.js';
import type { Path, Source } from './source.js';

const YAML = 'application/yaml';
const JSON_TYPE = 'application/json; charset=utf-8';

function problemsOf(text: string, type = YAML) {
  const parsed = parseDefinition(text, type);
  return parsed.ok ? [] : parsed.problems;
}

function sourceOf(text: string, type = YAML): Source {
  const parsed = parseDefinition(text, type);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.source;
}

/** `text` with one `«` where the problem is expected. */
function expectAt(marked: string, message: string | RegExp, type = YAML): void {
  const offset = marked.indexOf('«');
  const before = marked.slice(0, offset).split('\n');
  const found = problemsOf(marked.replace('«', ''), type)[0];
  expect(found).toMatchObject({
    code: 'yaml_invalid',
    severity: 'error',
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
  });
  expect(found?.message).toMatch(message);
}

describe('what the language leaves out of YAML', () => {
  it.each([
    ['a tag', 'a: «!x b', /read as a YAML tag/],
    ['a core tag', 'a:\n  b: «!!str 1', /read as a YAML tag/],
    ['a verbatim tag', 'a: «!<tag:x> b', /read as a YAML tag/],
    ['an anchor', 'a: «&x 1', /read as a YAML anchor/],
    ['an alias', 'a: 1\nb: [2, «*x]', /read as a YAML alias/],
    ['a directive', '«%YAML 1.1\n---\na: yes', /read as a YAML directive/],
    ['a duplicate key', 'a: 1\nb:\n  c: 1\n  «c: 2', /"c" stands here twice/],
    ['a duplicate key in flow', 'a: { b: 1, «b: 2 }', /"b" stands here twice/],
    ['a second document', 'a: 1\n«---\nb: 2', /multiple documents/],
    ['a key that is no text', '? «[a]\n: b', /keys must be strings/],
    ['a tab as indentation', 'a:\n«\t- b', /tabs/],
    ['an unfinished quote', 'a: "b«', /quote/],
    ['a bad escape', 'a: "«\\d"', /escape/],
    ['a reserved name', '«__proto__: 1', /reserved name/],
    ['another reserved name', 'a: { «constructor: 1 }', /reserved name/],
    ['not a number', 'a: «.nan', /number/],
    ['infinity', 'a: «1e999', /number/],
    ['a number too large to be exact', 'a: «9007199254740993', /number/],
    ['half a character', 'a: «"\\ud83d"', /not text/],
    ['a NUL', 'a: «"\\0"', /not text/],
    ['a control character', 'a: b\nc: «\u0007', /control character/],
    ['a nested plain mapping', 'when: «a ? b : c', /mapping/],
  ])('%s', (_name, marked, message) => {
    expectAt(marked, message);
  });

  it('takes the word constructor as a value', () => {
    expect(problemsOf('a: constructor')).toEqual([]);
  });

  it.each([
    'when: !calendar.open',
    '- { when: !calendar.open, goto: away }',
    'when: &x',
    'when: *x',
    'when: %a',
    'when: @a',
  ])('says how to write an expression: %s', (text) => {
    expect(problemsOf(text)[0]?.remedy).toContain('put it in single quotes');
  });

  it('shows the quoted expression', () => {
    expect(problemsOf('when: !calendar.open')[0]?.remedy).toContain("'!calendar.open'");
  });

  it('refuses a text over 64 KiB, counted in bytes, at the line of steps', () => {
    const text = (length: number) => `title: ${'é'.repeat(length)}\nsteps: []\n`;
    const overhead = text(0).length;
    expect(problemsOf(text((MAX_BYTES - overhead) / 2 - 1))).toEqual([]);
    expect(problemsOf(text(MAX_BYTES / 2))).toMatchObject([{ code: 'limit_exceeded', line: 2, column: 1 }]);
  });

  it('refuses deep nesting', () => {
    const nested = (depth: number) => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(problemsOf(nested(32))).toEqual([]);
    expect(problemsOf(nested(40))[0]?.message).toBe('nested too deeply');
    expect(problemsOf(nested(20_000))).toMatchObject([{ message: 'nested too deeply', line: 1, column: 36 }]);
    expect(problemsOf('- '.repeat(5_000))[0]?.code).toBe('yaml_invalid');
  });
});

describe('JSON', () => {
  it('is read with the same places', () => {
    const source = sourceOf('{\n\t"a": [1,\n\t\t{"b": "x\\ud83d\\ude00"}]\n}', JSON_TYPE);
    expect(source.value).toEqual({ a: [1, { b: 'x😀' }] });
    expect(source.locate(['a', 1, 'b'])).toEqual({ line: 3, column: 9 });
  });

  it.each([
    ['a comment', '{ «# x\n }'],
    ['a trailing comma', '{ "a": 1, «}'],
    ['bare words', '«a: 1'],
  ])('is not YAML: %s', (_name, marked) => {
    expectAt(marked, /not JSON/, JSON_TYPE);
  });

  it('has no duplicate keys either', () => {
    expectAt('{"a": 1, «"a": 2}', /stands here twice/, JSON_TYPE);
  });
});

describe('places', () => {
  const text = [
    'title: "x"',
    'steps:',
    '  - id: one',
    "    choose: [ { when: 'a == ''b'' && c', goto: two } ]",
    '  - { id: two, close: {} }',
    '  - { close: {} }',
    'rules:',
    '  - { id: agency, when: "say(\\"a\\") \\u0041 end" }',
    'long: |',
    '  x',
  ].join('\r\n');
  const source = sourceOf(text);
  const charAt = (path: Path, offset: number) => {
    const { line, column } = source.locateIn(path, offset);
    return text.split('\n')[line - 1]?.slice(column - 1, column + 2);
  };

  it('are those of values, keys and the nearest thing around what is missing', () => {
    expect(source.locate(['steps', 0, 'id'])).toEqual({ line: 3, column: 9 });
    expect(source.locate(['steps', 0, 'id'], 'key')).toEqual({ line: 3, column: 5 });
    expect(source.locate(['steps', 1])).toEqual({ line: 5, column: 5 });
    expect(source.locate(['steps', 1, 'goto'])).toEqual({ line: 5, column: 5 });
    expect(source.locate(['nowhere', 1, 'goto'])).toEqual({ line: 1, column: 1 });
    expect(source.stepsPlace).toEqual({ line: 2, column: 1 });
  });

  it('name steps and rules by their id', () => {
    expect(source.nameOf(['steps', 0, 'choose', 0, 'when'])).toBe('steps.one.choose.0.when');
    expect(source.nameOf(['steps', 2, 'close'])).toBe('steps.2.close');
    expect(source.nameOf(['rules', 0, 'when'])).toBe('rules.agency.when');
    expect(source.nameOf([])).toBe('');
  });

  it('reach into quoted texts, over doubled quotes and escapes', () => {
    const single: Path = ['steps', 0, 'choose', 0, 'when'];
    const double: Path = ['rules', 0, 'when'];
    expect([charAt(single, 0), charAt(single, 5), charAt(single, 6), charAt(single, 12)]).toEqual(
      ['a =', "''b", "b''", "c',"].map((s) => s.slice(0, 3)),
    );
    expect([charAt(double, 0), charAt(double, 5), charAt(double, 9), charAt(double, 11)]).toEqual([
      'say',
      'a\\"',
      '\\u0',
      'end',
    ]);
    expect(source.locateIn(['long'], 1)).toEqual(source.locate(['long']));
  });

  it('know how a scalar was written', () => {
    expect(source.style(['title'])).toBe('quoted');
    expect(source.style(['steps', 0, 'id'])).toBe('plain');
    expect(source.style(['long'])).toBe('block');
    expect(source.style(['steps'])).toBeNull();
  });
});

describe('laws', () => {
  it('reads back what a YAML writer writes, each value at its place', () => {
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.string({ unit: 'grapheme-ascii' }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('tree'), { maxKeys: 3 }),
      ),
    })).tree;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'steps'), value, { minKeys: 1 }), (document) => {
        const text = stringify(document, { aliasDuplicateObjects: false });
        const source = sourceOf(text);
        expect(source.value).toEqual(document);
        for (const key of Object.keys(document)) {
          const { line, column } = source.locate([key], 'key');
          expect(text.split('\n')[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^${key}:`));
        }
      }),
      { numRuns: 100 },
    );
  });
});
