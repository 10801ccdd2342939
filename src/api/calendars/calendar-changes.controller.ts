import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { Calendars } from '../../modules/calendar/index.js';
import type { SkippedEvent } from '../../modules/calendar/index.js';
import { CalendarMoves } from '../../modules/inquiry/index.js';
import { May } from '../access/access.guard.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Edit, Editor } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { idOrKeyParam } from '../http/validation.js';
import {
  importBody,
  importShape,
  movesOf,
  MOVES_AT_ONCE,
  previewBody,
  previewShape,
  previewView,
  reapplyBody,
  reapplyShape,
  reapplyView,
} from './calendar-changes.schemas.js';
import type { PreviewView, ReapplyView } from './calendar-changes.schemas.js';
import { viewOf } from './calendars.controller.js';
import { patchOf } from './calendars.schemas.js';
import type { CalendarView } from './calendars.schemas.js';

/** Without a window: this year and the two that follow, as far ahead as holidays are known. */
const YEARS = 3;

type Imported = { readonly calendar: CalendarView; readonly days: number; readonly skipped: readonly SkippedEvent[] };

/** What a change of a calendar brings with it: days from elsewhere, and deadlines that would move. */
@ApiTags('calendars')
@Controller('v1/calendars/:id')
export class CalendarChangesController {
  constructor(
    private readonly editor: Editor,
    private readonly calendars: Calendars,
    private readonly moves: CalendarMoves,
  ) {}

  @Post('import')
  @HttpCode(200)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'importCalendarLayer',
    summary:
      'Make a new version with a layer of whole days from an iCalendar text, in the place of one of the same name',
  })
  @ApiResponse({ status: 200, standardSchema: importShape, description: 'The newest version, and events passed over' })
  import(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Body({ schema: importBody }) { ical, window, from, ...layer }: z.infer<typeof importBody>,
    @IfMatch() expected: ExpectedVersion,
    @Acting() act: Act,
  ): Promise<Imported> {
    return this.editor.once(act, 200, async (tx, author) => {
      const outcome = await this.calendars.importLayer(tx, author, id, expected, {
        layer: { ...layer, ...(from === undefined ? {} : { from }) },
        ical,
        window: window ?? windowFrom(author.at),
      });
      if (!outcome.ok) return outcome;
      const { calendar, days, skipped } = outcome.value;
      return done({ calendar: await viewOf(tx, calendar), days, skipped });
    });
  }

  @Post('preview')
  @HttpCode(200)
  @May('definitions.read')
  @ApiOperation({
    operationId: 'previewCalendar',
    summary: 'Which open deadlines a change would move, from when to when; an empty body asks about the newest version',
  })
  @ApiResponse({
    status: 200,
    standardSchema: previewShape,
    description: `All are counted, the first ${MOVES_AT_ONCE} by their new deadline are listed; nothing is saved`,
  })
  preview(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Body({ schema: previewBody }) body: z.infer<typeof previewBody>,
    @Edit() editing: Editing,
  ): Promise<PreviewView> {
    return this.editor.change(editing, async (tx, { at }) => {
      const outcome = await this.calendars.draft(tx, id, patchOf(body), at);
      if (!outcome.ok) return outcome;
      const { version } = outcome.value;
      return done(previewView(version, await this.moves.preview(tx, outcome.value, at, MOVES_AT_ONCE)));
    });
  }

  @Post('reapply')
  @HttpCode(200)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'reapplyCalendar',
    summary: 'Put open obligations onto the newest version, as a preview showed them; without this they stay on theirs',
  })
  @ApiResponse({
    status: 200,
    standardSchema: reapplyShape,
    description: 'How many are moved; those that have ended, or would end elsewhere by now, are left alone and listed',
  })
  reapply(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Body({ schema: reapplyBody }) body: z.infer<typeof reapplyBody>,
    @Acting() act: Act,
  ): Promise<ReapplyView> {
    return this.editor.once(act, 200, async (tx, author) => {
      const outcome = await this.calendars.draft(tx, id, {}, author.at);
      if (!outcome.ok) return outcome;
      const calendar = { ...outcome.value, version: body.version };
      const moved = await this.moves.reapply(tx, author, calendar, movesOf(body));
      return moved.ok ? done(reapplyView(moved.value)) : moved;
    });
  }
}

function windowFrom(at: number): { from: string; until: string } {
  const year = new Date(at).getUTCFullYear();
  return { from: `${year}-01-01`, until: `${year + YEARS - 1}-12-31` };
}
