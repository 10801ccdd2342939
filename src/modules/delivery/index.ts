export { cancelDelivery, isHandedOver, queueDelivery, verifyUnsent } from './delivery-writes.js';
export type { NewDelivery } from './delivery-writes.js';
export { Dispatcher } from './dispatcher.js';
export type { DispatcherOptions } from './dispatcher.js';
export { ChannelMeter } from './channel-meter.js';
export { Ways } from './way.js';
export { Receipts } from './receipts.js';
export type { ChannelVerdict, ReceiptSink } from './receipts.js';
export { DeliveryModule } from './delivery.module.js';
