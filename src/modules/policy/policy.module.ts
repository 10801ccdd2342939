import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { PhrasePolicy } from './phrase-policy.js';
import { PublishingPolicy } from './publishing-policy.js';

@Module({
  providers: [provide(PhrasePolicy, []), provide(PublishingPolicy, [])],
  exports: [PhrasePolicy, PublishingPolicy],
})
export class PolicyModule {}
