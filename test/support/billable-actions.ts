const STARTED = 1;
const TASK_COMPLETED = 7;
const ACTIVITY_SCHEDULED = 10;
const TIMER_STARTED = 17;
const MARKER = 25;
const SIGNALED = 26;
const UPDATE_ACCEPTED = 41;
const BILLED: ReadonlySet<number> = new Set([STARTED, ACTIVITY_SCHEDULED, TIMER_STARTED, UPDATE_ACCEPTED]);

/**
 * Billable actions of a history, given the types of its events in order: a start with its signal is one, all local activities
 * of one workflow task are one.
 */
export function billableActions(types: readonly number[]): number {
  let actions = 0;
  let markersInTask = 0;
  for (const [index, type] of types.entries()) {
    if (type === TASK_COMPLETED) markersInTask = 0;
    if (type === MARKER) {
      if (markersInTask === 0) actions += 1;
      markersInTask += 1;
    }
    if (BILLED.has(type)) actions += 1;
    if (type === SIGNALED && types[index - 1] !== STARTED) actions += 1;
  }
  return actions;
}
