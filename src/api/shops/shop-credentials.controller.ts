import { Body, Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import { ShopCredentials } from '../../modules/account/index.js';
import { ShopDirectory } from '../../modules/shop/index.js';
import type { Shop } from '../../modules/shop/index.js';
import { May } from '../access/access.guard.js';
import { Edit, Editor, problemOf } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { idParam, validated } from '../http/validation.js';
import { credentialsBody } from './shop-channel.schemas.js';

/** Giving what a shop's platform is reached with, where it has no page to consent on. Nothing of it is ever shown. */
@ApiTags('shops')
@Controller('v1/shops')
@May('shops.manage')
export class ShopCredentialsController {
  constructor(
    private readonly editor: Editor,
    private readonly shops: ShopDirectory,
    private readonly credentials: ShopCredentials,
  ) {}

  @Put(':id/credentials')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'giveShopCredentials',
    summary:
      'Give everything a shop reaches its platform with, in place of what was given before; tried first, never shown',
  })
  @ApiResponse({ status: 204, description: 'The platform takes them; everything that waited goes on' })
  async give(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: credentialsBody }) body: z.infer<typeof credentialsBody>,
    @Edit() editing: Editing,
  ): Promise<void> {
    const shop = await this.#shop(editing, id);
    const wanted = this.credentials.wanted(shop);
    const checked = await this.credentials.check(shop, wanted === undefined ? body : validated(wanted.shape, body));
    if (!checked.ok) throw problemOf(checked.refusal);
    await this.editor.change(editing, async (tx, author) =>
      done(await this.credentials.keep(tx, author, shop, checked.value)),
    );
  }

  @Delete(':id/credentials')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'forgetShopCredentials',
    summary: 'Forget what a shop reaches its platform with; everything of its channel waits until some are given again',
  })
  @ApiResponse({ status: 204, description: 'Forgotten' })
  async forget(@Param('id', { schema: idParam }) id: string, @Edit() editing: Editing): Promise<void> {
    const shop = await this.#shop(editing, id);
    await this.editor.change(editing, (tx, author) => this.credentials.forget(tx, author, shop));
  }

  /** Another tenant's shop does not exist; one that is switched off reaches nothing. */
  #shop({ principal }: Editing, id: string): Promise<Shop> {
    return this.editor.read(principal, (tx) => this.shops.read(tx, id));
  }
}
