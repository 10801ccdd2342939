import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { provide } from '../../platform/nest/index.js';
import { Buyers } from './buyers.js';

@Module({ providers: [provide(Buyers, [Vault])], exports: [Buyers] })
export class BuyerModule {}
