import { Module } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '../../platform/config/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Egress } from '../../platform/egress/index.js';
import { CONFIG, LOOPS } from '../../platform/nest/index.js';
import { Buckets } from '../../platform/rates/index.js';
import { Budgets } from './budgets.js';
import { Connectors } from './connectors.js';
import { MercadoLivreConnector } from './mercadolivre/mercadolivre-connector.js';
import { WebhookConnector } from './webhook/webhook-connector.js';

@Module({
  providers: [
    {
      provide: Budgets,
      useFactory: (config: Config, loops: pg.Pool, vault: Vault) =>
        new Budgets(new Buckets(loops, (text) => vault.fingerprint('bucket', text)), config.channels),
      inject: [CONFIG, LOOPS, Vault],
    },
    {
      provide: Connectors,
      useFactory: ({ channels: { mercadolivre } }: Config, egress: Egress, budgets: Budgets) => {
        const budget = budgets.of('mercadolivre');
        return new Connectors([
          new WebhookConnector(egress),
          ...(mercadolivre === undefined || budget === null
            ? []
            : [new MercadoLivreConnector(mercadolivre, egress, budget)]),
        ]);
      },
      inject: [CONFIG, Egress, Budgets],
    },
  ],
  exports: [Budgets, Connectors],
})
export class ChannelsModule {}
