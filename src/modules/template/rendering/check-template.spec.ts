import fc from 'fast-check';
import { MAX_DEPTH, MAX_SOURCE_BYTES, MAX_TAGS } from './limits.js';
import { checkTemplate, COMMON_VARIABLES, renderTemplate, variablesOf } from './index.js';
import type { TemplateProblemCode, TemplateVariables } from './index.js';

const KNOWN: TemplateVariables = {
  guaranteed: [...COMMON_VARIABLES.guaranteed, 'back', 'labels', 'x'],
  optional: COMMON_VARIABLES.optional,
  lists: ['labels'],
};

const codes = (source: string, known = KNOWN): readonly TemplateProblemCode[] =>
  checkTemplate(source, known).problems.map(({ code }) => code);

describe('what a template may hold', () => {
  it.each([
    ['text', 'Olá! 100 % & <b>'],
    ['nothing', ''],
    ['variables', 'Olá, {{shop.name}}: {{ inquiry.number }} {{back}}'],
    ['comments', '{{! para a revisão }}{{!-- {{x}} --}}Oi'],
    ['if and else', '{{#if buyer.name}}Oi, {{buyer.name}}{{else}}Oi{{/if}}'],
    ['else if', '{{#if buyer.name}}{{buyer.name}}{{else if agent.name}}{{agent.name}}{{else}}Oi{{/if}}'],
    ['unless and else', '{{#unless buyer.name}}Oi{{else}}Oi, {{buyer.name}}{{/unless}}'],
    ['a guard further out', '{{#if buyer.name}}{{#if back}}{{buyer.name}}{{/if}}{{/if}}'],
    ['a list', '{{#each labels}}- {{this}}\n{{else}}nada{{/each}}'],
    ['a question about an item', '{{#each labels}}{{#if this}}{{this}}{{/if}}{{/each}}'],
    ['white space control', 'Oi {{~back~}} !'],
    ['escaped braces', 'escreva \\{{back}}'],
    ['segments in brackets', '{{[shop].[name]}}'],
  ])('%s', (_, source) => {
    expect(checkTemplate(source, KNOWN).problems).toEqual([]);
  });
});

