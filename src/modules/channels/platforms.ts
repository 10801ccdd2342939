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
export function applicationsOf({ mercadolivre, shopee, amazon }: ChannelsConfig): Application[] {
  const applications: Application[] = [];
  if (mercadolivre !== undefined)
    applications.push({ channel: 'mercadolivre', id: mercadolivre.clientId, perMinute: mercadolivre.perMinute });
  if (shopee !== undefined) applications.push({ channel: 'shopee', id: shopee.partnerId, perMinute: shopee.perMinute });
  if (amazon.app !== undefined)
    applications.push({ channel: 'amazon', id: amazon.app.clientId, perMinute: amazon.app.perMinute });
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
  if (whatsapp !== undefined) connectors.push(new WhatsAppConnector(whatsapp, egress));
  if (shopee !== undefined) connectors.push(new ShopeeConnector(shopee, egress, budgets.of('shopee')));
  return connectors;
}
