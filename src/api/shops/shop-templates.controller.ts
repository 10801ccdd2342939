import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { isUsable } from '../../domain/channel/platform-template.js';
import { ShopTemplates } from '../../modules/account/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { ShopDirectory } from '../../modules/shop/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Editor } from '../http/editing.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';

const templatesShape = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      /** The platform's own word: `approved`, `pending`, `rejected`, `paused`, `disabled`, … */
      state: z.string(),
      category: z.string(),
      text: z.string(),
      variables: z.array(z.string()),
      /** Characters of the whole, where it has a limit of its own. */
      maxLength: z.int().optional(),
      /** Whether it may be sent now: approved, and with nothing in it but text. */
      usable: z.boolean(),
    }),
  ),
});

/** Texts that a shop's platform has looked at beforehand. They are made and approved there. */
@ApiTags('shops')
@Controller('v1/shops')
@May('shops.manage')
export class ShopTemplatesController {
  constructor(
    private readonly editor: Editor,
    private readonly shops: ShopDirectory,
    private readonly templates: ShopTemplates,
  ) {}

  @Get(':id/channel-templates')
  @ApiOperation({
    operationId: 'listChannelTemplates',
    summary: 'Texts that the platform of a shop takes when it takes no free text, with their state there',
  })
  @ApiResponse({ status: 200, standardSchema: templatesShape, description: 'As the platform has them now' })
  async list(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<z.infer<typeof templatesShape>> {
    const shop = await this.editor.read(principal, (tx) => this.shops.read(tx, id));
    const read = await this.templates.read(shop, null);
    if (read.kind === 'none') throw new Problem('channel_not_set_up', { detail: 'Its channel has no such templates.' });
    if (read.kind === 'later')
      throw new Problem('platform_unavailable', { detail: `It could not be asked (${read.code}).` });
    return {
      items: read.templates.map(({ fillable, variables, ...template }) => ({
        ...template,
        variables: [...variables],
        usable: isUsable({ ...template, fillable, variables }),
      })),
    };
  }
}
