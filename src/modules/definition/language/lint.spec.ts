import { definitionEnvironment } from '../../../../test/support/definition-environment.js';
import { TENANT, above, before, definition, rightOf, wrongOf } from '../../../../test/support/lint-examples/example.js';
import { ANSWER } from '../../../../test/support/lint-examples/example.js';
import { CALLS } from '../../../../test/support/lint-examples/calls.js';
import { FLOW } from '../../../../test/support/lint-examples/flow.js';
import { FORMS } from '../../../../test/support/lint-examples/forms.js';
import { NOT_YET } from '../../../../test/support/lint-examples/not-yet.js';
import { OBLIGATIONS } from '../../../../test/support/lint-examples/obligations.js';
import { REFERENCES } from '../../../../test/support/lint-examples/references.js';
import { checkDefinition } from './check.js';
import { NOT_SUPPORTED_YET } from './lint/supported.js';
import { ERROR_CODES, WARNING_CODES } from './problem.js';

const problemsOf = (text: string, environment = TENANT) =>
  checkDefinition(text, 'application/yaml', environment).problems;

const EXAMPLES = [...FLOW, ...REFERENCES, ...OBLIGATIONS, ...FORMS, ...CALLS];

describe('lint', () => {
  it.each(EXAMPLES.map((each) => [each.code, each.path, each] as const))('%s at %s', (code, path, each) => {
    expect(problemsOf(rightOf(each))).toEqual([]);
    const { text, line, column } = wrongOf(each);
    const found = problemsOf(text).filter((problem) => problem.code === code && problem.path === path);
    const severity = WARNING_CODES.some((warning) => warning === code) ? 'warning' : 'error';
    expect(found).toMatchObject([{ severity, line, column }]);
    expect(found[0]?.message).not.toBe('');
    expect(found[0]?.remedy).not.toBe('');
  });

  it.each(NOT_YET.map((each) => [each.code, each.path, each] as const))(
    'not_supported_yet: %s at %s',
    (construct, path, each) => {
      const { text, line, column } = wrongOf(each);
      const problems = problemsOf(text);
      expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['not_supported_yet']));
      const here = problems.find((problem) => problem.path === path);
      expect(here).toMatchObject({ severity: 'error', line, column });
      expect(here?.message).toContain(`"${construct}"`);
    },
  );

  it('has an example of every code and every missing construct', () => {
    const elsewhere = ['not_supported_yet', 'unused_template', 'yaml_invalid'];
    const shown = new Set([...EXAMPLES.map(({ code }) => code), ...elsewhere]);
    expect([...ERROR_CODES, ...WARNING_CODES].filter((code) => !shown.has(code))).toEqual([]);
    expect(NOT_YET.map(({ code }) => code).sort()).toEqual(NOT_SUPPORTED_YET.map(({ name }) => name).sort());
  });

  it('warns of templates nobody sends, once', () => {
    expect(problemsOf(above(), definitionEnvironment())).toMatchObject([
      {
        code: 'unused_template',
        severity: 'warning',
        path: 'steps',
        line: 5,
        message: 'no step sends "ack" or "away"',
      },
    ]);
  });

  it('says what a template lacks, by language, by form and by length', () => {
    const text = definition(['{ id: ack, send: { template: half } }', ...ANSWER], 'channels: [email, whatsapp]');
    expect(problemsOf(text).map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'template "half" is not written in es or zh-CN',
        'template "half" has no letter form, which a listed channel needs',
        'template "half" has 5000 characters, whatsapp takes 4096',
      ]),
    );
  });

  it('takes the channels of the shops where a definition lists none', () => {
    const text = before('{ id: ack, send: { template: ack } }');
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, { ...TENANT, shopsChannels: ['strict'] })).toMatchObject([{ code: 'channel_cannot' }]);
  });

  it('keeps the channels that the routing sends here', () => {
    const environment = { ...TENANT, routedChannels: ['webhook'] };
    expect(problemsOf(above('channels: [webhook, email]'), environment)).toEqual([]);
    expect(problemsOf(above(), environment)).toEqual([]);
    const found = problemsOf(above('channels: [email]'), environment);
    expect(found).toMatchObject([{ code: 'channel_cannot', path: 'channels', line: 5 }]);
  });

  it('does not follow the token while a step is missing', () => {
    const found = problemsOf(before('{ id: start, classify: {}, goto: nowhere }', '{ id: lost, classify: {} }'));
    expect(found.map(({ code }) => code)).toEqual(['unknown_step']);
  });

  it('offers the likely word', () => {
    const [found] = problemsOf(before('{ id: person, assign: { queue: sale-br } }'));
    expect(found?.remedy).toBe('Did you mean "sales-br"?');
  });

  it('names the hours nobody covers', () => {
    const [found] = problemsOf(before('{ id: person, assign: { queue: mornings } }'));
    expect(found?.message).toMatch(/^23 Nov 2026, 09:00\D+18:00 \(America\/Sao_Paulo\): "br-office" is open/);
  });

  it('reports every wrong expression, not the first alone', () => {
    const text = before("{ id: hours, choose: [{ when: 'foo && bar', goto: reply }, { when: '1', goto: buyer }] }");
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      'steps.hours.choose.0.when',
      'steps.hours.choose.0.when',
      'steps.hours.choose.1.when',
    ]);
  });

  it('sees the fields of events, forms and calls in data', () => {
    const when = `'data.paid.amount > 1.0 && data["ask-pix"].key == "x" && data.erp.code == "y"'`;
    const fields = 'fields: { key: { type: choice, choices: [x] } }, outcomes: [ok]';
    const text = definition(
      [
        `{ id: ask-pix, task: { kind: form, ${fields} }, goto: erp }`,
        '{ id: erp, call: { connection: erp, operation: refund }, goto: reply }',
        ...ANSWER,
      ],
      'events: { paid: { amount: number } }',
      'rules:',
      `  - { id: one, when: ${when}, do: [{ notify: { to: ops } }] }`,
    );
    expect(problemsOf(text)).toEqual([]);
  });
});
