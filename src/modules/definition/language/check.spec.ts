import { parse, stringify } from 'yaml';
import { definitionEnvironment, shippedDefinition } from '../../../../test/support/definition-environment.js';
import { nextStep, stepOf } from '../../../domain/definition/plan.js';
import { checkDefinition } from './check.js';

const YAML = 'application/yaml';
const STANDARD = shippedDefinition('standard-br.yaml');
const HOUR = 3_600_000;

const TENANT = definitionEnvironment();

const check = (text: string, type = YAML) => checkDefinition(text, type, TENANT);

describe('the standard definition', () => {
  const { problems, plan, checksum } = check(STANDARD);

  it('has no problem in the demo tenant', () => {
    expect(problems).toEqual([]);
    expect(plan).toMatchObject({ key: 'standard-br', version: 0, checksum, calendar: 'br-office' });
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it('answers within the hour, sooner for good customers, in working time', () => {
    const first = plan?.obligations.find(({ name }) => name === 'first_response');
    expect(first?.clock).toBe('house');
    expect(first?.targets.map(({ when, within }) => [when?.source ?? null, within])).toEqual([
      ['buyer.value >= 1000.0', { ms: HOUR / 3 }],
      [null, { ms: HOUR }],
    ]);
  });

  it('acknowledges on the wall clock and resolves in three business days with pauses', () => {
    expect(plan?.obligations.map(({ name, clock }) => [name, clock])).toEqual([
      ['acknowledge', 'wall'],
      ['first_response', 'house'],
      ['next_response', 'house'],
      ['platform_response', 'wall'],
      ['resolution', 'house'],
    ]);
    expect(plan?.obligations.at(-1)).toMatchObject({
      targets: [{ when: null, within: { businessDays: 3 } }],
      pauseWhile: ['waiting_buyer', 'waiting_platform'],
    });
  });

  it('reminds, tells the supervisor and moves the task', () => {
    const levels = plan?.escalations['late-reply'] ?? [];
    expect(levels.map(({ anchor, offsetMs }) => [anchor, offsetMs])).toEqual([
      ['start', 0.75 * HOUR],
      ['deadline', 0],
      ['deadline', 0.5 * HOUR],
    ]);
    expect(levels.flatMap((level) => level.do.map(({ kind }) => kind))).toEqual([
      'notify',
      'notify',
      'set',
      'reassign',
    ]);
  });

  it('leads a token from the first step to the close', () => {
    if (!plan) throw new Error('no plan');
    const walk = (outcomes: Readonly<Record<string, string>>): readonly string[] => {
      const passed: string[] = [];
      for (let id: string | null = plan.steps[0]?.id ?? null; id !== null && passed.length < 20;) {
        passed.push(id);
        const step = stepOf(plan, id);
        id = step.kind === 'close' ? null : nextStep(plan, step, outcomes[id] ?? null);
      }
      return passed;
    };
    expect(walk({ acknowledge: 'sent', person: 'assigned', reply: 'sent', buyer: 'timeout' })).toEqual([
      'classify',
      'hours',
      'acknowledge',
      'person',
      'reply',
      'buyer',
      'close',
    ]);
    expect(walk({ person: 'nobody', reply: 'not_needed' }).slice(-2)).toEqual(['reply', 'close']);
  });
});

describe('the same definition', () => {
  it('has the same checksum and plan as JSON, in any order of keys, with or without comments', () => {
    const document = parse(STANDARD) as Readonly<Record<string, unknown>>;
    const reversed = Object.fromEntries(Object.entries(document).reverse());
    const first = check(STANDARD);
    for (const [text, type] of [
      [JSON.stringify(document), 'application/json'],
      [JSON.stringify(reversed, null, '\t'), 'application/json; charset=utf-8'],
      [stringify(reversed, { lineWidth: 40, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }), YAML],
      [`\uFEFF${STANDARD.replaceAll('\n', '\r\n')}# end`, YAML],
    ] as const) {
      const other = check(text, type);
      expect(other.problems).toEqual([]);
      expect(other.checksum).toBe(first.checksum);
      expect(other.plan).toEqual(first.plan);
    }
  });

  it('has another checksum when a value changes', () => {
    expect(check(STANDARD.replace('48h', '47h')).checksum).not.toBe(check(STANDARD).checksum);
  });
});

describe('the answer', () => {
  it('has a document but no plan while there are errors', () => {
    const answer = check(STANDARD.replace('queue: supervisors', 'queue: nobody'));
    expect(answer.problems).toMatchObject([{ code: 'unknown_queue', severity: 'error' }]);
    expect(answer.document?.key).toBe('standard-br');
    expect(answer.checksum).toBeDefined();
    expect(answer.plan).toBeUndefined();
  });

  it('refuses a name other than the settled one, at its place', () => {
    const named = (key: string) => checkDefinition(STANDARD, YAML, TENANT, key);
    expect(named('standard-br').problems).toEqual([]);
    const { problems, plan } = named('standard-mx');
    expect(problems).toMatchObject([{ code: 'schema_invalid', path: 'key', remedy: 'Write: key: standard-mx' }]);
    expect(STANDARD.split('\n')[(problems[0]?.line ?? 0) - 1]).toBe('key: standard-br');
    expect(plan).toBeUndefined();
  });

  it('has a plan beside warnings', () => {
    const answer = check(STANDARD.replace('template: ack', 'template: away, with: { back: "now" }'));
    expect(answer.problems).toMatchObject([{ code: 'unused_template', severity: 'warning' }]);
    expect(answer.plan).toBeDefined();
  });

  it('lists problems by line', () => {
    const answer = check(
      STANDARD.replace('calendar: br-office', 'calendar: x').replace('48h', '"1"').replace('goto: away', 'goto: awy'),
    );
    const lines = answer.problems.map(({ line }) => line);
    expect(lines).toEqual(lines.toSorted((left, right) => left - right));
    expect(lines.length).toBeGreaterThan(2);
  });

  it('stops after 200 problems, errors first', () => {
    const answer = check(`${STANDARD}${Array.from({ length: 250 }, (_, index) => `x${index}: 1\n`).join('')}`);
    expect(answer.problems).toHaveLength(200);
  });
});
