import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { Outcome } from '../../domain/configuration/refusals.js';
import type { Author } from '../../modules/configuration/index.js';
import { nameMembers } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { MigrationRun, Migrations } from '../../modules/migration/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Editor } from '../http/editing.js';
import { Cursors, MAX_LIMIT, pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { idParam, keyParam } from '../http/validation.js';
import {
  itemView,
  migrationQuery,
  migrationShape,
  migrationSummaryShape,
  migrationSummaryView,
  newMigrationBody,
  newMigrationOf,
} from './migrations.schemas.js';
import type { MigrationQuery, MigrationSummaryView, MigrationView } from './migrations.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** How long an answer waits for the dry run; what is left is looked at by the loops. */
const DRY_RUN_MS = 5_000;

const FIRST_PAGE: MigrationQuery = { limit: MAX_LIMIT };

/** Bringing open inquiries onto another version of their definition: looked at first, then done. */
@ApiTags('definitions')
@Controller('v1/definitions/:key/migrations')
export class MigrationsController {
  constructor(
    private readonly editor: Editor,
    private readonly cursors: Cursors,
    private readonly migrations: Migrations,
    private readonly run: MigrationRun,
  ) {}

  @Get()
  @May('definitions.read')
  @ApiOperation({ operationId: 'listMigrations', summary: 'Migrations of a definition, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageShape(migrationSummaryShape), description: 'A page of migrations' })
  list(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<MigrationSummaryView>> {
    return this.editor.page(principal, query, {
      name: `migrations ${key}`,
      read: async (tx, after, limit) => {
        const rows = await this.migrations.list(tx, key, (after?.[0] as string | undefined) ?? null, limit);
        const named = await nameMembers(
          tx,
          rows.flatMap(({ createdBy, appliedBy }) => [createdBy, appliedBy]),
        );
        return rows.map((row) => migrationSummaryView(row, named));
      },
      place: ({ id }) => [id],
    });
  }

  @Post()
  @HttpCode(201)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'planMigration',
    summary: 'Look what would become of each open inquiry on another version; nothing is moved',
  })
  @ApiResponse({
    status: 201,
    standardSchema: migrationShape,
    description: 'Its first inquiries; `checking` = more come',
  })
  async create(
    @Param('key', { schema: keyParam }) key: string,
    @Body({ schema: newMigrationBody }) body: z.infer<typeof newMigrationBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MigrationView> {
    const { id } = await this.#act(act, 201, (tx, author) =>
      this.migrations.create(tx, author, key, newMigrationOf(body)),
    );
    await this.run.look(act.principal.tenantId, id, Date.now() + DRY_RUN_MS);
    void reply.header('location', `/v1/definitions/${key}/migrations/${id}`);
    return this.#view(act.principal, key, id, FIRST_PAGE);
  }

  @Get(':id')
  @May('definitions.read')
  @ApiOperation({ operationId: 'readMigration', summary: 'How far a migration has come, and its inquiries' })
  @ApiResponse({
    status: 200,
    standardSchema: migrationShape,
    description: 'The migration with a page of its inquiries',
  })
  read(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: migrationQuery }) query: MigrationQuery,
  ): Promise<MigrationView> {
    return this.#view(principal, key, id, query);
  }

  @Post(':id/apply')
  @HttpCode(202)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'applyMigration',
    summary: 'Have every inquiry moved that may be; goes on with a migration that was cancelled',
  })
  @ApiResponse({ status: 202, standardSchema: migrationShape, description: 'Under way; read it to see how far' })
  async apply(
    @Param('key', { schema: keyParam }) key: string,
    @Param('id', { schema: idParam }) id: string,
    @Acting() act: Act,
  ): Promise<MigrationView> {
    await this.#act(act, 202, (tx, author) => this.migrations.apply(tx, author, key, id));
    return this.#view(act.principal, key, id, FIRST_PAGE);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @May('definitions.write')
  @ApiOperation({ operationId: 'cancelMigration', summary: 'Stop before the next inquiry; what has moved stays' })
  @ApiResponse({ status: 200, standardSchema: migrationShape, description: 'Stopped' })
  async cancel(
    @Param('key', { schema: keyParam }) key: string,
    @Param('id', { schema: idParam }) id: string,
    @Acting() act: Act,
  ): Promise<MigrationView> {
    await this.#act(act, 200, (tx, author) => this.migrations.cancel(tx, author, key, id));
    return this.#view(act.principal, key, id, FIRST_PAGE);
  }

  /** Does it once, and keeps its id: what it has come to is read anew for each answer. */
  #act(
    act: Act,
    status: number,
    work: (tx: Tx, author: Author) => Promise<Outcome<{ readonly id: string }>>,
  ): Promise<{ readonly id: string }> {
    return this.editor.once(act, status, async (tx, author) => {
      const outcome = await work(tx, author);
      return outcome.ok ? done({ id: outcome.value.id }) : outcome;
    });
  }

  async #view(principal: Principal, key: string, id: string, query: MigrationQuery): Promise<MigrationView> {
    const { tenantId } = principal;
    const { limit, cursor, state = null } = query;
    const list = `migration ${id} ${state ?? ''}`;
    const afterId = (this.cursors.decode(tenantId, list, cursor)?.[0] as string | undefined) ?? null;
    const read = async (tx: Tx): Promise<MigrationView | null> => {
      const migration = await this.migrations.read(tx, key, id);
      if (migration === null) return null;
      const items = await this.migrations.items(tx, id, { state, afterId, limit: limit + 1 });
      const page = this.cursors.page(tenantId, list, items, limit, ({ inquiryId }) => [inquiryId]);
      const named = await nameMembers(tx, [migration.createdBy, migration.appliedBy]);
      return {
        ...migrationSummaryView(migration, named),
        items: page.items.map(itemView),
        nextCursor: page.nextCursor,
      };
    };
    return this.editor.read(principal, read, { snapshot: true });
  }
}
