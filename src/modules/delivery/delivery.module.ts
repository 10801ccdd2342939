import { Module } from '@nestjs/common';
import { Egress } from '../../platform/egress/index.js';
import { provide } from '../../platform/nest/index.js';
import { WebhookChannel } from './webhook-channel.js';

@Module({ providers: [provide(WebhookChannel, [Egress])], exports: [WebhookChannel] })
export class DeliveryModule {}
