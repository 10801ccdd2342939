import { Module } from '@nestjs/common';
import { Egress } from '../../platform/egress/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { provide } from '../../platform/nest/index.js';
import { ChannelMeter } from './metered-channel.js';
import { WebhookChannel } from './webhook-channel.js';

@Module({
  providers: [provide(WebhookChannel, [Egress]), provide(ChannelMeter, [Metrics])],
  exports: [WebhookChannel, ChannelMeter],
})
export class DeliveryModule {}
