import { Module } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '../../platform/config/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Egress } from '../../platform/egress/index.js';
import { CONFIG, LOOPS, provide } from '../../platform/nest/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Buckets } from '../../platform/rates/index.js';
import { BudgetFigures } from './budget-figures.js';
import { Budgets } from './budgets.js';
import { Connectors } from './connectors.js';
import { applicationsOf, connectorsOf } from './platforms.js';

@Module({
  providers: [
    {
      provide: Budgets,
      useFactory: (config: Config, loops: pg.Pool, vault: Vault) =>
        new Budgets(new Buckets(loops, (text) => vault.fingerprint('bucket', text)), applicationsOf(config.channels)),
      inject: [CONFIG, LOOPS, Vault],
    },
    {
      provide: Connectors,
      useFactory: ({ channels }: Config, egress: Egress, budgets: Budgets) =>
        new Connectors(connectorsOf(channels, egress, budgets)),
      inject: [CONFIG, Egress, Budgets],
    },
    provide(BudgetFigures, [Budgets, Connectors, Metrics]),
  ],
  exports: [Budgets, Connectors],
})
export class ChannelsModule {}
