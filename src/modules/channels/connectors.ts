import { capabilitiesOf } from '../../domain/channel/capabilities.js';
import type { ChannelCapabilities, MessageLimits } from '../../domain/channel/capabilities.js';
import { limitsOf } from '../../domain/messaging/limits.js';
import type { Connector } from './connector.js';

/** The connectors of this installation, by the names of their channels. */
export class Connectors {
  readonly #byName: ReadonlyMap<string, Connector>;

  constructor(connectors: readonly Connector[]) {
    this.#byName = new Map(connectors.map((connector) => [connector.name, connector]));
  }

  /** The connector of a channel, or undefined where nobody here speaks its protocol. */
  of(channel: string): Connector | undefined {
    return this.#byName.get(channel);
  }

  /** What a channel can do here, where settings may allow less. */
  capabilitiesOf(channel: string): ChannelCapabilities {
    return this.of(channel)?.capabilities ?? capabilitiesOf(channel);
  }

  /** What a channel takes in one message here; `oneAnswer` = as the only answer of its thread. */
  limitsOf(channel: string, oneAnswer: boolean): MessageLimits {
    return limitsOf(this.capabilitiesOf(channel), oneAnswer);
  }
}
