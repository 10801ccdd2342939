import type { ChannelTimes } from '../../domain/messaging/dispatch.js';
import type { Tx } from '../../platform/database/index.js';
import type { Accounts } from '../account/index.js';
import { needsAccount } from '../channels/index.js';
import type { Access, Beside, Connector, Connectors, OutgoingMessage } from '../channels/index.js';
import { settingMs } from '../configuration/index.js';
import type { Shop, ShopDirectory } from '../shop/index.js';

/** How a message can leave: the channel, where it is, and how patient to be with it. */
export type Way = {
  readonly shop: Shop;
  readonly connector: Connector;
  readonly times: ChannelTimes;
  /** null where the shop's account gives it, which is asked for outside of any transaction. */
  readonly access: Access | null;
};

/** Why there is no way to a shop's channel. */
export type NoWay = 'shop_inactive' | 'channel_unknown' | 'reply_url_missing';

/** Why there is no access at the moment. */
export type NoAccess = { readonly retryAfterMs: number | null; readonly reason: string };

export type WayOptions = {
  readonly shops: ShopDirectory;
  readonly connectors: Connectors;
  readonly accounts: Accounts;
  /** Where messages of shops without a `replyUrl` go; null outside the demo. */
  readonly demoBuyerUrl: () => string | null;
};

/** How long a message waits for somebody to open the account again before it asks once more, in ms. */
const UNAUTHORISED_MS = 60_000;

/** By what a channel does something: as it does everything, or by what it has beside. */
export type Door = Connector | Beside;

/** By what a message leaves: one that was made of a platform's template by the way beside, where there is one. */
export function doorOf({ connector }: Way, { template }: Pick<OutgoingMessage, 'template'>): Door {
  return template === undefined ? connector : (connector.beside ?? connector);
}

/** Ways to the channels of shops. */
export class Ways {
  constructor(private readonly options: WayOptions) {}

  /** The way to a shop's channel, or a code for why there is none. */
  async of(tx: Tx, shopId: string): Promise<Way | NoWay> {
    const { shops, connectors, demoBuyerUrl } = this.options;
    const shop = await shops.read(tx, shopId);
    if (!shop) return 'shop_inactive';
    const connector = connectors.of(shop.channel);
    if (connector === undefined) return 'channel_unknown';
    const times = timesOf(shop, connector);
    if (needsAccount(connector)) return { shop, connector, times, access: null };
    const url = shop.settings.replyUrl ?? demoBuyerUrl();
    const { secrets } = shop;
    if (url === null || secrets.length === 0) return 'reply_url_missing';
    const { requestTimeoutMs } = times;
    return { shop, connector, times, access: { url, secrets, account: null, requestTimeoutMs } };
  }

  /** Access along a way; where it has to be refreshed first, that happens here. */
  async access({ shop, connector, access }: Way, door: Door = connector): Promise<Access | NoAccess> {
    if (access !== null) return access;
    const result = await this.options.accounts.access(shop, door, partOf(connector, door));
    if (result.kind === 'access') return result.access;
    return { retryAfterMs: result.kind === 'later' ? result.retryAfterMs : UNAUTHORISED_MS, reason: result.code };
  }

  /** The channel did not take this access: it is refreshed, or given anew, before it is used again. */
  async refuse({ shop, connector }: Way, access: Access, door: Door = connector): Promise<void> {
    if (needsAccount(connector)) await this.options.accounts.expire(shop, access, partOf(connector, door));
  }
}

function partOf(connector: Connector, door: Door): 'main' | 'beside' {
  return door === connector ? 'main' : 'beside';
}

function timesOf({ settings }: Shop, { find, capabilities }: Connector): ChannelTimes {
  return {
    requestTimeoutMs: settingMs(settings.requestTimeout),
    settleMs: settingMs(settings.settleTime),
    verdictTimeoutMs: settingMs(settings.verdictTimeout),
    readable: settings.readBack && find !== undefined,
    tells: capabilities.readBack === 'by_notice',
  };
}
