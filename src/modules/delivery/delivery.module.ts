import { Module } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/index.js';
import { provide } from '../../platform/nest/index.js';
import { ChannelMeter } from './channel-meter.js';

@Module({ providers: [provide(ChannelMeter, [Metrics])], exports: [ChannelMeter] })
export class DeliveryModule {}
