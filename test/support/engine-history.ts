import { workflowIdOf } from '../../src/modules/inquiry/index.js';
import type { Stack } from './stack.js';

export type EngineCount = { readonly events: number; readonly actions: number; readonly types: readonly number[] };

const STARTED = 1;
const TASK_COMPLETED = 7;
const MARKER = 25;
const TIMER_STARTED = 17;
const SIGNALED = 26;
const UPDATE_ACCEPTED = 41;
const ACTIVITY_SCHEDULED = 10;

/**
 * Events and billable actions of an inquiry's execution. A signal that comes with the start is one action together with it;
 * all local activities of one workflow task are one.
 */
export async function countEngine(stack: Stack, inquiryId: string): Promise<EngineCount> {
  const handle = stack.runtime.temporal.client.workflow.getHandle(workflowIdOf(stack.demo.tenantId, inquiryId));
  const history = await handle.fetchHistory();
  const types = (history.events ?? []).map((event) => Number(event.eventType));
  let actions = 0;
  let markersInTask = 0;
  for (const [index, type] of types.entries()) {
    if (type === TASK_COMPLETED) markersInTask = 0;
    if (type === MARKER) {
      if (markersInTask === 0) actions += 1;
      markersInTask += 1;
    }
    if (type === STARTED || type === TIMER_STARTED || type === UPDATE_ACCEPTED || type === ACTIVITY_SCHEDULED)
      actions += 1;
    if (type === SIGNALED && types[index - 1] !== STARTED) actions += 1;
  }
  return { events: types.length, actions, types };
}
