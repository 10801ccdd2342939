import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { provide } from '../../platform/nest/index.js';
import { Webhooks } from './webhooks.js';

@Module({ providers: [provide(Webhooks, [Vault])], exports: [Webhooks] })
export class WebhookModule {}
