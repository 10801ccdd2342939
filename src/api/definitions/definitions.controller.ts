import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { definitionJsonSchema, Definitions } from '../../modules/definition/index.js';
import { nameMembers } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Editor } from '../http/editing.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { keyParam, versionParam } from '../http/validation.js';
import {
  definitionShape,
  definitionVersionShape,
  definitionVersionView,
  definitionView,
} from './definitions.schemas.js';
import type { DefinitionVersionView, DefinitionView } from './definitions.schemas.js';
import { sendText, TEXT_CONTENT } from './definition-text.js';

const listQuery = z.strictObject(pageQuery);

/** Reading definitions and their versions. */
@ApiTags('definitions')
@Controller('v1/definitions')
@May('definitions.read')
export class DefinitionsController {
  constructor(
    private readonly editor: Editor,
    private readonly definitions: Definitions,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listDefinitions', summary: 'Definitions by key, with their newest version and draft' })
  @ApiResponse({ status: 200, standardSchema: pageShape(definitionShape), description: 'A page of definitions' })
  list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<DefinitionView>> {
    return this.editor.page(principal, query, {
      name: 'definitions',
      read: async (tx, after, limit) => {
        const rows = await this.definitions.list(tx, (after?.[0] as string | undefined) ?? null, limit);
        const named = await nameMembers(
          tx,
          rows.flatMap(({ publishedBy, draft }) => [publishedBy, draft?.by ?? null]),
        );
        return rows.map((row) => definitionView(row, named));
      },
      place: ({ key }) => [key],
    });
  }

  @Get('schema.json')
  @Header('content-type', 'application/schema+json')
  @ApiOperation({ operationId: 'definitionSchema', summary: 'The language as JSON Schema (draft 2020-12)' })
  @ApiResponse({ status: 200, description: 'The schema' })
  schema(): Readonly<Record<string, unknown>> {
    return definitionJsonSchema();
  }

  @Get(':key')
  @ApiOperation({ operationId: 'readDefinition', summary: 'One definition, without its text' })
  @ApiResponse({ status: 200, standardSchema: definitionShape, description: 'The definition' })
  read(@Caller() principal: Principal, @Param('key', { schema: keyParam }) key: string): Promise<DefinitionView> {
    return this.editor.read(principal, async (tx) => {
      const row = await this.definitions.read(tx, key);
      if (row === null) return null;
      return definitionView(row, await nameMembers(tx, [row.publishedBy, row.draft?.by ?? null]));
    });
  }

  @Get(':key/versions')
  @ApiOperation({ operationId: 'listDefinitionVersions', summary: 'Published versions, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(definitionVersionShape), description: 'A page of versions' })
  versions(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<DefinitionVersionView>> {
    return this.editor.page(principal, query, {
      name: `definition:${key}`,
      read: async (tx, after, limit) => {
        const rows = await this.definitions.versions(tx, key, (after?.[0] as number | undefined) ?? null, limit);
        if (rows === null) return null;
        const named = await nameMembers(
          tx,
          rows.flatMap(({ publishedBy, draftedBy }) => [publishedBy, draftedBy]),
        );
        return rows.map((row) => definitionVersionView(row, named));
      },
      place: (row) => [row.version],
    });
  }

  @Get(':key/versions/:version')
  @ApiOperation({
    operationId: 'readDefinitionVersion',
    summary: 'The exact text of a published version, which never changes',
  })
  @ApiResponse({ status: 200, content: TEXT_CONTENT, description: 'The text' })
  async text(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Param('version', { schema: versionParam }) number: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return sendText(reply, await this.editor.read(principal, (tx) => this.definitions.text(tx, key, number)));
  }
}
