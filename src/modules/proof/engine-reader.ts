import { openHistory } from '../../platform/temporal/index.js';
import type { PayloadReader } from '../../platform/temporal/index.js';
import { workflowIdOf } from '../inquiry/index.js';
import type { EngineArchive, KeptRun } from './engine-archive.js';
import { engineEvents } from './engine-events.js';
import type { EngineEvent } from './engine-events.js';

/** `complete`: nothing will be added any more; `erased`: what it held is gone, its outline stands. */
export type OpenedRecord = {
  readonly complete: boolean;
  readonly erased: boolean;
  readonly runs: readonly KeptRun[];
  readonly events: readonly EngineEvent[];
};

/** Reads the engine's own history of inquiries, which is kept sealed as Temporal has it. */
export class EngineReader {
  constructor(
    private readonly archive: EngineArchive,
    private readonly payloads: PayloadReader,
  ) {}

  /** The events of all runs, opened, tombstones in the place of what was erased; null when Temporal cannot be reached. */
  async read(tenantId: string, inquiryId: string): Promise<OpenedRecord | null> {
    const record = await this.archive.read(tenantId, inquiryId);
    if (record === null) return null;
    const own = workflowIdOf(tenantId, inquiryId);
    const events: EngineEvent[] = [];
    let erased = false;
    for (const { runId, history } of record.runs) {
      const opened = await openHistory(history, async (payloads) => {
        const read = await this.payloads.read(payloads, (workflowId) => workflowId === own);
        erased ||= read.some(({ outcome }) => outcome === 'erased');
        return read.map(({ payload }) => payload);
      });
      events.push(...engineEvents(runId, opened));
    }
    return { ...record, erased, events };
  }
}
