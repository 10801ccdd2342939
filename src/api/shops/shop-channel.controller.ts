import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import { Accounts, Consents, readHealth } from '../../modules/account/index.js';
import { Budgets, Connectors, readSyncLog } from '../../modules/channels/index.js';
import type { Connector } from '../../modules/channels/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Shops } from '../../modules/shop/index.js';
import type { Config } from '../../platform/config/index.js';
import { CONFIG } from '../../platform/nest/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Editor } from '../http/editing.js';
import type { Page } from '../http/paging.js';
import { instantText, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { PublicAddresses } from '../channels/public-addresses.js';
import {
  consentShape,
  healthShape,
  healthView,
  syncEntryShape,
  syncEntryView,
  syncLogQuery,
} from './shop-channel.schemas.js';
import type { HealthView, SyncEntryView } from './shop-channel.schemas.js';

/** Connecting a shop to its platform, and how it stands with it. */
@ApiTags('shops')
@Controller('v1/shops')
@May('shops.manage')
export class ShopChannelController {
  constructor(
    private readonly editor: Editor,
    private readonly shops: Shops,
    private readonly consents: Consents,
    private readonly addresses: PublicAddresses,
    private readonly connectors: Connectors,
    private readonly budgets: Budgets,
    private readonly accounts: Accounts,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post(':id/authorize')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'authorizeShop',
    summary: 'Begin the authorisation of a shop: where the administrator of its account agrees, within 15 minutes',
  })
  @ApiResponse({ status: 201, standardSchema: consentShape, description: 'Go there; the address works once' })
  async authorize(
    @Param('id', { schema: idParam }) id: string,
    @Acting() act: Act,
  ): Promise<z.infer<typeof consentShape>> {
    const asked = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.consents.begin(tx, author, id);
      return outcome.ok ? done({ expiresAt: instantText(outcome.value.expiresAt) }) : outcome;
    });
    // Read apart from the recorded answer, so that the state in it is not kept a second time.
    const { value } = await this.editor.read(act.principal, async (tx) => {
      const shop = await this.shops.read(tx, id);
      if (shop === null) return null;
      const url = await this.consents.url(tx, id, (channel) => this.addresses.redirectUri(channel));
      const isTold = this.connectors.of(shop.channel)?.notices !== undefined;
      return { value: { url, noticeUrl: isTold ? this.addresses.noticeUrl(shop.channel) : null } };
    });
    return { ...value, ...asked };
  }

  @Get(':id/health')
  @ApiOperation({
    operationId: 'readShopHealth',
    summary: 'How a shop stands with its channel, and what to do about it',
  })
  @ApiResponse({ status: 200, standardSchema: healthShape, description: 'As it is now' })
  async health(@Caller() principal: Principal, @Param('id', { schema: idParam }) id: string): Promise<HealthView> {
    const { shop, health, account } = await this.editor.read(principal, async (tx) => {
      const [found, read] = [await this.shops.read(tx, id), await readHealth(tx, id)];
      if (found === null || read === null) return null;
      return { shop: found, health: read, account: await this.accounts.idOf(tx, id) };
    });
    const connector = this.connectors.of(shop.channel);
    const levels =
      (await this.budgets.find(shop.channel, account)?.levels(connector?.groups ?? connector?.beside?.groups ?? [])) ??
      [];
    const { sweepEveryMs, publicUrl } = this.config.channels;
    const isTold = connector?.notices?.challenge !== undefined && publicUrl !== undefined;
    const noticeUrl = isTold ? this.addresses.noticeUrl(shop.channel) : null;
    const hasBeside = connector?.beside !== undefined;
    const tellsOfSends = connector?.capabilities.readBack === 'by_notice';
    const around = { opening: openingOf(connector), hasBeside, tellsOfSends, noticeUrl, sweepEveryMs, now: Date.now() };
    return healthView(shop.channel, health, levels, around);
  }

  @Get(':id/sync-log')
  @ApiOperation({
    operationId: 'listShopSyncLog',
    summary: 'What was read of a shop’s platform and why, gaps and errors, newest first; kept for 14 days',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(syncEntryShape), description: 'A page of the log' })
  async syncLog(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: syncLogQuery }) { event, ...query }: z.infer<typeof syncLogQuery>,
  ): Promise<Page<SyncEntryView>> {
    const page = await this.editor.page(principal, query, {
      name: `sync-log:${id}:${event ?? ''}`,
      read: async (tx, after, limit) => {
        const place = after === null ? null : { at: after[0] as number, id: after[1] as string };
        return (await this.shops.read(tx, id)) === null ? null : readSyncLog(tx, id, { event }, place, limit);
      },
      place: ({ at, id: entry }) => [at, entry],
    });
    return { ...page, items: page.items.map(syncEntryView) };
  }
}

function openingOf(connector: Connector | undefined): 'authorisation' | 'credentials' | null {
  if (connector?.authorisation !== undefined) return 'authorisation';
  return connector?.credentials === undefined ? null : 'credentials';
}
