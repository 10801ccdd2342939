import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ApiModule } from './api/api.module.js';
import type { DemoBuyer } from './modules/demo/index.js';
import { DemoModule } from './modules/demo/index.js';
import { PlatformModule } from './platform/nest/index.js';
import type { Runtime } from './platform/nest/index.js';
import { WorkerModule } from './worker.module.js';

export type AppOptions = {
  readonly runtime: Runtime;
  /** The demo's buyer, where the demo surface exists. */
  readonly demoBuyer: DemoBuyer | null;
};

/** What one process consists of, by its role. */
@Module({})
export class AppModule {
  static with({ runtime, demoBuyer }: AppOptions): DynamicModule {
    const { role } = runtime.config;
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(runtime),
        ...(role === 'worker' ? [] : [ApiModule.with(demoBuyer)]),
        ...(role === 'api' ? [] : [WorkerModule.with(demoBuyer)]),
        DemoModule,
      ],
    };
  }
}
