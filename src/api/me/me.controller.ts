import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { areQuietHours } from '../../domain/notice/quiet-hours.js';
import { nameMembers } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { changeQuietHours, readQuietHours } from '../../modules/notification/index.js';
import { changePresence, readPresence } from '../../modules/presence/index.js';
import type { MemberPresence } from '../../modules/presence/index.js';
import { person } from '../../modules/queue/index.js';
import { Database } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Edit } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { instantText } from '../http/shapes.js';
import { Problem } from '../problems/problem.js';
import { Handover } from './handover.js';
import { handoverBody, handoverShape, meShape, presenceBody, presenceShape, quietHoursBody } from './me.schemas.js';

/** The member behind the key. */
@ApiTags('me')
@Controller('v1/me')
export class MeController {
  constructor(
    private readonly database: Database,
    private readonly handover: Handover,
  ) {}

  @Get()
  @May('own')
  @ApiOperation({ operationId: 'readMe', summary: 'Who the caller is' })
  @ApiResponse({ status: 200, standardSchema: meShape, description: 'The member behind the key' })
  async read(@Caller() principal: Principal): Promise<z.infer<typeof meShape>> {
    const { memberId: id, name, role, queues } = principal;
    return this.database.tenant(principal.tenantId, async (tx) => {
      const { languages, presence } = await readPresence(tx, id, Date.now());
      const quietHours = await readQuietHours(tx, id);
      const own = { languages: [...languages], presence: await presenceView(tx, presence), quietHours };
      return { id, name, role, queues: [...queues], ...own };
    });
  }

  @Put('presence')
  @May('own')
  @ApiOperation({ operationId: 'changePresence', summary: 'Come or go: who is away is offered nothing' })
  @ApiResponse({ status: 200, standardSchema: presenceShape, description: 'The presence now' })
  async presence(
    @Body({ schema: presenceBody }) body: z.infer<typeof presenceBody>,
    @Edit() { principal, requestId }: Editing,
  ): Promise<z.infer<typeof presenceShape>> {
    const now = Date.now();
    if (body.until !== null && body.until <= now)
      throw new Problem('until_past', { errors: [{ pointer: '/until', detail: 'An instant to come' }] });
    const actor = { memberId: principal.memberId, role: principal.role, requestId };
    const { state, until, substitute: substituteId } = body;
    return this.database.tenant(principal.tenantId, async (tx) => {
      await refuseSubstitute(tx, actor.memberId, substituteId);
      return presenceView(tx, await changePresence(tx, actor, { state, until, substituteId }, now));
    });
  }

  @Put('quiet-hours')
  @May('own')
  @ApiOperation({ operationId: 'changeQuietHours', summary: 'When notices wait, unless they are urgent' })
  @ApiResponse({ status: 200, standardSchema: quietHoursBody, description: 'The quiet hours now' })
  async quietHours(
    @Body({ schema: quietHoursBody }) { quietHours }: z.infer<typeof quietHoursBody>,
    @Edit() { principal, requestId }: Editing,
  ): Promise<z.infer<typeof quietHoursBody>> {
    if (quietHours !== null && !areQuietHours(quietHours)) {
      const errors = [{ pointer: '/quietHours', detail: 'A known time zone, and an end that is not the start' }];
      throw new Problem('meaning_invalid', { errors });
    }
    const { tenantId, memberId, role } = principal;
    const actor = { memberId, role, requestId };
    await this.database.tenant(tenantId, (tx) => changeQuietHours(tx, actor, quietHours, Date.now()));
    return { quietHours };
  }

  @Post('handover')
  @HttpCode(200)
  @May('inquiries.act')
  @ApiOperation({
    operationId: 'handOver',
    summary: 'Hand over every task one holds, or those named, at the end of a shift',
    description: 'Each task is handed over by itself; the answer says for each what became of it.',
  })
  @ApiResponse({ status: 200, standardSchema: handoverShape, description: 'What became of each task' })
  async handOver(
    @Body({ schema: handoverBody }) body: z.infer<typeof handoverBody>,
    @Acting() act: Act,
  ): Promise<z.infer<typeof handoverShape>> {
    return { items: await this.handover.handOver(act, body) };
  }
}

async function refuseSubstitute(tx: Tx, own: string, substituteId: string | null): Promise<void> {
  if (substituteId === null) return;
  if (substituteId !== own && (await person(tx, substituteId)) !== null) return;
  const detail = 'Another active member has to stand in';
  throw new Problem('member_unknown', { errors: [{ pointer: '/substitute', detail }] });
}

async function presenceView(
  tx: Tx,
  { state, until, substituteId }: MemberPresence,
): Promise<z.infer<typeof presenceShape>> {
  const substitute = (await nameMembers(tx, [substituteId]))(substituteId);
  return { state, until: instantText(until), ...(substitute === null ? {} : { substitute }) };
}
