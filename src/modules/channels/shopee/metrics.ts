import type { z } from 'zod';
import { COMPARATORS } from '../metrics.js';
import type { Metrics, ShopMetric } from '../metrics.js';
import type { ShopeeHttp } from './http.js';
import { performanceShape } from './shapes.js';

/** Those of the platform's figures that are about answering, by its numbers. */
const NAMES: ReadonlyMap<number, ShopMetric['name']> = new Map([
  [11, 'response_rate'],
  [21, 'response_time'],
  [23, 'unanswered'],
  [29, 'average_response_time'],
]);

/** What its numbers of units mean, and how many of ours one of them is: plain, percent, seconds, days, hours. */
const UNITS: ReadonlyMap<number, readonly [ShopMetric['unit'], number]> = new Map([
  [1, ['count', 1]],
  [2, ['percent', 1]],
  [3, ['minutes', 1 / 60]],
  [4, ['minutes', 1_440]],
  [5, ['minutes', 60]],
]);

/** What the platform counts of a shop's answering. */
export function shopeeMetrics(http: ShopeeHttp): Metrics {
  return {
    async read(access) {
      const path = '/api/v2/account_health/get_shop_performance';
      const answer = await http.read(access, { group: 'performance', path }, performanceShape);
      return answer.kind === 'read' ? { kind: 'read', value: metricsIn(answer.value) } : answer;
    },
  };
}

/** The figures that are about answering; those in units nobody here knows are left out. */
export function metricsIn({ metric_list }: z.infer<typeof performanceShape>): ShopMetric[] {
  return (metric_list ?? []).flatMap(({ metric_id, current_period, unit, target }): ShopMetric[] => {
    const name = NAMES.get(metric_id);
    const [word, factor] = UNITS.get(unit ?? 0) ?? [];
    if (name === undefined || word === undefined || factor === undefined) return [];
    if (current_period === null || current_period === undefined) return [];
    const comparator = COMPARATORS.find((known) => known === target?.comparator);
    const wanted = target?.value ?? null;
    return [
      {
        ...{ name, part: null, value: current_period * factor, unit: word },
        target: comparator === undefined || wanted === null ? null : { value: wanted * factor, comparator },
      },
    ];
  });
}
