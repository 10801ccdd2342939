export type { Accepted } from './accept.js';
export { Doorbell } from './doorbell.js';
export { IngestModule } from './ingest.module.js';
export { webhookSchema } from './payload.js';
export type { PayloadError } from './payload.js';
export { Relay } from './relay.js';
export { WebhookReceiver } from './webhook-receiver.js';
export type { WebhookHeaders, WebhookResult } from './webhook-receiver.js';
