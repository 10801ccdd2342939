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
}
