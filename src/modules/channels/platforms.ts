import type { ChannelsConfig } from '../../platform/config/index.js';
import type { Egress } from '../../platform/egress/index.js';
import type { Application, Budgets } from './budgets.js';
import type { Connector } from './connector.js';
import { AmazonConnector } from './amazon/amazon-connector.js';
import { EmailConnector } from './email/email-connector.js';
import { MercadoLivreConnector } from './mercadolivre/mercadolivre-connector.js';
import { ShopeeConnector } from './shopee/shopee-connector.js';
import { WebhookConnector } from './webhook/webhook-connector.js';
import { WhatsAppConnector } from './whatsapp/whatsapp-connector.js';

/** The applications of this installation whose requests somebody counts. */
export function applicationsOf({ mercadolivre, shopee, amazon, whatsapp }: ChannelsConfig): Application[] {
  const applications: Application[] = [];
  const add = (channel: string, id: string, perMinute: number): void =>
    void applications.push({ channel, id, allowance: { requests: perMinute, windowMs: 60_000 } });
  if (mercadolivre !== undefined) add('mercadolivre', mercadolivre.clientId, mercadolivre.perMinute);
  if (shopee !== undefined) add('shopee', shopee.partnerId, shopee.perMinute);
  if (amazon.app !== undefined) add('amazon', amazon.app.clientId, amazon.app.perMinute);
  if (whatsapp !== undefined) {
    const allowance = { requests: whatsapp.perSecond, windowMs: 1_000 };
    applications.push({ channel: 'whatsapp', id: null, allowance });
  }
  return applications;
}

/** A connector for each channel that is set up. */
export function connectorsOf(
  { mercadolivre, whatsapp, shopee, amazon, email }: ChannelsConfig,
  egress: Egress,
  budgets: Budgets,
): Connector[] {
  const connectors: Connector[] = [
    new WebhookConnector(egress),
    new EmailConnector(email, egress),
    new AmazonConnector(amazon, egress, budgets.find('amazon')),
  ];
  if (mercadolivre !== undefined)
    connectors.push(new MercadoLivreConnector(mercadolivre, egress, budgets.of('mercadolivre')));
  if (whatsapp !== undefined)
    connectors.push(new WhatsAppConnector(whatsapp, egress, (account) => budgets.of('whatsapp', account)));
  if (shopee !== undefined) connectors.push(new ShopeeConnector(shopee, egress, budgets.of('shopee')));
  return connectors;
}
