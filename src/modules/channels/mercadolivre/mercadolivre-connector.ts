import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Budget } from '../budget.js';
import type {
  Access,
  Blocking,
  Connector,
  Context,
  Files,
  Metrics,
  Notices,
  OutgoingMessage,
  Sought,
} from '../connector.js';
import { ActionGuide } from './action-guide.js';
import type { MercadoLivreApp } from './app.js';
import { MercadoLivreAuthorisation } from './authorisation.js';
import { MercadoLivreClaims } from './claims.js';
import { MercadoLivreClaimSending } from './claim-sending.js';
import { GROUPS, MercadoLivreHttp } from './http.js';
import { mercadoLivreNotices } from './notices.js';
import { mercadoLivreBlocking } from './blocking.js';
import { mercadoLivreContext } from './context.js';
import { mercadoLivreMetrics } from './metrics.js';
import { MercadoLivreReading } from './reading.js';
import { MercadoLivreSending } from './sending.js';

/** Mercado Livre: questions before a sale, messages after it, claims. Notices are hints, the API is read. */
export class MercadoLivreConnector implements Connector {
  readonly name = 'mercadolivre';
  readonly capabilities = CAPABILITIES.mercadolivre;
  readonly address: string;
  readonly groups = GROUPS;
  readonly notices: Notices;
  readonly authorisation: MercadoLivreAuthorisation;
  readonly reading: MercadoLivreReading;
  readonly files: Files;
  readonly blocking: Blocking;
  readonly context: Context;
  readonly metrics: Metrics;
  readonly templates: ActionGuide;
  readonly #sending: MercadoLivreSending;

  constructor(
    readonly app: MercadoLivreApp,
    egress: Egress,
    budget: Budget,
  ) {
    const http = new MercadoLivreHttp(egress, budget);
    this.address = app.apiUrl;
    this.notices = mercadoLivreNotices(app);
    this.authorisation = new MercadoLivreAuthorisation(app, egress);
    const claims = new MercadoLivreClaims(http);
    this.reading = new MercadoLivreReading(app, http, claims);
    this.files = { fetch: (access, ref, maxBytes) => this.reading.file(access, ref, maxBytes) };
    this.blocking = mercadoLivreBlocking(http);
    this.context = mercadoLivreContext(http);
    this.metrics = mercadoLivreMetrics(http);
    this.templates = new ActionGuide(http, this.reading);
    const inClaims = new MercadoLivreClaimSending(http, claims);
    this.#sending = new MercadoLivreSending(app, http, this.reading, this.templates, inClaims);
  }

  send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    return this.#sending.send(access, message);
  }

  readonly find = (access: Access, sought: Sought): Promise<ReadOutcome> => this.#sending.find(access, sought);
}
