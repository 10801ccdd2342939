import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../modules/identity/index.js';
import { DutyReport, isQueue, placeOf } from '../../modules/queue/index.js';
import type { QueueGap } from '../../modules/queue/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Editor } from '../http/editing.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { Problem } from '../problems/problem.js';
import { gapShape, gapView, onDutyQuery, onDutyShape, onDutyView, uncoveredQuery } from './rosters.schemas.js';
import type { GapView, OnDutyView } from './rosters.schemas.js';

/** Who is there, and when nobody is. */
@ApiTags('rosters')
@Controller('v1/rosters')
export class DutyController {
  constructor(
    private readonly editor: Editor,
    private readonly report: DutyReport,
  ) {}

  @Get('on-duty')
  @May('definitions.read')
  @ApiOperation({
    operationId: 'listOnDuty',
    summary: 'Who is on duty for each queue, now or at an instant',
    description: 'An instant of the past is answered by the roster that was in force then.',
  })
  @ApiResponse({ status: 200, standardSchema: onDutyShape, description: 'Queues with those who work for them' })
  onDuty(
    @Caller() principal: Principal,
    @Query({ schema: onDutyQuery }) { at, queue }: z.infer<typeof onDutyQuery>,
  ): Promise<OnDutyView> {
    const now = Date.now();
    return this.editor.read(principal, async (tx) => {
      await refuseUnknown(tx, queue);
      return onDutyView(at ?? now, await this.report.onDuty(tx, at ?? null, queue ?? null, now));
    });
  }

  @Get('uncovered')
  @May('definitions.read')
  @ApiOperation({
    operationId: 'listUncovered',
    summary: 'Hours in which a queue is to be answered and nobody is on duty, or nobody who answers in a language',
    description: 'By the rosters and calendars as they are now, holidays included; by their beginning.',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(gapShape), description: 'A page of gaps' })
  async uncovered(
    @Caller() principal: Principal,
    @Query({ schema: uncoveredQuery }) query: z.infer<typeof uncoveredQuery>,
  ): Promise<Page<GapView>> {
    const { from, to, queue = null, language } = query;
    const page = await this.editor.page(principal, query, {
      name: `uncovered:${from}:${to}:${queue ?? ''}:${language ?? ''}`,
      read: async (tx, after, limit) => {
        await refuseUnknown(tx, queue);
        const gaps = await this.report.uncovered(tx, { from, to }, queue, language === undefined ? null : [language]);
        return gaps.filter((gap) => after === null || isAfter(gap, after)).slice(0, limit);
      },
      place: (gap) => [gap.from, placeOf(gap)],
    });
    return { ...page, items: page.items.map(gapView) };
  }
}

async function refuseUnknown(tx: Tx, queue: string | null | undefined): Promise<void> {
  if (typeof queue === 'string' && !(await isQueue(tx, queue))) throw new Problem('queue_unknown', { detail: queue });
}

function isAfter(gap: QueueGap, [from, place]: readonly unknown[]): boolean {
  return gap.from > (from as number) || (gap.from === from && placeOf(gap) > (place as string));
}
