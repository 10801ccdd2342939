import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { PhrasePolicy } from './phrase-policy.js';

@Module({ providers: [provide(PhrasePolicy, [])], exports: [PhrasePolicy] })
export class PolicyModule {}
