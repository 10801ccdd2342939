import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { reachOf } from '../../domain/identity/permissions.js';
import type { Reach } from '../../domain/identity/permissions.js';
import { readMessages } from '../../modules/conversation/index.js';
import type { MessageView } from '../../modules/conversation/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { InquiryList, InquiryReader } from '../../modules/workbench/index.js';
import type { InquiryFilter, InquiryRow, InquiryView } from '../../modules/workbench/index.js';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { isId } from '../../platform/ids/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { etag } from '../http/etag.js';
import { Cursors, pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import { CommandService } from './command.service.js';
import { inquiryListQuery, inquiryRowShape, inquiryShape, messageShape } from './inquiry-shapes.js';

const messagesQuery = z.strictObject(pageQuery);

/** What there is to read about inquiries: the list everybody works from, one inquiry, its messages. */
@ApiTags('inquiries')
@Controller('v1/inquiries')
export class InquiriesController {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly cursors: Cursors,
    private readonly access: CommandService,
    private readonly list: InquiryList,
    private readonly reader: InquiryReader,
  ) {}

  @Get()
  @May('inquiries.read')
  @ApiOperation({
    operationId: 'listInquiries',
    summary: 'Inquiries, newest opened first, or by what bites first',
    description: 'With q those whose messages and notes, written by people, hold all of its words.',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(inquiryRowShape), description: 'A page of inquiries' })
  async inquiries(
    @Caller() principal: Principal,
    @Query({ schema: inquiryListQuery }) query: z.infer<typeof inquiryListQuery>,
  ): Promise<Page<InquiryRow>> {
    const { limit, cursor, sort, ...given } = query;
    const { tenantId, queues } = principal;
    if (given.q !== undefined && readReach(principal) === 'no_text') {
      throw new Problem('forbidden', { detail: `The role ${principal.role} reads no texts, nor may it search them.` });
    }
    const name = `inquiries by ${sort}`;
    const selection = {
      filter: filterOf(given),
      sort,
      after: this.cursors.decode(tenantId, name, cursor),
      limit: limit + 1,
    };
    const rows = await this.list.read(tenantId, { reach: readReach(principal), queues }, selection, Date.now());
    const page = this.cursors.page(tenantId, name, rows, limit, ({ position }) => position);
    return { ...page, items: page.items.map(({ row }) => row) };
  }

  @Get(':id')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'readInquiry', summary: 'One inquiry with its classification and obligations' })
  @ApiResponse({ status: 200, standardSchema: inquiryShape, description: 'The inquiry' })
  async inquiry(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InquiryView> {
    await this.access.target(principal, id, 'inquiries.read');
    const found = await this.reader.read(principal.tenantId, id, reachOf(principal.role, 'inquiries.act') !== null);
    if (found === null) throw new Problem('not_found');
    void reply.header('etag', etag(found.version));
    return found.view;
  }

  @Get(':id/messages')
  @May('inquiries.read')
  @ApiOperation({ operationId: 'listMessages', summary: 'Messages and notes of an inquiry, oldest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(messageShape), description: 'A page of messages' })
  async messages(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: messagesQuery }) { limit, cursor }: z.infer<typeof messagesQuery>,
  ): Promise<Page<MessageView>> {
    await this.access.target(principal, id, 'inquiries.read');
    const { tenantId } = principal;
    const name = `messages of ${id}`;
    const after = this.cursors.decode(tenantId, name, cursor)?.[0] as number | undefined;
    const rows = await this.database.tenant(tenantId, (tx) =>
      readMessages(
        tx,
        this.vault,
        { of: { inquiryId: id }, order: 'oldest', after: after ?? null, limit: limit + 1 },
        readReach(principal),
      ),
    );
    const page = this.cursors.page(tenantId, name, rows, limit, ({ position }) => [position]);
    return { ...page, items: page.items.map(({ view }) => view) };
  }
}

/** How far the caller reads inquiries; the guard has made sure that they may at all. */
export function readReach(principal: Principal): Reach {
  return reachOf(principal.role, 'inquiries.read') ?? 'no_text';
}

type Given = Omit<z.infer<typeof inquiryListQuery>, 'limit' | 'cursor' | 'sort'>;

function filterOf({ state, holder, shop, ...rest }: Given): InquiryFilter {
  return {
    ...rest,
    states: state,
    holderId: holder,
    shop: shop === undefined ? undefined : isId(shop) ? { id: shop } : { key: shop },
  };
}
