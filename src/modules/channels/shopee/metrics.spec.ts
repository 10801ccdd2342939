import { metricsIn } from './metrics.js';

describe('figures of a shop on Shopee', () => {
  const one = (
    metric_id: number,
    unit: number | null,
    current_period: number | null,
    target: object | null = null,
  ) => ({
    metric_list: [{ metric_id, unit, current_period, target }],
  });

  it.each([
    ['hours', one(21, 5, 1.25, { value: 12, comparator: '<=' }), { name: 'response_time', unit: 'minutes', value: 75 }],
    ['seconds', one(29, 3, 90), { name: 'average_response_time', unit: 'minutes', value: 1.5 }],
    ['days', one(29, 4, 2), { name: 'average_response_time', unit: 'minutes', value: 2_880 }],
    ['percent', one(11, 2, 93.5), { name: 'response_rate', unit: 'percent', value: 93.5 }],
    ['plain numbers', one(23, 1, 2), { name: 'unanswered', unit: 'count', value: 2 }],
  ])('are read in %s', (_unit, said, expected) => {
    expect(metricsIn(said)).toMatchObject([expected]);
  });

  it('have their target in the same unit, where it is one that can be compared with', () => {
    const target = (comparator: string, value: number | null): object | null | undefined =>
      metricsIn(one(21, 5, 1, { comparator, value }))[0]?.target;
    expect(target('<=', 12)).toEqual({ comparator: '<=', value: 720 });
    expect([target('~', 12), target('<=', null)]).toEqual([null, null]);
  });

  it.each([
    ['about something else', one(3, 2, 0.5)],
    ['not counted yet', one(11, 2, null)],
    ['in an unknown unit', one(11, 9, 1)],
    ['missing', { metric_list: null }],
  ])('are left out where they are %s', (_why, said) => {
    expect(metricsIn(said)).toEqual([]);
  });
});
