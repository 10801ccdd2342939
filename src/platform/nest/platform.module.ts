import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { Vault } from '../crypto/index.js';
import { Database } from '../database/index.js';
import { Egress } from '../egress/index.js';
import { Mailer } from '../mail/index.js';
import { Metrics } from '../metrics/index.js';
import { CONFIG, FILES, LOG, LOOPS, TEMPORAL, WORKFLOW_BUNDLE } from './runtime.js';
import type { Runtime } from './runtime.js';

/** Makes the running technology available to every module. */
@Module({})
export class PlatformModule {
  static with(runtime: Runtime): DynamicModule {
    const providers: Provider[] = [
      { provide: CONFIG, useValue: runtime.config },
      { provide: LOG, useValue: runtime.log },
      { provide: FILES, useValue: runtime.files },
      { provide: LOOPS, useValue: runtime.loops },
      { provide: TEMPORAL, useValue: runtime.temporal },
      { provide: WORKFLOW_BUNDLE, useValue: runtime.workflowBundle },
      { provide: Metrics, useValue: runtime.metrics },
      { provide: Database, useValue: runtime.database },
      { provide: Vault, useValue: runtime.vault },
      { provide: Egress, useValue: runtime.egress },
      { provide: Mailer, useValue: runtime.mailer },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers };
  }
}
