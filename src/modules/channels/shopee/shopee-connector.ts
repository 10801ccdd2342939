import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { ChannelCapabilities } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Budget } from '../budget.js';
import type { Access, Connector, Context, Metrics, Notices, OutgoingMessage, Pushes, Sought } from '../connector.js';
import type { ShopeeApp } from './app.js';
import { ShopeeAuthorisation } from './authorisation.js';
import { shopeeContext } from './context.js';
import { GROUPS, ShopeeHttp } from './http.js';
import { shopeeMetrics } from './metrics.js';
import { shopeePushState } from './push-state.js';
import { shopeePushes } from './pushes.js';
import { ShopeeReading } from './reading.js';
import { ShopeeSending } from './sending.js';

/** Shopee: the chat of a shop with its buyers. Pushes are hints, the API is read. */
export class ShopeeConnector implements Connector {
  readonly name = 'shopee';
  readonly capabilities: ChannelCapabilities;
  readonly address: string;
  readonly groups = GROUPS;
  readonly notices: Notices;
  readonly authorisation: ShopeeAuthorisation;
  readonly reading: ShopeeReading;
  readonly metrics: Metrics;
  readonly pushes: Pushes;
  readonly context: Context;
  readonly #sending: ShopeeSending;

  constructor(
    readonly app: ShopeeApp,
    egress: Egress,
    budget: Budget,
  ) {
    const http = new ShopeeHttp(app, egress, budget);
    this.address = app.apiUrl;
    const { message } = CAPABILITIES.shopee;
    this.capabilities = { ...CAPABILITIES.shopee, message: { ...message, maxLength: app.maxLength } };
    this.notices = shopeePushes(app);
    this.authorisation = new ShopeeAuthorisation(app, egress);
    this.reading = new ShopeeReading(app, http);
    this.metrics = shopeeMetrics(http);
    this.pushes = shopeePushState(http);
    this.context = shopeeContext(http);
    this.#sending = new ShopeeSending(app, http, this.reading);
  }

  send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    return this.#sending.send(access, message);
  }

  readonly find = (access: Access, sought: Sought): Promise<ReadOutcome> => this.#sending.find(access, sought);
}