/** Each has been, or looks like, a way out of a template somewhere. */
const HOSTILE: readonly (readonly [string, TemplateProblemCode])[] = [
  ['{{{back}}}', 'template_forbidden'],
  ['{{&back}}', 'template_forbidden'],
  ['{{~{back}~}}', 'template_forbidden'],
  ['{{> header}}', 'template_forbidden'],
  ['{{> (lookup . "back")}}', 'template_forbidden'],
  ['{{#> layout}}x{{/layout}}', 'template_forbidden'],
  ['{{> @partial-block}}', 'template_forbidden'],
  ['{{#*inline "p"}}x{{/inline}}', 'template_forbidden'],
  ['{{* decorator}}', 'template_forbidden'],
  ['{{#* decorator}}x{{/decorator}}', 'template_forbidden'],
  ['{{@root.secret}}', 'template_forbidden'],
  ['{{@index}}', 'template_forbidden'],
  ['{{#each labels}}{{@key}}{{/each}}', 'template_forbidden'],
  ['{{#if @root}}x{{/if}}', 'template_forbidden'],
  ['{{../back}}', 'template_forbidden'],
  ['{{#each labels}}{{../back}}{{/each}}', 'template_forbidden'],
  ['{{#if ../back}}x{{/if}}', 'template_forbidden'],
  ['{{./back}}', 'template_forbidden'],
  ['{{this}}', 'template_forbidden'],
  ['{{.}}', 'template_forbidden'],
  ['{{this.back}}', 'template_forbidden'],
  ['{{#each this}}{{this}}{{/each}}', 'template_forbidden'],
  ['{{shop/name}}', 'template_forbidden'],
  ['{{a.b.c}}', 'template_forbidden'],
  ['{{constructor}}', 'template_forbidden'],
  ['{{back.constructor}}', 'template_forbidden'],
  ['{{__proto__}}', 'template_forbidden'],
  ['{{shop.__proto__}}', 'template_forbidden'],
  ['{{[__proto__].x}}', 'template_forbidden'],
  ['{{[constructor].[prototype]}}', 'template_forbidden'],
  ['{{back.toString}}', 'template_forbidden'],
  ['{{shop.hasOwnProperty}}', 'template_forbidden'],
  ['{{__defineGetter__}}', 'template_forbidden'],
  ['{{[..]}}', 'template_forbidden'],
  ['{{[a b]}}', 'template_forbidden'],
  ['{{log "x"}}', 'template_forbidden'],
  ['{{log back}}', 'template_forbidden'],
  ['{{log}}', 'template_forbidden'],
  ['{{lookup shop "name"}}', 'template_forbidden'],
  ['{{if back}}', 'template_forbidden'],
  ['{{if}}', 'template_forbidden'],
  ['{{helperMissing}}', 'template_forbidden'],
  ['{{helperMissing back}}', 'template_forbidden'],
  ['{{#blockHelperMissing back}}x{{/blockHelperMissing}}', 'template_forbidden'],
  ['{{back shop.name}}', 'template_forbidden'],
  ['{{back a=1}}', 'template_forbidden'],
  ['{{(lookup shop "name")}}', 'template_syntax'],
  ['{{#if (lookup shop "name")}}x{{/if}}', 'template_forbidden'],
  ['{{#with shop}}{{name}}{{/with}}', 'template_forbidden'],
  ['{{#shop}}{{name}}{{/shop}}', 'template_forbidden'],
  ['{{^back}}x{{/back}}', 'template_forbidden'],
  ['{{#log back}}x{{/log}}', 'template_forbidden'],
  ['{{#if back includeZero=true}}x{{/if}}', 'template_forbidden'],
  ['{{#if back shop.name}}x{{/if}}', 'template_forbidden'],
  ['{{#if}}x{{/if}}', 'template_forbidden'],
  ['{{#if "x"}}y{{/if}}', 'template_forbidden'],
  ['{{#if true}}y{{/if}}', 'template_forbidden'],
  ['{{#each labels as |label i|}}{{label}}{{/each}}', 'template_forbidden'],
  ['{{#if back as |b|}}{{back}}{{/if}}', 'template_forbidden'],
  ['{{#each labels}}{{#each labels}}x{{/each}}{{/each}}', 'template_forbidden'],
  ['{{#each labels}}{{back}}{{/each}}', 'template_forbidden'],
  ['{{{{raw}}}}{{back}}{{{{/raw}}}}', 'template_forbidden'],
  ['{{{{if back}}}}{{{{/if}}}}', 'template_forbidden'],
  ['{{"constructor"}}', 'template_forbidden'],
  ['{{12}}', 'template_forbidden'],
  ['{{null}}', 'template_forbidden'],
  ['{{x}}{{x.y}}', 'template_forbidden'],
  ['{{é}}', 'template_forbidden'],
  ['{{labels}}', 'template_forbidden'],
  ['{{#each back}}{{this}}{{/each}}', 'template_forbidden'],
  [`${'{{#if back}}'.repeat(MAX_DEPTH + 1)}${'{{/if}}'.repeat(MAX_DEPTH + 1)}`, 'template_forbidden'],
  [`${'{{#if back}}'.repeat(400)}${'{{/if}}'.repeat(400)}`, 'template_too_large'],
  [`{{#each labels}}${'{{this}}'.repeat(MAX_TAGS - 2)}{{/each}}`, 'template_too_large'],
  ['{{back}}'.repeat(MAX_TAGS + 1), 'template_too_large'],
  ['a'.repeat(MAX_SOURCE_BYTES + 1), 'template_too_large'],
  ['ã'.repeat(MAX_SOURCE_BYTES / 2 + 1), 'template_too_large'],
  ['{{nobody}}', 'variable_unknown'],
  ['{{shop.secret}}', 'variable_unknown'],
  ['{{#if nobody}}x{{/if}}', 'variable_unknown'],
  ['{{buyer.name}}', 'variable_may_be_missing'],
  ['{{#unless buyer.name}}{{buyer.name}}{{/unless}}', 'variable_may_be_missing'],
  ['{{#if buyer.name}}x{{else}}{{buyer.name}}{{/if}}', 'variable_may_be_missing'],
  ['{{#if agent.name}}{{buyer.name}}{{/if}}', 'variable_may_be_missing'],
  ['{{back', 'template_syntax'],
  ['{{back}', 'template_syntax'],
  ['{{}}', 'template_syntax'],
  ['{{#if back}}x', 'template_syntax'],
  ['{{/if}}', 'template_syntax'],
  ['{{else}}', 'template_syntax'],
  ['{{#if back}}{{/unless}}', 'template_syntax'],
  ['{{ ../../etc/passwd }}', 'template_forbidden'],
  ['{{back | upper}}', 'template_syntax'],
  ['{{back()}}', 'template_syntax'],
];

const begins = (source: string): string => source.slice(0, 70);

