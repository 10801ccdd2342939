import type { AmazonAppConfig } from '../../../platform/config/index.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Budget } from '../budget.js';
import type { Beside } from '../connector.js';
import { AmazonAuthorisation } from './authorisation.js';
import { amazonOrders } from './context.js';
import { AmazonHttp, GROUPS } from './http.js';
import { TypedMessages } from './typed-messages.js';

/** What the Selling Partner API does that the relay does not: messages of fixed kinds, and orders. It answers nobody. */
export function sellingPartner(app: AmazonAppConfig, egress: Egress, budget: Budget): Beside {
  const http = new AmazonHttp(app, egress, budget);
  const messages = new TypedMessages(http);
  return {
    address: app.apiUrl,
    groups: GROUPS,
    authorisation: new AmazonAuthorisation(app, egress),
    templates: messages,
    send: (access, message) => messages.send(access, message),
    context: amazonOrders(http),
  };
}
