import { Module } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { HeldNotices } from './held-notices.js';

@Module({ providers: [provide(HeldNotices, [Database])], exports: [HeldNotices] })
export class NotificationModule {}
