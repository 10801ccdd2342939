import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { Egress } from '../../platform/egress/index.js';
import { Mailer } from '../../platform/mail/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { provide } from '../../platform/nest/index.js';
import { WebhookModule, Webhooks } from '../webhook/index.js';
import { HeldNotices } from './held-notices.js';
import { NoticeMeter } from './notice-meter.js';
import { NoticeWriter } from './notice-writer.js';
import { OutsideWays } from './outside-ways.js';

@Module({
  imports: [WebhookModule],
  providers: [
    provide(HeldNotices, [Database]),
    provide(NoticeMeter, [Metrics]),
    provide(NoticeWriter, [Vault, Webhooks]),
    provide(OutsideWays, [Mailer, Egress]),
  ],
  exports: [HeldNotices, NoticeMeter, NoticeWriter, OutsideWays],
})
export class NotificationModule {}
