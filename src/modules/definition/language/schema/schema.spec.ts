import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { shippedDefinition } from '../../../../../test/support/definition-environment.js';
import { rightOf, wrongOf } from '../../../../../test/support/lint-examples/example.js';
import { FLOW } from '../../../../../test/support/lint-examples/flow.js';
import { NOT_YET } from '../../../../../test/support/lint-examples/not-yet.js';
import { OBLIGATIONS } from '../../../../../test/support/lint-examples/obligations.js';
import { REFERENCES } from '../../../../../test/support/lint-examples/references.js';
import { parseDefinition } from '../parse.js';
import { definitionJsonSchema, definitionSchema } from './schema.js';
import { validateShape } from './validate.js';

const HEAD = 'atende: 1\nkey: a\ntitle: A\n';
const STEPS = 'steps:\n  - { id: a, close: {} }\n';

/** The problems of a text with one `«` where the first is expected. */
function shape(marked: string) {
  const before = marked.slice(0, marked.indexOf('«')).split('\n');
  const parsed = parseDefinition(marked.replace('«', ''), 'application/yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const result = validateShape(parsed.source);
  const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  return { place, problems: result.ok ? [] : result.problems };
}

const step = (text: string): string => `${HEAD}steps:\n  - { id: a, ${text} }\n`;

describe('the shape of a definition', () => {
  it.each([
    ['', `«${HEAD.replace('title: A\n', '')}${STEPS}`, 'title', '"title" is missing'],
    ['', '«- a', '', 'the definition must be a mapping'],
    ['', '«', '', 'the definition must be a mapping'],
    ['', `atende: «2\nkey: a\ntitle: A\n${STEPS}`, 'atende', '"atende" must be 1, the version of the language'],
    ['', `${HEAD}«stesp: 1\n${STEPS}`, 'stesp', '"stesp" is not a word of the language here'],
    ['', `${HEAD}steps: «[]`, 'steps', '"steps" must have at least 1 of them'],
    ['', `${HEAD.replace('key: a', 'key: «A')}${STEPS}`, 'key', /^"key" must begin with a small letter/],
    ['', `${HEAD.replace('title: A', 'title: { «english: A }')}${STEPS}`, 'title.english', /must be a language tag/],
    [
      'two things',
      `${HEAD}steps:\n  - «{ id: a, close: {}, classify: {} }`,
      'steps.a',
      /^steps.a must do exactly one thing/,
    ],
    ['nothing', `${HEAD}steps:\n  - «{ id: a }`, 'steps.a', /^steps.a must do exactly one thing/],
    ['a misspelt word, told once', step('«clasify: {}'), 'steps.a.clasify', /not a word of the language/],
    [
      'an id that is no id',
      `${HEAD}steps:\n  - { id: «A b, close: {} }`,
      'steps.0.id',
      /must begin with a small letter/,
    ],
    ['the reserved id', `${HEAD}steps:\n  - { id: «constructor, close: {} }`, 'steps.constructor.id', /must begin/],
    [
      'a condition that is no text',
      step('choose: [{ when: «true, goto: a }]'),
      'steps.a.choose.0.when',
      /expression in single quotes/,
    ],
    ['an unknown recipient', step('notify: { to: «boss }'), 'steps.a.notify.to', /^"to" must be holder, queue/],
    [
      'a bad duration',
      step('task: { kind: reply, lease: «20 }'),
      'steps.a.task.lease',
      '"lease" must be a duration such as 45m',
    ],
    ['a bad unit', step('task: { kind: reply, lease: «20min }'), 'steps.a.task.lease', /is not a duration/],
    [
      'no time at all',
      step('task: { kind: reply, lease: «0s }'),
      'steps.a.task.lease',
      '"lease" must be longer than nothing',
    ],
    ['too long a time', step('wait: { until: «9999d }'), 'steps.a.wait.until', '"until" is longer than ten years'],
    ['business days in a wait', step('wait: { until: «3bd }'), 'steps.a.wait.until', /cannot be business days/],
    [
      'a foreign field',
      step('task: { kind: triage, draft: «x }'),
      'steps.a.task.draft',
      '"draft" does not belong to a triage task',
    ],
    [
      'a form without fields',
      step('task: «{ kind: form, outcomes: [ok] }'),
      'steps.a.task',
      '"task" of kind form needs "fields"',
    ],
    [
      'a wrong strategy',
      step('assign: { queue: x, strategy: «random }'),
      'steps.a.assign.strategy',
      /^"strategy" must be round_robin, .* or manual$/,
    ],
    [
      'once: true',
      step('send: { template: x, once: «true }'),
      'steps.a.send.once',
      '"once" must be inquiry, closed_period or false',
    ],
    ['nothing to set', step('set: «{}'), 'steps.a.set', '"set" must set something'],
    [
      'interrupt alone',
      `${HEAD}rules: [{ id: r, when: 'true', do: [{ notify: { to: ops }, interrupt: «true }] }]\n${STEPS}`,
      'rules.r.do.0.interrupt',
      '"interrupt" belongs to goto',
    ],
    [
      'conditions only',
      `${HEAD}obligations: { resolution: { within: [{ when: «'true', is: 1h }] } }\n${STEPS}`,
      'obligations.resolution.within.0.when',
      /must be left out of the last target/,
    ],
    [
      'a target in between',
      `${HEAD}obligations: { resolution: { within: [«{ is: 1h }, { is: 2h }] } }\n${STEPS}`,
      'obligations.resolution.within.0',
      /needs "when"/,
    ],
    [
      'a target without a time',
      `${HEAD}obligations: { resolution: { within: [«{}] } }\n${STEPS}`,
      'obligations.resolution.within.0.is',
      '"is" is missing',
    ],
    [
      'a within of no kind',
      `${HEAD}obligations: { resolution: { within: «true } }\n${STEPS}`,
      'obligations.resolution.within',
      /must be a duration, platform or a list/,
    ],
    [
      'a bad anchor',
      `${HEAD}escalations: { c: [{ at: «end, do: [{ notify: { to: ops } }] }] }\n${STEPS}`,
      'escalations.c.0.at',
      /must be start, deadline or window/,
    ],
    [
      'an unknown type',
      `${HEAD}data: { a: «int }\n${STEPS}`,
      'data.a',
      '"a" must be string, number, bool or timestamp',
    ],
    [
      'a list for a constant',
      `${HEAD}rules: [{ id: r, when: 'true', do: [{ set: { data: { a: «[1] } } }] }]\n${STEPS}`,
      'rules.r.do.0.set.data.a',
      /must be a number, true, false or an expression/,
    ],
  ])('%s %#', (_name, marked, path, message) => {
    const { problems, place } = shape(marked);
    expect(problems[0]).toMatchObject({ code: 'schema_invalid', severity: 'error', path, ...place });
    expect(problems[0]?.message).toMatch(message);
    expect(problems).toHaveLength(1);
  });

  it('offers the likely word', () => {
    const { problems } = shape(`${HEAD}obligations: { resolution: { within: 1h, «esclate: x } }\n${STEPS}`);
    expect(problems[0]?.remedy).toMatch(/^Did you mean "escalate"\?/);
  });

  it('says how to write an expression', () => {
    expect(shape(step('wait: { until: «5 }')).problems[0]?.remedy).toContain('single quotes');
  });
});

describe('the JSON Schema', () => {
  const schema = definitionJsonSchema();
  const validate = new Ajv2020({ strict: false }).compile(schema);
  const examples = [...FLOW, ...REFERENCES, ...OBLIGATIONS, ...NOT_YET];

  it('is draft 2020-12 and closed', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: ['atende', 'key', 'title', 'steps'],
    });
  });

  it('takes the standard definition and every right example', () => {
    for (const text of [shippedDefinition('standard-br.yaml'), ...examples.map(rightOf)]) {
      validate(parse(text));
      expect(validate.errors).toBeNull();
    }
  });

  it.each([
    ['an unknown word', { stesp: [] }],
    ['no steps', { steps: [] }],
    ['a step that does nothing', { steps: [{ id: 'a' }] }],
    ['a step that does two things', { steps: [{ id: 'a', classify: {}, close: {} }] }],
    ['a bad duration', { steps: [{ id: 'a', task: { kind: 'reply', lease: '20' } }] }],
    ['too many rules', { rules: Array(51).fill({ id: 'a', when: 'true', do: [{ goto: 'a' }] }) }],
    ['an action that does nothing', { rules: [{ id: 'a', when: 'true', do: [{ when: 'true' }] }] }],
  ])('refuses %s', (_name, part) => {
    expect(validate({ atende: 1, key: 'a', title: 'A', steps: [{ id: 'a', close: {} }], ...part })).toBe(false);
  });

  it('agrees with the shape the linter starts from, on every example', () => {
    for (const { text } of examples.map(wrongOf)) {
      const document: unknown = parse(text);
      if (definitionSchema.safeParse(document).success) validate(document);
      expect(validate.errors?.filter(({ keyword }) => !keyword.startsWith('max')) ?? []).toEqual([]);
    }
  });
});
