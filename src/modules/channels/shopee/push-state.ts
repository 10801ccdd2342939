import type { PushState } from '../../../domain/channel/untold.js';
import type { Pushes } from '../push-state.js';
import type { ShopeeHttp } from './http.js';
import { pushConfigShape } from './shapes.js';

/** The platform's words, which are about all shops of the application. */
const STATES: ReadonlyMap<string, PushState> = new Map([
  ['Normal', 'on'],
  ['Warning', 'failing'],
  ['Suspended', 'off'],
]);

/** Whether the platform still pushes: it stops where too few pushes are answered in time. */
export function shopeePushState(http: ShopeeHttp): Pushes {
  return {
    async state(access) {
      const ask = { group: 'push', path: '/api/v2/push/get_app_push_config', isPublic: true } as const;
      const answer = await http.read(access, ask, pushConfigShape);
      // Not every application may ask; then nobody knows.
      if (answer.kind === 'later' && answer.code === 'error_api_permission') return { kind: 'absent' };
      if (answer.kind !== 'read') return answer;
      const state = STATES.get(answer.value.live_push_status ?? '');
      return state === undefined ? { kind: 'absent' } : { kind: 'read', value: state };
    },
  };
}
