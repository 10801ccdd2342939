import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { Temporal } from '../../platform/temporal/index.js';
import { INQUIRY_WORKFLOW, ring } from '../../workflows/messages.js';
import type { InquiryInput, RingKind } from '../../workflows/messages.js';
import { workflowIdOf } from '../inquiry/index.js';

export type RingRequest = {
  readonly tenantId: string;
  readonly inquiryId: string;
  readonly kind: RingKind;
  /** Shown in Temporal's own lists: `key@version` and the channel. */
  readonly definition: string;
  readonly channel: string;
};

/** Rings inquiry workflows, starting them where none runs. */
export class Doorbell {
  constructor(
    private readonly temporal: Temporal,
    private readonly taskQueue: string,
  ) {}

  /**
   * Rings an inquiry. A terminated or failed execution is taken up again; one that completed refuses.
   *
   * @returns false when the execution has completed
   */
  async ring(request: RingRequest): Promise<boolean> {
    const { tenantId, inquiryId, kind } = request;
    const input: InquiryInput = { tenantId, inquiryId };
    try {
      await this.temporal.client.workflow.signalWithStart(INQUIRY_WORKFLOW, {
        workflowId: workflowIdOf(tenantId, inquiryId),
        taskQueue: this.taskQueue,
        args: [input],
        signal: ring,
        signalArgs: [kind],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        ...this.#listing(request),
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /**
   * Starts an inquiry that PostgreSQL says is open although its execution completed, or rings the one that runs. Only the
   * safety net may do this: a redelivered ring must never start a completed inquiry again.
   */
  async resume(request: RingRequest): Promise<void> {
    const { tenantId, inquiryId } = request;
    await this.temporal.client.workflow.signalWithStart(INQUIRY_WORKFLOW, {
      workflowId: workflowIdOf(tenantId, inquiryId),
      taskQueue: this.taskQueue,
      args: [{ tenantId, inquiryId, continued: true } satisfies InquiryInput],
      signal: ring,
      signalArgs: ['poke'],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      ...this.#listing(request),
    });
  }

  /** What Temporal may show and filter by, set at the start only: ids and keys, nothing personal. */
  #listing(request: RingRequest): {
    searchAttributes: Record<string, string[]>;
    priority: { fairnessKey: string };
    staticSummary: string;
  } {
    return {
      searchAttributes: {
        AtendeTenant: [request.tenantId],
        AtendeDefinition: [request.definition],
        AtendeChannel: [request.channel],
      },
      priority: { fairnessKey: request.tenantId },
      staticSummary: `${request.definition} on ${request.channel}`,
    };
  }
}
