import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { reachOf } from '../../domain/identity/permissions.js';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { settingMs } from '../../modules/configuration/index.js';
import { Shops } from '../../modules/shop/index.js';
import type { ConfiguredShop } from '../../modules/shop/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { created, Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantText, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import {
  newSecretBody,
  newSecretShape,
  newShopBody,
  newShopShape,
  shopNameShape,
  shopNameView,
  shopPatchBody,
  shopShape,
  shopView,
} from './shops.schemas.js';
import type { ShopNameView, ShopView } from './shops.schemas.js';

const listQuery = z.strictObject(pageQuery);
const anyShopShape = z.union([shopShape, shopNameShape]);

/** Shops: administrators see and change everything but secrets; other roles see their names. */
@ApiTags('shops')
@Controller('v1/shops')
export class ShopsController {
  constructor(
    private readonly editor: Editor,
    private readonly shops: Shops,
  ) {}

  @Get()
  @May('shops.names')
  @ApiOperation({ operationId: 'listShops', summary: 'Shops by key; names only, unless one may manage them' })
  @ApiResponse({ status: 200, standardSchema: pageShape(anyShopShape), description: 'A page of shops' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<ShopView | ShopNameView>> {
    const page = await this.editor.page(principal, query, {
      name: 'shops',
      read: (tx, after, limit) => this.shops.list(tx, (after?.[0] as string | undefined) ?? null, limit),
      place: (shop: ConfiguredShop) => [shop.key],
    });
    return { ...page, items: page.items.map((shop) => seenBy(principal, shop)) };
  }

  @Post()
  @HttpCode(201)
  @May('shops.manage')
  @ApiOperation({
    operationId: 'createShop',
    summary: 'Create a shop; its first webhook secret is shown here and never again',
  })
  @ApiResponse({ status: 201, standardSchema: newShopShape, description: 'Created' })
  async create(
    @Body({ schema: newShopBody }) body: z.infer<typeof newShopBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof newShopShape>> {
    const { secretId, ...shop } = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.shops.create(tx, author, body);
      return outcome.ok ? done({ ...shopView(outcome.value.shop), secretId: outcome.value.secretId }) : outcome;
    });
    const webhookSecret = await this.#secret(act.principal, secretId);
    return created(reply, `/v1/shops/${shop.id}`, { ...shop, webhookSecret });
  }

  @Get(':id')
  @May('shops.names')
  @ApiOperation({ operationId: 'readShop', summary: 'One shop; its name only, unless one may manage it' })
  @ApiResponse({ status: 200, standardSchema: anyShopShape, description: 'The shop' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShopView | ShopNameView> {
    const shop = await this.editor.read(principal, (tx) => this.shops.read(tx, id));
    tagged(reply, shop);
    return seenBy(principal, shop);
  }

  @Patch(':id')
  @May('shops.manage')
  @ApiOperation({ operationId: 'changeShop', summary: 'Change a shop, or switch it off; settings are merged' })
  @ApiResponse({ status: 200, standardSchema: shopShape, description: 'The shop as it is now' })
  async change(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: shopPatchBody }) body: z.infer<typeof shopPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShopView> {
    const shop = await this.editor.change(editing, (tx, author) => this.shops.change(tx, author, id, expected, body));
    return tagged(reply, shopView(shop));
  }

  @Post(':id/secrets')
  @HttpCode(201)
  @May('shops.manage')
  @ApiOperation({
    operationId: 'rotateShopSecret',
    summary: 'Give a shop a new webhook secret, shown here and never again; the one so far stays valid for a while',
  })
  @ApiResponse({ status: 201, standardSchema: newSecretShape, description: 'Both secrets hold now' })
  async rotate(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: newSecretBody }) body: z.infer<typeof newSecretBody>,
    @Acting() act: Act,
  ): Promise<z.infer<typeof newSecretShape>> {
    const issued = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.shops.rotateSecret(tx, author, id, settingMs(body.keepOldFor));
      if (!outcome.ok) return outcome;
      const { secretId, createdAt, oldUntil } = outcome.value;
      return done({ id: secretId, createdAt: instantText(createdAt), oldUntil: instantText(oldUntil) });
    });
    return { ...issued, webhookSecret: await this.#secret(act.principal, issued.id) };
  }

  /** Read apart from the recorded answer, so that it is not kept a second time; null once it has ended. */
  async #secret(principal: Principal, secretId: string): Promise<string | null> {
    const { value } = await this.editor.read(principal, async (tx) => ({
      value: await this.shops.secret(tx, secretId),
    }));
    return value;
  }
}

function seenBy(principal: Principal, shop: ConfiguredShop): ShopView | ShopNameView {
  return reachOf(principal.role, 'shops.manage') === null ? shopNameView(shop) : shopView(shop);
}
