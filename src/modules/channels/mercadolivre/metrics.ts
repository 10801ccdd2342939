import type { Metrics, ShopMetric } from '../connector.js';
import type { MercadoLivreHttp } from './http.js';
import { responseTimeShape } from './shapes.js';

/** Parts of the week, by the platform's words. */
const PARTS = {
  total: null,
  weekdays_working_hours: 'working_hours',
  weekdays_extra_hours: 'evenings',
  weekend: 'weekend',
} as const;

/** How long questions wait for an answer, on average over 14 days; the platform counts once a day. */
export function mercadoLivreMetrics(http: MercadoLivreHttp): Metrics {
  return {
    async read(access) {
      const path = `/users/${access.account ?? ''}/questions/response_time`;
      const answer = await http.read(access, { group: 'questions', urgent: false, path }, responseTimeShape);
      if (answer.kind !== 'read') return answer;
      const value = Object.entries(PARTS).flatMap(([name, part]): ShopMetric[] => {
        const minutes = answer.value[name as keyof typeof PARTS]?.response_time ?? null;
        return minutes === null ? [] : [{ name: 'response_time', part, value: minutes, unit: 'minutes', target: null }];
      });
      return { kind: 'read', value };
    },
  };
}
