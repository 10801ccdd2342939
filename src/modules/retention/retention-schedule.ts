import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ScheduleOptions } from '@temporalio/client';
import type { Temporal } from '../../platform/temporal/index.js';

const SCHEDULE_ID = 'atende-retention-sweep';

/** Name of the workflow function; there is one schedule per namespace. */
const SWEEP_WORKFLOW = 'retentionSweep';

/** In the night of the shops, when few wait for anything. */
const DAILY = { calendars: [{ hour: 3, minute: 17, comment: 'daily' }], timezone: 'America/Sao_Paulo' } as const;

/** Keeps the Temporal schedule of the retention sweep as this version of the program wants it. */
export class RetentionSchedule {
  constructor(
    private readonly temporal: Temporal,
    private readonly taskQueue: string,
  ) {}

  /** Creates the schedule, or brings an existing one up to date; whether it is paused stays as operators left it. */
  async ensure(): Promise<void> {
    const { schedule } = this.temporal.client;
    const wanted = this.#options();
    try {
      await schedule.create(wanted);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action, policies } = wanted;
      await schedule.getHandle(SCHEDULE_ID).update(({ state }) => ({ spec, action, policies: policies ?? {}, state }));
    }
  }

  #options(): ScheduleOptions & { action: { type: 'startWorkflow' } } {
    return {
      scheduleId: SCHEDULE_ID,
      spec: { ...DAILY, calendars: [...DAILY.calendars] },
      action: {
        type: 'startWorkflow',
        workflowType: SWEEP_WORKFLOW,
        workflowId: SCHEDULE_ID,
        taskQueue: this.taskQueue,
        args: [],
      },
      // A sweep that takes longer than a day goes on; the next day's is not needed beside it.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
    };
  }
}
