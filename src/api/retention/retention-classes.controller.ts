import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import type { Principal } from '../../modules/identity/index.js';
import { RETENTION_DAYS, RetentionClasses } from '../../modules/retention/index.js';
import type { ConfiguredRetentionClass } from '../../modules/retention/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { created, Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantShape, instantText, pageShape } from '../http/shapes.js';
import { idParam, keyText, plainText } from '../http/validation.js';

const editable = {
  title: plainText(200),
  /** Days after the close until the content is erased. */
  days: z.int().min(RETENTION_DAYS.least).max(RETENTION_DAYS.most),
  /** Why it may be kept that long. */
  basis: z.union([z.literal(''), plainText(1000)]),
};
const newClassBody = z.strictObject({ key: keyText, ...editable, basis: editable.basis.optional() });
const classPatchBody = z.strictObject(editable).partial();
const listQuery = z.strictObject(pageQuery);

const classShape = z.object({
  id: z.uuid(),
  key: z.string(),
  title: z.string(),
  days: z.int(),
  basis: z.string(),
  version: z.int(),
  createdAt: instantShape,
});
type ClassView = z.infer<typeof classShape>;

const classView = ({ createdAt, ...retention }: ConfiguredRetentionClass): ClassView => {
  return { ...retention, createdAt: instantText(createdAt) };
};

/** How long the content of inquiries is kept. */
@ApiTags('retention')
@Controller('v1/retention')
export class RetentionClassesController {
  constructor(
    private readonly editor: Editor,
    private readonly classes: RetentionClasses,
  ) {}

  @Get()
  @May('retention.read')
  @ApiOperation({ operationId: 'listRetentionClasses', summary: 'Retention classes by key' })
  @ApiResponse({ status: 200, standardSchema: pageShape(classShape), description: 'A page of classes' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<ClassView>> {
    const page = await this.editor.page(principal, query, {
      name: 'retention',
      read: (tx, after, limit) => this.classes.list(tx, (after?.[0] as string | undefined) ?? null, limit),
      place: (retention) => [retention.key],
    });
    return { ...page, items: page.items.map(classView) };
  }

  @Post()
  @HttpCode(201)
  @May('retention.write')
  @ApiOperation({ operationId: 'createRetentionClass', summary: 'Create a retention class' })
  @ApiResponse({ status: 201, standardSchema: classShape, description: 'Created' })
  async create(
    @Body({ schema: newClassBody }) body: z.infer<typeof newClassBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClassView> {
    const retention = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.classes.create(tx, author, body);
      return outcome.ok ? done(classView(outcome.value)) : outcome;
    });
    return created(reply, `/v1/retention/${retention.id}`, retention);
  }

  @Get(':id')
  @May('retention.read')
  @ApiOperation({ operationId: 'readRetentionClass', summary: 'One retention class' })
  @ApiResponse({ status: 200, standardSchema: classShape, description: 'The class' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClassView> {
    return tagged(reply, classView(await this.editor.read(principal, (tx) => this.classes.read(tx, id))));
  }

  @Patch(':id')
  @May('retention.write')
  @ApiOperation({
    operationId: 'changeRetentionClass',
    summary: 'Change a retention class, for inquiries that close from now on',
  })
  @ApiResponse({ status: 200, standardSchema: classShape, description: 'The class as it is now' })
  async change(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: classPatchBody }) body: z.infer<typeof classPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClassView> {
    const retention = await this.editor.change(editing, (tx, author) =>
      this.classes.change(tx, author, id, expected, body),
    );
    return tagged(reply, classView(retention));
  }
}
