import { workflowIdOf } from '../../src/modules/inquiry/index.js';
import { billableActions } from './billable-actions.js';
import type { Stack } from './stack.js';

export type EngineCount = { readonly events: number; readonly actions: number; readonly types: readonly number[] };

/** Events and billable actions of an inquiry's execution. */
export async function countEngine(stack: Stack, inquiryId: string): Promise<EngineCount> {
  const handle = stack.runtime.temporal.client.workflow.getHandle(workflowIdOf(stack.demo.tenantId, inquiryId));
  const history = await handle.fetchHistory();
  const types = (history.events ?? []).map((event) => Number(event.eventType));
  return { events: types.length, actions: billableActions(types), types };
}
