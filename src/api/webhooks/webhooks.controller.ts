import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { settingMs } from '../../modules/configuration/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Webhooks } from '../../modules/webhook/index.js';
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
import { newSecretBody } from '../shops/shops.schemas.js';
import {
  newWebhookBody,
  newWebhookSecretShape,
  newWebhookShape,
  webhookPatchBody,
  webhookShape,
  webhookView,
} from './webhooks.schemas.js';
import type { WebhookView } from './webhooks.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** Where a tenant's other systems are told of events. Webhooks are switched off, not deleted: deliveries name them. */
@ApiTags('webhooks')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly editor: Editor,
    private readonly webhooks: Webhooks,
  ) {}

  @Get()
  @May('webhooks.manage')
  @ApiOperation({ operationId: 'listWebhooks', summary: 'Webhooks, oldest first, without their secrets' })
  @ApiResponse({ status: 200, standardSchema: pageShape(webhookShape), description: 'A page of webhooks' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<WebhookView>> {
    const page = await this.editor.page(principal, query, {
      name: 'webhooks',
      read: (tx, after, limit) => this.webhooks.list(tx, (after?.[0] as string | undefined) ?? null, limit),
      place: ({ id }) => [id],
    });
    return { ...page, items: page.items.map(webhookView) };
  }

  @Post()
  @HttpCode(201)
  @May('webhooks.manage')
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Create a webhook; the secret it signs with is shown here and never again',
  })
  @ApiResponse({ status: 201, standardSchema: newWebhookShape, description: 'Created' })
  async create(
    @Body({ schema: newWebhookBody }) body: z.infer<typeof newWebhookBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof newWebhookShape>> {
    const webhook = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.webhooks.create(tx, author, body);
      return outcome.ok ? done(webhookView(outcome.value)) : outcome;
    });
    const secret = await this.#secret(act.principal, webhook.id);
    return created(reply, `/v1/webhooks/${webhook.id}`, { ...webhook, secret });
  }

  @Get(':id')
  @May('webhooks.manage')
  @ApiOperation({ operationId: 'readWebhook', summary: 'One webhook' })
  @ApiResponse({ status: 200, standardSchema: webhookShape, description: 'The webhook' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookView> {
    const webhook = await this.editor.read(principal, (tx) => this.webhooks.read(tx, id));
    return tagged(reply, webhookView(webhook));
  }

  @Patch(':id')
  @May('webhooks.manage')
  @ApiOperation({ operationId: 'changeWebhook', summary: 'Change a webhook, or switch it off' })
  @ApiResponse({ status: 200, standardSchema: webhookShape, description: 'The webhook as it is now' })
  async change(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: webhookPatchBody }) body: z.infer<typeof webhookPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookView> {
    const webhook = await this.editor.change(editing, (tx, author) =>
      this.webhooks.change(tx, author, id, expected, body),
    );
    return tagged(reply, webhookView(webhook));
  }

  @Post(':id/secrets')
  @HttpCode(201)
  @May('webhooks.manage')
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Give a webhook a new secret, shown here and never again; the one so far signs beside it for a while',
  })
  @ApiResponse({ status: 201, standardSchema: newWebhookSecretShape, description: 'Both secrets sign now' })
  async rotate(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: newSecretBody }) body: z.infer<typeof newSecretBody>,
    @Acting() act: Act,
  ): Promise<z.infer<typeof newWebhookSecretShape>> {
    const issued = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.webhooks.rotateSecret(tx, author, id, settingMs(body.keepOldFor));
      return outcome.ok ? done({ id, oldUntil: instantText(outcome.value.oldUntil) }) : outcome;
    });
    return { ...issued, secret: await this.#secret(act.principal, id) };
  }

  /** Read apart from the recorded answer, so that it is not kept a second time. */
  async #secret(principal: Principal, id: string): Promise<string | null> {
    const { value } = await this.editor.read(principal, async (tx) => ({ value: await this.webhooks.secret(tx, id) }));
    return value;
  }
}
