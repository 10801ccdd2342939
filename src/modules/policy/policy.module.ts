import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { provide } from '../../platform/nest/index.js';
import { PhrasePolicy } from './phrase-policy.js';
import { PublishingPolicy } from './publishing-policy.js';
import { TextPolicy } from './text-policy.js';

@Module({
  providers: [provide(PhrasePolicy, []), provide(PublishingPolicy, []), provide(TextPolicy, [Vault])],
  exports: [PhrasePolicy, PublishingPolicy, TextPolicy],
})
export class PolicyModule {}
