export { WebhookEntity } from './webhook.entities.js';
export { WebhookModule } from './webhook.module.js';
export { WEBHOOK_EVENTS, Webhooks } from './webhooks.js';
export type { ConfiguredWebhook, NewWebhook, WebhookEvent, WebhookPatch, WebhookTarget } from './webhooks.js';
