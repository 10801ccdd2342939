import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { Authenticator, IdentityModule } from '../identity/index.js';
import { Queues } from './queues.js';

@Module({ imports: [IdentityModule], providers: [provide(Queues, [Authenticator])], exports: [Queues] })
export class QueueModule {}
