import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { nameMembers } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Rosters } from '../../modules/roster/index.js';
import type { ConfiguredRoster } from '../../modules/roster/index.js';
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
  membersOf,
  newRosterBody,
  rosterPatchBody,
  rosterShape,
  rosterSpecOf,
  rosterSummaryShape,
  rosterVersionShape,
  rosterVersionView,
  rosterView,
} from './rosters.schemas.js';
import type { RosterVersionView, RosterView } from './rosters.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** Who works when, in versions. A roster is addressed by its id or its key; queues name the one they follow. */
@ApiTags('rosters')
@Controller('v1/rosters')
export class RostersController {
  constructor(
    private readonly editor: Editor,
    private readonly rosters: Rosters,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'listRosters', summary: 'Rosters by key' })
  @ApiResponse({ status: 200, standardSchema: pageShape(rosterSummaryShape), description: 'A page of rosters' })
  list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<z.infer<typeof rosterSummaryShape>>> {
    return this.editor.page(principal, query, {
      name: 'rosters',
      read: async (tx, after, limit) => {
        const rosters = await this.rosters.list(tx, (after?.[0] as string | undefined) ?? null, limit);
        return rosters.map(({ id, key, version }) => ({ id, key, version }));
      },
      place: (roster) => [roster.key],
    });
  }

  @Post()
  @HttpCode(201)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'createRoster',
    summary: 'Create a roster of recurring shifts, each in its own time zone',
  })
  @ApiResponse({ status: 201, standardSchema: rosterShape, description: 'Created' })
  async create(
    @Body({ schema: newRosterBody }) body: z.infer<typeof newRosterBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RosterView> {
    const roster = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.rosters.create(tx, author, { key: body.key, spec: rosterSpecOf(body) });
      return outcome.ok ? done(await viewOf(tx, outcome.value)) : outcome;
    });
    return created(reply, `/v1/rosters/${roster.id}`, roster);
  }

  @Get(':id')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readRoster', summary: 'The newest version of a roster' })
  @ApiResponse({ status: 200, standardSchema: rosterShape, description: 'The roster' })
  async read(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Caller() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RosterView> {
    return tagged(reply, await this.editor.read(principal, async (tx) => seen(tx, await this.rosters.read(tx, id))));
  }

  @Patch(':id')
  @May('definitions.write')
  @ApiOperation({
    operationId: 'changeRoster',
    summary: 'Make a new version of a roster; shifts, exceptions and swaps are each replaced as a whole',
    description: 'It is in force at once. Leases and offers that run go on as they were given.',
  })
  @ApiResponse({ status: 200, standardSchema: rosterShape, description: 'The newest version' })
  async change(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Body({ schema: rosterPatchBody }) body: z.infer<typeof rosterPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RosterView> {
    const roster = await this.editor.change(editing, async (tx, author) => {
      const outcome = await this.rosters.change(tx, author, id, expected, body);
      return outcome.ok ? done(await viewOf(tx, outcome.value)) : outcome;
    });
    return tagged(reply, roster);
  }

  @Get(':id/versions')
  @May('definitions.read')
  @ApiOperation({ operationId: 'listRosterVersions', summary: 'Versions of a roster, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(rosterVersionShape), description: 'A page of versions' })
  versions(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<RosterVersionView>> {
    return this.editor.page(principal, query, {
      name: `roster:${id}`,
      read: async (tx, after, limit) => {
        const versions = await this.rosters.versions(tx, id, (after?.[0] as number | undefined) ?? null, limit);
        if (versions === null) return null;
        const name = await nameMembers(
          tx,
          versions.map(({ createdBy }) => createdBy),
        );
        return versions.map((version) => rosterVersionView(version, name));
      },
      place: ({ version }) => [version],
    });
  }

  @Get(':id/versions/:version')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readRosterVersion', summary: 'One version of a roster' })
  @ApiResponse({ status: 200, standardSchema: rosterShape, description: 'The version, which never changes' })
  version(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Param('version', { schema: versionParam }) version: number,
  ): Promise<RosterView> {
    return this.editor.read(principal, async (tx) => seen(tx, await this.rosters.read(tx, id, version)));
  }
}

/** The view of one version, with the names of everybody in it. */
async function viewOf(tx: Tx, roster: ConfiguredRoster): Promise<RosterView> {
  return rosterView(roster, await nameMembers(tx, membersOf(roster)));
}

async function seen(tx: Tx, roster: ConfiguredRoster | null): Promise<RosterView | null> {
  return roster === null ? null : viewOf(tx, roster);
}