describe('hostile and broken templates', () => {
  it.each(HOSTILE.map(([source, code]) => [begins(source), source, code] as const))(
    '%j is refused',
    (_, source, code) => {
      expect(codes(source)).toContain(code);
    },
  );

  // Whether a name is a list depends on who sends the template, which rendering does not know.
  const never = HOSTILE.filter(
    ([source, code]) => code.startsWith('template_') && !/^{{(labels|#each back)}}/.test(source),
  );

  it.each(never.map(([source]) => [begins(source), source]))('%j is not rendered either', (_, source) => {
    const values = { back: 'B', 'shop.name': 'S', labels: ['l'], x: 'X', secret: 'no' };
    expect(renderTemplate(source, values)).toEqual({ ok: false, code: 'template_invalid', variable: null });
  });
});

describe('places', () => {
  it.each([
    ['Oi\n  {{buyer.name}}', 'variable_may_be_missing', 2, 5],
    ['Oi {{nobody}}', 'variable_unknown', 1, 6],
    ['{{#if nobody}}x{{/if}}', 'variable_unknown', 1, 7],
    ['a\nb {{{back}}}', 'template_forbidden', 2, 3],
    ['a\r\nb {{> p}}', 'template_forbidden', 2, 3],
    ['a\n{{#if back}}\nb{{/unless}}', 'template_syntax', 2, 4],
    ['a\nb {{ back', 'template_syntax', 2, 6],
    ['a\n{{back | x}}', 'template_syntax', 2, 8],
    ['ok\n{{#if back}}', 'template_syntax', 2, 13],
  ])('%j has %s at %i:%i', (source, code, line, column) => {
    expect(checkTemplate(source, KNOWN).problems).toEqual([{ code, line, column, message: expect.any(String) }]);
  });

  it('names every problem, in reading order', () => {
    const { problems } = checkTemplate('{{nobody}}\n{{{back}}} {{buyer.name}}\n{{> p}}', KNOWN);
    expect(problems.map(({ code, line }) => `${line} ${code}`)).toEqual([
      '1 variable_unknown',
      '2 template_forbidden',
      '2 variable_may_be_missing',
      '3 template_forbidden',
    ]);
  });
});

describe('variables', () => {
  it('are listed once, with their first place and whether they may be left out', () => {
    const source =
      '{{shop.name}} {{#if buyer.name}}{{buyer.name}}{{/if}}\n{{#each labels}}{{this}}{{/each}}{{shop.name}}';
    expect(checkTemplate(source, KNOWN).variables).toEqual([
      { path: 'shop.name', line: 1, column: 3, optional: false, list: false },
      { path: 'buyer.name', line: 1, column: 21, optional: true, list: false },
      { path: 'labels', line: 2, column: 9, optional: true, list: true },
    ]);
  });

  it('that every sending step gives are known, those of some steps are not', () => {
    const known = variablesOf([['back', 'extra'], ['back']]);
    expect(codes('{{back}} {{shop.name}}', known)).toEqual([]);
    expect(codes('{{extra}}', known)).toEqual(['variable_unknown']);
    expect(codes('{{back}}', variablesOf([['back'], []]))).toEqual(['variable_unknown']);
  });

  it('that every sending step gives need no question, even the common ones', () => {
    expect(codes('{{order.number}}', variablesOf([['order.number']]))).toEqual([]);
    expect(codes('{{order.number}}', variablesOf([[]]))).toEqual(['variable_may_be_missing']);
  });

  it('may have any simple name while nobody sends the template', () => {
    const open = variablesOf([]);
    expect(codes('{{back}}{{#each days}}{{this}}{{/each}}', open)).toEqual([]);
    expect(codes('{{some.thing}}', open)).toEqual(['variable_unknown']);
    expect(codes('{{buyer.name}}', open)).toEqual(['variable_may_be_missing']);
    expect(codes('{{constructor}}', open)).toEqual(['template_forbidden']);
  });
});

describe('checkTemplate', () => {
  it('never throws, and points into the text', () => {
    const pieces = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{{{',
        '}}}',
        '#if ',
        '/if',
        'else',
        'each ',
        'back',
        'buyer.name',
        '@root',
        '../',
        '>',
        '&',
        '!--',
      ],
      ...['\n', ' ', '|', '(', ')', '"', '=', '[', ']', '~', '^', '*', 'texto', '\u0000', '\ud800'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        const source = parts.join('');
        const lines = source.split(/\r\n?|\n/).length;
        return checkTemplate(source, KNOWN).problems.every(
          ({ line, column }) => line >= 1 && line <= lines && column >= 1,
        );
      }),
      { numRuns: 400 },
    );
  });
});
