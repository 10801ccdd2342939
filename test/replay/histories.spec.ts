import { Worker } from '@temporalio/worker';
import { recordedHistories } from '../support/histories.js';
import { projectPath, quietRuntime } from '../support/stack.js';

const bundle = { codePath: projectPath('dist/workflow-bundle.js') };

type Recorded = { events: { eventType: string; markerRecordedEventAttributes?: { markerName?: string } }[] };

describe('recorded histories', () => {
  beforeAll(quietRuntime);

  it('show every way through the driver', () => {
    const all = recordedHistories().flatMap(([, history]) => (history as Recorded).events);
    const seen = new Set(all.map(({ eventType }) => eventType.replace('EVENT_TYPE_', '')));
    for (const type of [
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
      'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
      'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
      'WORKFLOW_EXECUTION_COMPLETED',
      'MARKER_RECORDED',
      'TIMER_STARTED',
      'TIMER_FIRED',
      'TIMER_CANCELED',
      'ACTIVITY_TASK_COMPLETED',
    ])
      expect(seen).toContain(type);
  });

  it.each(recordedHistories())('%s replays against this build', async (_name, history) => {
    await Worker.runReplayHistory({ workflowBundle: bundle }, history);
  });
});
