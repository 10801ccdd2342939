import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { Calendars } from '../../modules/calendar/index.js';
import type { ConfiguredCalendar } from '../../modules/calendar/index.js';
import { nameMembers } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { created, Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { idOrKeyParam, versionParam } from '../http/validation.js';
import {
  calendarPatchBody,
  calendarShape,
  calendarSummaryShape,
  calendarVersionShape,
  calendarVersionView,
  calendarView,
  newCalendarBody,
  patchOf,
  specOf,
} from './calendars.schemas.js';
import type { CalendarVersionView, CalendarView } from './calendars.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** Opening hours, in versions. A calendar is addressed by its id or its key. */
@ApiTags('calendars')
@Controller('v1/calendars')
export class CalendarsController {
  constructor(
    private readonly editor: Editor,
    private readonly calendars: Calendars,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'listCalendars', summary: 'Calendars by key' })
  @ApiResponse({ status: 200, standardSchema: pageShape(calendarSummaryShape), description: 'A page of calendars' })
  list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<z.infer<typeof calendarSummaryShape>>> {
    return this.editor.page(principal, query, {
      name: 'calendars',
      read: async (tx, after, limit) => {
        const calendars = await this.calendars.list(tx, (after?.[0] as string | undefined) ?? null, limit);
        return calendars.map(({ id, key, version, spec: { zone } }) => ({ id, key, version, zone }));
      },
      place: (calendar) => [calendar.key],
    });
  }

  @Post()
  @HttpCode(201)
  @May('definitions.write')
  @ApiOperation({ operationId: 'createCalendar', summary: 'Create a calendar; days that are not named are closed' })
  @ApiResponse({ status: 201, standardSchema: calendarShape, description: 'Created' })
  async create(
    @Body({ schema: newCalendarBody }) body: z.infer<typeof newCalendarBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalendarView> {
    const calendar = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.calendars.create(tx, author, { key: body.key, spec: specOf(body) });
      return outcome.ok ? done(await viewOf(tx, outcome.value)) : outcome;
    });
    return created(reply, `/v1/calendars/${calendar.id}`, calendar);
  }

  @Get(':id')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readCalendar', summary: 'The newest version of a calendar' })
  @ApiResponse({ status: 200, standardSchema: calendarShape, description: 'The calendar' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalendarView> {
    return tagged(reply, await this.editor.read(principal, async (tx) => seen(tx, await this.calendars.read(tx, id))));
  }

  @Patch(':id')
  @May('definitions.write')
  @ApiOperation({
    operationId: 'changeCalendar',
    summary: 'Make a new version of a calendar; zone, week, layers and exceptions are each replaced as a whole',
  })
  @ApiResponse({ status: 200, standardSchema: calendarShape, description: 'The newest version' })
  async change(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Body({ schema: calendarPatchBody }) body: z.infer<typeof calendarPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalendarView> {
    const calendar = await this.editor.change(editing, async (tx, author) => {
      const outcome = await this.calendars.change(tx, author, id, expected, patchOf(body));
      return outcome.ok ? done(await viewOf(tx, outcome.value)) : outcome;
    });
    return tagged(reply, calendar);
  }

  @Get(':id/versions')
  @May('definitions.read')
  @ApiOperation({ operationId: 'listCalendarVersions', summary: 'Versions of a calendar, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(calendarVersionShape), description: 'A page of versions' })
  versions(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<CalendarVersionView>> {
    return this.editor.page(principal, query, {
      name: `calendar:${id}`,
      read: async (tx, after, limit) => {
        const versions = await this.calendars.versions(tx, id, (after?.[0] as number | undefined) ?? null, limit);
        if (versions === null) return null;
        const name = await nameMembers(
          tx,
          versions.map(({ createdBy }) => createdBy),
        );
        return versions.map((version) => calendarVersionView(version, name));
      },
      place: ({ version }) => [version],
    });
  }

  @Get(':id/versions/:version')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readCalendarVersion', summary: 'One version of a calendar' })
  @ApiResponse({ status: 200, standardSchema: calendarShape, description: 'The version, which never changes' })
  version(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Param('version', { schema: versionParam }) version: number,
  ): Promise<CalendarView> {
    return this.editor.read(principal, async (tx) => seen(tx, await this.calendars.read(tx, id, version)));
  }
}

/** The view of one version, with the name of its author. */
export async function viewOf(tx: Tx, calendar: ConfiguredCalendar): Promise<CalendarView> {
  return calendarView(calendar, await nameMembers(tx, [calendar.createdBy]));
}

async function seen(tx: Tx, calendar: ConfiguredCalendar | null): Promise<CalendarView | null> {
  return calendar === null ? null : viewOf(tx, calendar);
}
