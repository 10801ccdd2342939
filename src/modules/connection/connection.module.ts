import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { provide } from '../../platform/nest/index.js';
import { Connections } from './connections.js';

@Module({ providers: [provide(Connections, [Vault])], exports: [Connections] })
export class ConnectionModule {}
