import fc from 'fast-check';
import type { FormField, FormPlan } from '../definition/plan.js';
import { firstMisfit, readForm } from './form.js';

const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name,
  type: 'string',
  choices: [],
  personal: false,
  optional: false,
  ...more,
});

const FORM: FormPlan = {
  fields: [
    field('amount', { type: 'number' }),
    field('size', { type: 'choice', choices: ['small', 'large'] }),
    field('since', { type: 'timestamp', optional: true }),
    field('sure', { type: 'bool', optional: true }),
    field('why', { optional: true }),
  ],
  outcomes: ['grant', 'deny'],
};

const FILLED = { amount: 12.5, size: 'small' };

describe('a form', () => {
  it('takes what fits, with instants as epoch milliseconds', () => {
    const sent = { ...FILLED, since: '2026-11-23T10:00:00-03:00', sure: false, why: 'broken' };
    const values = { ...FILLED, since: Date.UTC(2026, 10, 23, 13), sure: false, why: 'broken' };
    expect(readForm(FORM, sent)).toEqual({ values });
    expect(firstMisfit(FORM, 'grant', values)).toBeNull();
  });

  it.each([
    ['amount', { size: 'small' }, 'is missing'],
    ['amount', { ...FILLED, amount: '12' }, 'must be a number'],
    ['amount', { ...FILLED, amount: null }, 'must be a number'],
    ['size', { ...FILLED, size: 'middle' }, 'must be one of small, large'],
    ['since', { ...FILLED, since: 'tomorrow' }, 'must be an instant such as 2026-11-23T13:00:00Z'],
    ['since', { ...FILLED, since: '2026-13-45T10:00:00Z' }, 'must be an instant such as 2026-11-23T13:00:00Z'],
    ['since', { ...FILLED, since: 5 }, 'must be an instant such as 2026-11-23T13:00:00Z'],
    ['sure', { ...FILLED, sure: 'yes' }, 'must be true or false'],
    ['why', { ...FILLED, why: '' }, 'must be a text of 1 to 1000 characters'],
    ['why', { ...FILLED, why: 'x'.repeat(1_001) }, 'must be a text of 1 to 1000 characters'],
    ['colour', { ...FILLED, colour: 'red' }, 'is no field of this form'],
  ])('names the field %s in %j: %s', (name, sent, detail) => {
    expect(readForm(FORM, sent)).toEqual({ problems: [{ field: name, detail }] });
  });

  it.each([
    ['outcome', 'refund', FILLED],
    ['amount', 'deny', { size: 'large' }],
    ['amount', 'deny', { ...FILLED, amount: Number.NaN }],
    ['since', 'deny', { ...FILLED, since: 'later' }],
    ['colour', 'deny', { ...FILLED, colour: 'red' }],
  ])('is not decided on with a wrong %s', (misfit, outcome, values) => {
    expect(firstMisfit(FORM, outcome, values)).toBe(misfit);
  });

  it('is decided on whatever was read from a request', () => {
    const anything = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.constant('small'));
    const sent = fc.record(
      { amount: fc.oneof(fc.double(), anything), size: fc.constantFrom('small', 'large', 'x'), since: anything },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(sent, (given) => {
        const read = readForm(FORM, given);
        return 'problems' in read ? read.problems.length > 0 : firstMisfit(FORM, 'grant', read.values) === null;
      }),
    );
  });
});
