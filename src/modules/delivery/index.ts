export type { Channel, ChannelTarget, OutgoingMessage } from './channel.js';
export { cancelDelivery, isHandedOver, queueDelivery } from './delivery-writes.js';
export type { NewDelivery } from './delivery-writes.js';
export { Dispatcher } from './dispatcher.js';
export type { DispatcherOptions } from './dispatcher.js';
export { Receipts } from './receipts.js';
export type { ChannelVerdict, ReceiptSink } from './receipts.js';
export { WebhookChannel } from './webhook-channel.js';
export { DeliveryModule } from './delivery.module.js';
