import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { IdentityModule } from '../modules/identity/index.js';
import { IngestModule } from '../modules/ingest/index.js';
import { ProofModule } from '../modules/proof/index.js';
import { RetentionModule } from '../modules/retention/index.js';
import { PlatformModule } from '../platform/nest/index.js';
import type { Runtime } from '../platform/nest/index.js';

/** What the commands use; no worker and no loops, which belong to the running program. */
@Module({})
export class CliModule {
  static with(runtime: Runtime): DynamicModule {
    const rooms = [IdentityModule, IngestModule, ProofModule, RetentionModule];
    return { module: CliModule, imports: [PlatformModule.with(runtime), ...rooms] };
  }
}
