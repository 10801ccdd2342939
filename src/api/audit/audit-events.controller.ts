import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { reachOf } from '../../domain/identity/permissions.js';
import { readAudit } from '../../modules/audit/index.js';
import type { AuditEventView, AuditFilter } from '../../modules/audit/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Database } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Cursors, pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantShape, pageShape } from '../http/shapes.js';
import { plainText } from '../http/validation.js';
import { instantQuery } from '../inquiries/inquiry-shapes.js';

const auditQuery = z.strictObject({
  ...pageQuery,
  actor: z.uuid().optional(),
  action: plainText(200).optional(),
  /** A kind (`shop`), an id, or `kind:id`. */
  object: plainText(200).optional(),
  subject: z.uuid().optional(),
  inquiry: z.uuid().optional(),
  result: z.enum(['ok', 'refused', 'conflict']).optional(),
  from: instantQuery.optional(),
  to: instantQuery.optional(),
});

const auditEventShape = z.object({
  seq: z.number().int(),
  at: instantShape,
  actor: z.object({
    kind: z.enum(['member', 'system', 'buyer', 'channel']),
    id: z.uuid().nullable(),
    name: z.string().nullable(),
    role: z.string().nullable(),
    country: z.string().nullable(),
    ip: z.string().nullable(),
  }),
  onBehalfOf: z.string().nullable(),
  action: z.string(),
  object: z.object({ kind: z.string(), id: z.string().nullable() }),
  inquiryId: z.uuid().nullable(),
  result: z.enum(['ok', 'refused', 'conflict']),
  code: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
  hash: z.string().nullable(),
});

const LIST = 'audit events';

/** Who changed what, and what was refused. */
@ApiTags('audit')
@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @May('audit.read')
  @ApiOperation({ operationId: 'listAuditEvents', summary: 'Changes and refusals, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(auditEventShape), description: 'A page of audit events' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: auditQuery }) query: z.infer<typeof auditQuery>,
  ): Promise<Page<AuditEventView>> {
    const { limit, cursor, object, ...rest } = query;
    const { tenantId, role, queues } = principal;
    const before = (this.cursors.decode(tenantId, LIST, cursor)?.[0] as number | undefined) ?? null;
    const reach = reachOf(role, 'audit.read') ?? 'own';
    const filter = { ...rest, ...objectFilter(object) };
    const rows = await this.database.tenant(tenantId, (tx) =>
      readAudit(tx, { filter, reach, queues, before, limit: limit + 1 }),
    );
    return this.cursors.page(tenantId, LIST, rows, limit, ({ seq }) => [seq]);
  }
}

function objectFilter(object: string | undefined): Pick<AuditFilter, 'objectKind' | 'objectId'> {
  if (object === undefined) return {};
  if (/^[a-z_]+$/.test(object)) return { objectKind: object };
  const [, kind, id] = /^([a-z_]+):(.+)$/s.exec(object) ?? [];
  return kind === undefined || id === undefined ? { objectId: object } : { objectKind: kind, objectId: id };
}
