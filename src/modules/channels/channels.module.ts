import { Module } from '@nestjs/common';
import { Egress } from '../../platform/egress/index.js';
import { Connectors } from './connectors.js';
import { WebhookConnector } from './webhook/webhook-connector.js';

@Module({
  providers: [
    {
      provide: Connectors,
      useFactory: (egress: Egress) => new Connectors([new WebhookConnector(egress)]),
      inject: [Egress],
    },
  ],
  exports: [Connectors],
})
export class ChannelsModule {}
