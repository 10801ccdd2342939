import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Principal } from '../../modules/identity/index.js';
import { EngineReader, Ledger, Replay, Timeline } from '../../modules/proof/index.js';
import type {
  EngineEvent,
  LedgerView,
  ReplayResult,
  TimelineEntry,
  TimelinePosition,
} from '../../modules/proof/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Cursors } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { instantText } from '../http/shapes.js';
import { idParam, versionParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import { CommandService } from './command.service.js';
import { historyQuery, historyShape, ledgerShape, replayShape } from './record-shapes.js';
import type { engineRunShape } from './record-shapes.js';

type HistoryQuery = z.infer<typeof historyQuery>;
type EnginePage = Page<EngineEvent> & { readonly runs: readonly z.infer<typeof engineRunShape>[] };

const ledgerQuery = z.strictObject({ version: z.coerce.number().int().min(1).optional() });
const obligationParam = z.string().max(63);

/** What proves an inquiry's course: its timeline, the engine's own events, the ledger of its clocks, and the replay. */
@ApiTags('inquiries')
@Controller('v1/inquiries/:id')
export class RecordsController {
  constructor(
    private readonly cursors: Cursors,
    private readonly access: CommandService,
    private readonly timeline: Timeline,
    private readonly engine: EngineReader,
    private readonly ledgers: Ledger,
    private readonly replays: Replay,
  ) {}

  @Get('history')
  @May('histories.read')
  @ApiOperation({
    operationId: 'readHistory',
    summary: 'Everything that happened to the inquiry, refused acts included, oldest first',
    description: 'With view=engine the events of Temporal itself, decoded; they are kept beyond its own retention.',
  })
  @ApiResponse({ status: 200, standardSchema: historyShape, description: 'A page of the history' })
  async history(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: historyQuery }) query: HistoryQuery,
  ): Promise<Page<TimelineEntry> | EnginePage> {
    await this.access.target(principal, id, 'histories.read');
    return query.view === 'engine' ? this.#engine(principal, id, query) : this.#timeline(principal, id, query);
  }

  @Get('obligations/:name/:instance/ledger')
  @May('inquiries.read')
  @ApiOperation({
    operationId: 'readLedger',
    summary: 'Where the time of an obligation went, and when its timers fired',
    description:
      'Each change of the target or the calendar makes a version. An earlier one, `version`, counts the same time on the calendar it had; of its timers those are listed that had fired until it was replaced.',
  })
  @ApiResponse({ status: 200, standardSchema: ledgerShape, description: 'Segments that add up to the wall time' })
  async ledger(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Param('name', { schema: obligationParam }) name: string,
    @Param('instance', { schema: versionParam }) instance: number,
    @Query({ schema: ledgerQuery }) { version }: z.infer<typeof ledgerQuery>,
  ): Promise<LedgerView> {
    await this.access.target(principal, id, 'inquiries.read');
    const ledger = await this.ledgers.read(
      principal.tenantId,
      { inquiryId: id, name, instance, version: version ?? null },
      Date.now(),
    );
    if (ledger === null) throw new Problem('not_found');
    return ledger;
  }

  @Post('replay')
  @HttpCode(200)
  @May('histories.read')
  @ApiOperation({
    operationId: 'replayInquiry',
    summary: 'Take every decision again from what was recorded, and compare; changes nothing',
  })
  @ApiResponse({
    status: 200,
    standardSchema: replayShape,
    description: 'The differences; none when all is as recorded',
  })
  async replay(@Caller() principal: Principal, @Param('id', { schema: idParam }) id: string): Promise<ReplayResult> {
    await this.access.target(principal, id, 'histories.read');
    const result = await this.replays.inquiry(principal.tenantId, id);
    if (result === null) throw new Problem('not_found');
    return result;
  }

  async #timeline({ tenantId }: Principal, id: string, { limit, cursor }: HistoryQuery): Promise<Page<TimelineEntry>> {
    const name = `history of ${id}`;
    const after = this.cursors.decode(tenantId, name, cursor) as TimelinePosition | null;
    const rows = await this.timeline.read(tenantId, id, after, limit + 1);
    const page = this.cursors.page(tenantId, name, rows, limit, ({ position }) => position);
    return { ...page, items: page.items.map(({ entry }) => entry) };
  }

  async #engine({ tenantId }: Principal, id: string, { limit, cursor }: HistoryQuery): Promise<EnginePage> {
    const name = `engine of ${id}`;
    const from = Number(this.cursors.decode(tenantId, name, cursor)?.[0] ?? 0);
    const record = await this.engine.read(tenantId, id);
    if (record === null) throw new Problem('engine_unavailable', { headers: { 'retry-after': '5' } });
    const placed = record.events.map((event, index) => ({ event, place: index + 1 })).slice(from, from + limit + 1);
    const page = this.cursors.page(tenantId, name, placed, limit, ({ place }) => [place]);
    const runs = record.runs.map(({ history: _history, storedAt, ...run }) => ({
      ...run,
      storedAt: instantText(storedAt),
    }));
    return { ...page, items: page.items.map(({ event }) => event), runs };
  }
}
