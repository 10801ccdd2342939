import type { FactoryProvider } from '@nestjs/common';
import { Accounts } from '../account/index.js';
import { Connectors } from '../channels/index.js';
import { ShopDirectory } from '../shop/index.js';
import { Ways } from './way.js';

/** How a process gets its ways to channels. @param demoBuyerUrl see `WayOptions` */
export function waysProvider(demoBuyerUrl: () => string | null): FactoryProvider<Ways> {
  return {
    provide: Ways,
    useFactory: (shops: ShopDirectory, connectors: Connectors, accounts: Accounts) =>
      new Ways({ shops, connectors, accounts, demoBuyerUrl }),
    inject: [ShopDirectory, Connectors, Accounts],
  };
}
