import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import { Connections } from '../../modules/connection/index.js';
import type { ConfiguredConnection } from '../../modules/connection/index.js';
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
import { connectionPatchBody, connectionShape, connectionView, newConnectionBody } from './connections.schemas.js';
import type { ConnectionView } from './connections.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** Outside systems that definitions call. Connections are not deleted: definitions and calls name them. */
@ApiTags('connections')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(
    private readonly editor: Editor,
    private readonly connections: Connections,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'listConnections', summary: 'Connections by key, without their secrets' })
  @ApiResponse({ status: 200, standardSchema: pageShape(connectionShape), description: 'A page of connections' })
  list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<ConnectionView>> {
    return this.editor.page(principal, query, {
      name: 'connections',
      read: async (tx, after, limit) =>
        views(tx, await this.connections.list(tx, (after?.[0] as string | undefined) ?? null, limit)),
      place: ({ key }) => [key],
    });
  }

  @Post()
  @HttpCode(201)
  @May('definitions.write')
  @ApiOperation({ operationId: 'createConnection', summary: 'Create a connection; its secret is never shown again' })
  @ApiResponse({ status: 201, standardSchema: connectionShape, description: 'Created' })
  async create(
    @Body({ schema: newConnectionBody }) body: z.infer<typeof newConnectionBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView> {
    const { key, secret, ...spec } = body;
    const connection = await this.editor.once(act, 201, async (tx, author) =>
      viewed(tx, await this.connections.create(tx, author, { key, secret, spec })),
    );
    return created(reply, `/v1/connections/${connection.id}`, connection);
  }

  @Get(':id')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readConnection', summary: 'The newest version of a connection' })
  @ApiResponse({ status: 200, standardSchema: connectionShape, description: 'The connection' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView> {
    return tagged(reply, await this.#one(principal, id));
  }

  @Patch(':id')
  @May('definitions.write')
  @ApiOperation({
    operationId: 'changeConnection',
    summary:
      'Make a new version of a connection; calls that were begun go on with theirs. Another host needs the secret again',
  })
  @ApiResponse({ status: 200, standardSchema: connectionShape, description: 'The newest version' })
  async change(
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Body({ schema: connectionPatchBody }) body: z.infer<typeof connectionPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView> {
    const connection = await this.editor.change(editing, async (tx, author) =>
      viewed(tx, await this.connections.change(tx, author, id, expected, body)),
    );
    return tagged(reply, connection);
  }

  @Get(':id/versions')
  @May('definitions.read')
  @ApiOperation({ operationId: 'listConnectionVersions', summary: 'Versions of a connection, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(connectionShape), description: 'A page of versions' })
  versions(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<ConnectionView>> {
    return this.editor.page(principal, query, {
      name: `connection:${id}`,
      read: async (tx, after, limit) => {
        const versions = await this.connections.versions(tx, id, (after?.[0] as number | undefined) ?? null, limit);
        return versions === null ? null : views(tx, versions);
      },
      place: ({ version }) => [version],
    });
  }

  @Get(':id/versions/:version')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readConnectionVersion', summary: 'One version of a connection' })
  @ApiResponse({ status: 200, standardSchema: connectionShape, description: 'The version, which never changes' })
  version(
    @Caller() principal: Principal,
    @Param('id', { schema: idOrKeyParam }) id: string,
    @Param('version', { schema: versionParam }) version: number,
  ): Promise<ConnectionView> {
    return this.#one(principal, id, version);
  }

  #one(principal: Principal, id: string, version?: number): Promise<ConnectionView> {
    return this.editor.read(principal, async (tx) => {
      const found = await this.connections.read(tx, id, version);
      return found === null ? null : ((await views(tx, [found]))[0] ?? null);
    });
  }
}

/** Connections with the names of those who made them. */
async function views(tx: Tx, connections: readonly ConfiguredConnection[]): Promise<ConnectionView[]> {
  const name = await nameMembers(
    tx,
    connections.map(({ createdBy }) => createdBy),
  );
  return connections.map((connection) => connectionView(connection, name));
}

async function viewed(tx: Tx, outcome: Outcome<ConfiguredConnection>): Promise<Outcome<ConnectionView>> {
  if (!outcome.ok) return outcome;
  const name = await nameMembers(tx, [outcome.value.createdBy]);
  return done(connectionView(outcome.value, name));
}
