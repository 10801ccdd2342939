import fc from 'fast-check';
import { MAX_ITEMS, MAX_OUTPUT_BYTES, MAX_SOURCE_BYTES, MAX_STATEMENTS, MAX_TAGS, MAX_VALUE } from './limits.js';
import { checkTemplate, renderTemplate } from './index.js';
import type { TemplateValues } from './index.js';

const text = (source: string, values: TemplateValues = {}): string => {
  const rendered = renderTemplate(source, values);
  return rendered.ok ? rendered.text : `refused: ${rendered.code} ${rendered.variable}`;
};

describe('renderTemplate', () => {
  it.each([
    ['plain text as it is', 'Capa & película < 10 > "x"', {}, 'Capa & película < 10 > "x"'],
    ['a value, not escaped', '{{shop.name}}!', { 'shop.name': 'Casa & Cia <3' }, 'Casa & Cia <3!'],
    ['a question answered', 'Oi{{#if buyer.name}}, {{buyer.name}}{{/if}}!', { 'buyer.name': 'Lívia' }, 'Oi, Lívia!'],
    ['a question unanswered', 'Oi{{#if buyer.name}}, {{buyer.name}}{{/if}}!', {}, 'Oi!'],
    ['an empty value as none', 'Oi{{#if buyer.name}}, {{buyer.name}}{{/if}}!', { 'buyer.name': '' }, 'Oi!'],
    ['unless', '{{#unless back}}fechado{{/unless}}.', {}, 'fechado.'],
    ['else if', '{{#if a}}A{{else if b}}B{{else}}C{{/if}}', { b: 'x' }, 'B'],
    ['a list', '{{#each days}}- {{this}}\n{{/each}}', { days: ['seg', 'ter'] }, '- seg\n- ter'],
    ['no list', '{{#each days}}x{{else}}nenhum{{/each}}', {}, 'nenhum'],
    ['lines of blocks gone', 'a\n{{#if b}}\nb\n{{/if}}\nc', { b: '1' }, 'a\nb\nc'],
    ['comments gone', '{{! nota }}Oi{{!-- {{x}} --}}', {}, 'Oi'],
    ['no blanks around', '\n  Oi \n\n', {}, 'Oi'],
    ['braces of a value as text', '{{a}}', { a: '{{shop.name}} {{{b}}}' }, '{{shop.name}} {{{b}}}'],
  ] as const)('gives %s', (_, source, values, expected) => {
    expect(text(source, values)).toBe(expected);
  });

  it.each([
    ['a missing value', '{{#if a}}x{{/if}} {{back}}', {}, 'refused: variable_missing back'],
    ['a missing value in a group', '{{shop.name}}', {}, 'refused: variable_missing shop.name'],
    ['nothing to send', '{{#if a}}x{{/if}}  \n', {}, 'refused: output_empty null'],
    ['a long list', '{{#each a}}x{{/each}}', { a: Array<string>(MAX_ITEMS + 1).fill('x') }, 'refused: list_too_long a'],
    ['a broken template', '{{#if a}}', {}, 'refused: template_invalid null'],
  ] as const)('refuses %s', (_, source, values, expected) => {
    expect(text(source, values)).toBe(expected);
  });

  it('refuses more text than the limit, in bytes', () => {
    const source = `{{#each a}}${'{{this}}'.repeat(60)}{{/each}}`;
    expect(text(source, { a: Array<string>(MAX_ITEMS).fill('palavras') })).toMatch('output_too_large');
    expect(renderTemplate('ããã', {}, { maxBytes: 5 })).toMatchObject({ code: 'output_too_large' });
    expect(renderTemplate('ããã', {}, { maxBytes: 6 })).toMatchObject({ ok: true });
    expect(renderTemplate('a'.repeat(MAX_SOURCE_BYTES), {}, { maxBytes: MAX_OUTPUT_BYTES * 9 })).toMatchObject({
      ok: true,
    });
  });

  it('keeps an inserted value to one line, without control characters, and bounded', () => {
    expect(text('Oi, {{n}}!', { n: ' Ana\r\n\r\nGerente:\u0000 \u202eabc\u202c\u2066 ' })).toBe(
      'Oi, Ana Gerente: abc!',
    );
    expect(text('{{n}}', { n: 'a'.repeat(100_000) })).toHaveLength(MAX_VALUE);
    expect(text('{{n}}', { n: `${'a'.repeat(MAX_VALUE - 1)}👍` })).toBe('a'.repeat(MAX_VALUE - 1));
    expect(text('{{n}}', { n: 'a\ud800b' })).toBe('a\ufffdb');
  });
});

