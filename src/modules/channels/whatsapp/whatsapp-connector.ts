import { CAPABILITIES } from '../../../domain/channel/capabilities.js';
import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import type { Egress } from '../../../platform/egress/index.js';
import type { Access, Connector, Credentials, Files, Notices, OutgoingMessage, Templates } from '../connector.js';
import type { WhatsAppConfig } from '../../../platform/config/index.js';
import { whatsAppCredentials } from './credentials.js';
import { GROUPS, WhatsAppHttp } from './http.js';
import type { BudgetOf } from './http.js';
import { whatsAppFiles } from './media.js';
import { whatsAppNotices } from './notices.js';
import { send } from './sending.js';
import { whatsAppTemplates } from './templates.js';

/** WhatsApp's Cloud API: signed notices are the truth, and nobody can ask for what they did not tell. */
export class WhatsAppConnector implements Connector {
  readonly name = 'whatsapp';
  readonly capabilities = CAPABILITIES.whatsapp;
  readonly address: string;
  readonly groups = GROUPS;
  readonly notices: Notices;
  readonly credentials: Credentials;
  readonly files: Files;
  readonly templates: Templates;
  readonly #http: WhatsAppHttp;

  constructor(app: WhatsAppConfig, egress: Egress, budgetOf: BudgetOf) {
    this.#http = new WhatsAppHttp(app, egress, budgetOf);
    this.address = app.apiUrl;
    this.notices = whatsAppNotices(app);
    this.credentials = whatsAppCredentials(this.#http);
    this.files = whatsAppFiles(this.#http, egress);
    this.templates = whatsAppTemplates(this.#http);
  }

  send(access: Access, message: OutgoingMessage): Promise<SendOutcome> {
    return send(this.#http, access, message);
  }
}
