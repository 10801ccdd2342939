import fc from 'fast-check';
import { parse } from 'yaml';
import { codePoints } from '../../../../test/support/code-points.js';
import { definitionEnvironment, shippedDefinition } from '../../../../test/support/definition-environment.js';
import { rightOf } from '../../../../test/support/lint-examples/example.js';
import { FLOW } from '../../../../test/support/lint-examples/flow.js';
import { OBLIGATIONS } from '../../../../test/support/lint-examples/obligations.js';
import { REFERENCES } from '../../../../test/support/lint-examples/references.js';
import { checkDefinition } from './check.js';

const YAML = 'application/yaml';
const STANDARD = shippedDefinition('standard-br.yaml');
const TENANT = definitionEnvironment();

const check = (text: string, type = YAML) => checkDefinition(text, type, TENANT);

describe('checking a definition', () => {
  const texts = [STANDARD, ...FLOW.slice(0, 6).map(rightOf)];
  const marks = [
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '"',
    "'",
    '!x ',
    '&x ',
    '*x',
    '|',
    '\n',
    '\t',
    '#',
    '? ',
    '<<: ',
    '0',
    '💥',
    '\0',
    '%',
  ];
  const mutated = fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.constantFrom('', ...marks)), { maxLength: 4 }),
    )
    .map(([text, cuts]) =>
      cuts.reduce((current, [at, length, insert]) => {
        const start = at % (current.length + 1);
        return current.slice(0, start) + insert + current.slice(start + length);
      }, text),
    );

  it('answers for any text, with every problem placed in it', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string(), codePoints(40)), fc.boolean(), (text, json) => {
        const { problems, plan } = check(text, json ? 'application/json' : YAML);
        expect(plan === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
        const lines = text.replace(/^\uFEFF/, '').split('\n');
        for (const { line, column, code } of problems) {
          expect(code).toMatch(/^[a-z_]+$/);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('answers for any document put together from the words of the language', () => {
    type Node = { [key: string]: unknown };
    const documents = [...FLOW, ...OBLIGATIONS, ...REFERENCES].map((each) => parse(rightOf(each)) as Node);
    const nodesOf = (value: unknown): readonly Node[] => {
      if (typeof value !== 'object' || value === null) return [];
      return [value as Node, ...Object.values(value).flatMap(nodesOf)];
    };
    const vocabulary = documents.flatMap(nodesOf).flatMap((node) => Object.values(node));
    const change = fc.tuple(fc.nat(), fc.nat(), fc.option(fc.constantFrom(...vocabulary), { nil: undefined }));
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.array(change, { minLength: 1, maxLength: 3 }), (base, changes) => {
        const document = structuredClone(base);
        for (const [at, which, value] of changes) {
          const nodes = nodesOf(document);
          const node = nodes[at % nodes.length] ?? document;
          const keys = Object.keys(node);
          const key = keys[which % Math.max(1, keys.length)] ?? 'more';
          if (value === undefined) delete node[key];
          else node[key] = structuredClone(value);
        }
        const { problems, plan } = check(JSON.stringify(document), 'application/json');
        expect(plan === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
        expect(problems.every(({ line, column }) => line === 1 && column >= 1)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['brackets', '['.repeat(60_000)],
    ['braces', '{a: '.repeat(15_000)],
    ['sequences', '- '.repeat(10_000)],
    ['keys', Array.from({ length: 4_000 }, (_, index) => `k${index}:`).join('\n')],
    ['equal keys', 'k: 1\n'.repeat(6_000)],
    ['tags', '!a '.repeat(10_000)],
    ['documents', '---\n'.repeat(16_000)],
    ['steps', `steps:\n${'  - { id: a, classify: {} }\n'.repeat(2_000)}`],
  ])('answers quickly for many %s', (_name, text) => {
    const started = performance.now();
    const { problems } = check(text);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(200);
  });
});