describe('prototypes', () => {
  const polluted = ['secret', 'name', 'back', 'buyer'] as const;

  afterEach(() => {
    for (const key of polluted) delete (Object.prototype as Record<string, unknown>)[key];
  });

  it('lend a template nothing', () => {
    for (const key of polluted) {
      Object.defineProperty(Object.prototype, key, { value: 'LEAK', configurable: true, writable: true });
    }
    expect(text('[{{#if secret}}{{secret}}{{/if}}{{#if buyer.name}}{{buyer.name}}{{/if}}]')).toBe('[]');
    expect(text('{{back}}')).toBe('refused: variable_missing back');
    expect(text('{{shop.name}}', Object.create({ 'shop.name': 'LEAK' }) as TemplateValues)).toMatch('variable_missing');
  });

  it('cannot be reached by the names of values', () => {
    const values = JSON.parse(
      '{"__proto__":{"polluted":"yes"},"__proto__.polluted":"yes","constructor.prototype":"yes","a":"A"}',
    ) as TemplateValues;
    expect(text('{{a}}', values)).toBe('A');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(text('{{__proto__.polluted}}', values)).toMatch('template_invalid');
  });

  it('stay as they were', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    text('{{#if a}}{{a}}{{/if}}{{#each b}}{{this}}{{/each}}', { a: 'x', b: ['y'] });
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
  });
});

describe('cost', () => {
  const item = '{{this}}';
  const wide = `{{#each a}}${item.repeat(MAX_STATEMENTS / MAX_ITEMS - 1)}{{/each}}`;
  const many = '{{b}}'.repeat(MAX_TAGS - 1).padEnd(MAX_SOURCE_BYTES - 8, 'texto ');
  const nested = '{{#if b}}{{#if b}}{{#if b}}{{#if b}}{{b}}{{/if}}{{/if}}{{/if}}{{/if}}'.repeat(11);
  const values = { a: Array<string>(MAX_ITEMS).fill('x'.repeat(MAX_VALUE)), b: 'y'.repeat(MAX_VALUE) };

  it.each([
    ['a wide list', wide],
    ['many values', many],
    ['nested questions', nested],
  ])('of the worst allowed template with %s stays under 50 ms, compilation included', (_, source) => {
    expect(checkTemplate(source, { guaranteed: ['a', 'b'], optional: [], lists: ['a'] }).problems).toEqual([]);
    // A comment makes each run a template of its own, so that none is served from the cache.
    const runs = ['1', '2', '3', '4', '5'].map((run) => {
      const begin = performance.now();
      renderTemplate(`${source}{{!${run}}}`, values);
      return performance.now() - begin;
    });
    expect(Math.min(...runs)).toBeLessThan(50);
  });

  it.each(['{{', '{{#if b}}', '{{!', '\\{{', '{{"', '{{[', '{{~', '(', '{{{{x}}}}', '{{!--', '{{b.', '{{b |', '{{b '])(
    'of reading %j as often as a template may hold it stays under 50 ms',
    (piece) => {
      const times = Math.floor(MAX_TAGS / Math.max(1, piece.split('{{').length - 1));
      const filler = 'palavra '.repeat(MAX_SOURCE_BYTES / times / 8 - 1).slice(0, -piece.length);
      const source = `${piece}${filler}`.repeat(times);
      const runs = [1, 2, 3].map(() => {
        const begin = performance.now();
        checkTemplate(source, { guaranteed: ['b'], optional: [] });
        return performance.now() - begin;
      });
      expect(Math.min(...runs)).toBeLessThan(50);
    },
  );

  it('keeps the cache bounded and right', () => {
    const sources = Array.from({ length: 600 }, (_, i) => `${i} {{a}}`);
    const wrong = sources.filter((source, i) => text(source, { a: 'x' }) !== `${i} x`);
    expect([...wrong, text('0 {{a}}', { a: 'y' })]).toEqual(['0 y']);
  });
});

describe('whatever is checked', () => {
  it('is rendered when every value is there, and when optional ones are not', () => {
    const known = { guaranteed: ['a'], optional: ['b.c'], lists: [] };
    const inner = fc.constantFrom(
      'texto ',
      '{{a}} ',
      '{{#if b.c}}{{b.c}}{{/if}}',
      '{{#unless b.c}}sem{{/unless}}',
      '{{! x }}',
    );
    const block = fc
      .tuple(fc.constantFrom('if a', 'if b.c', 'unless b.c'), fc.array(inner, { maxLength: 4 }))
      .map(([head, body]) => `{{#${head}}}${body.join('')}{{else}}${body.join('')}{{/${head.split(' ')[0]}}}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(inner, block), { maxLength: 6 }), (parts) => {
        const source = `x${parts.join('')}`;
        expect(checkTemplate(source, known).problems).toEqual([]);
        for (const values of [{ a: 'A', 'b.c': 'B' }, { a: 'A' }]) {
          expect(renderTemplate(source, values)).toMatchObject({ ok: true });
        }
      }),
      { numRuns: 60 },
    );
  });
});
