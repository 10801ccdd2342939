import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Principal } from '../../modules/identity/index.js';
import { listNotifications, notificationPlace, readNotification } from '../../modules/notification/index.js';
import type { Notification, NotificationPlace } from '../../modules/notification/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting, Acts } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Editor } from '../http/editing.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantShape, instantText, pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';

const listQuery = z.strictObject({
  ...pageQuery,
  unread: z.stringbool().optional().describe('Only what is not read yet'),
});

const notificationShape = z.object({
  id: z.uuid(),
  kind: z.string(),
  inquiryId: z.uuid().nullable(),
  taskId: z.uuid().nullable(),
  data: z.record(z.string(), z.unknown()).describe('Codes and ids of what it is about'),
  urgent: z.boolean(),
  createdAt: instantShape,
  readAt: instantShape.nullable(),
});
type NotificationView = z.infer<typeof notificationShape>;

/** What a member has been told, and has ticked off. */
@ApiTags('notifications')
@Controller('v1/notifications')
export class NotificationsController {
  constructor(
    private readonly editor: Editor,
    private readonly acts: Acts,
  ) {}

  @Get()
  @May('own')
  @ApiOperation({
    operationId: 'listNotifications',
    summary: "The caller's own notices: unread first, each newest first",
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(notificationShape), description: 'A page of notices' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<NotificationView>> {
    const { memberId } = principal;
    const unreadOnly = query.unread === true;
    const page = await this.editor.page(principal, query, {
      name: 'notifications',
      read: (tx, after, limit) =>
        listNotifications(tx, { memberId, unreadOnly, after: after as NotificationPlace | null, limit }),
      place: notificationPlace,
    });
    return { ...page, items: page.items.map(view) };
  }

  @Post(':id/read')
  @HttpCode(200)
  @May('own')
  @ApiOperation({ operationId: 'readNotification', summary: 'Tick off a notice' })
  @ApiResponse({ status: 200, standardSchema: notificationShape, description: 'The notice, read' })
  async read(@Param('id', { schema: idParam }) id: string, @Acting() act: Act): Promise<NotificationView> {
    const answer = await this.acts.once(act, async (tx) => {
      const notification = await readNotification(tx, act.principal.memberId, id, Date.now());
      if (notification === null) throw new Problem('not_found');
      return { status: 200, body: view(notification) };
    });
    return answer.body as NotificationView;
  }
}

function view({ createdAt, readAt, ...notification }: Notification): NotificationView {
  return { ...notification, createdAt: instantText(createdAt), readAt: instantText(readAt) };
}
