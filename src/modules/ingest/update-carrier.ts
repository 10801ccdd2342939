import type { Log } from '../../platform/log/index.js';
import type { Temporal } from '../../platform/temporal/index.js';
import { command } from '../../workflows/messages.js';
import type { CommandCarrier } from '../inquiry/index.js';
import { workflowIdOf } from '../inquiry/index.js';
import type { Relay } from './relay.js';

/** Carries commands to inquiry workflows by updates. */
export class UpdateCarrier implements CommandCarrier {
  constructor(
    private readonly temporal: Temporal,
    private readonly relay: Relay,
    private readonly log: Log,
  ) {}

  carry: CommandCarrier['carry'] = async ({ tenantId, inquiryId, commandId }) => {
    const handle = this.temporal.client.workflow.getHandle(workflowIdOf(tenantId, inquiryId));
    try {
      await handle.executeUpdate(command, { args: [{ commandId }], updateId: commandId });
      return 'answered';
    } catch (error) {
      this.log.debug({ err: error, inquiryId, commandId }, 'update not carried');
      return this.#ring(tenantId, inquiryId);
    }
  };

  /** The driver may not have been started yet, or has just ended: ring it, and let it answer in its own time. */
  async #ring(tenantId: string, inquiryId: string): Promise<'rung' | 'unreachable'> {
    try {
      await this.relay.ring(tenantId, inquiryId);
      return 'rung';
    } catch {
      return 'unreachable';
    }
  }
}
