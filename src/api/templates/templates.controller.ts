import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import { nameMembers } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { checkTemplate, previewTemplate, Templates, variablesOf } from '../../modules/template/index.js';
import type { ConfiguredTemplate, Preview, TemplateName } from '../../modules/template/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { created, Editor, problemOf, tagged } from '../http/editing.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { Problem } from '../problems/problem.js';
import { idParam, versionParam } from '../http/validation.js';
import {
  newTemplateBody,
  previewBody,
  previewShape,
  templatesQuery,
  templateShape,
  templateSummaryShape,
  templateSummaryView,
  templateView,
} from './templates.schemas.js';
import type { TemplateSummaryView, TemplateView } from './templates.schemas.js';

const listQuery = z.strictObject({ ...pageQuery, ...templatesQuery });
const versionsQuery = z.strictObject(pageQuery);

/** The texts a tenant sends, one live per key, locale and form. */
@ApiTags('templates')
@Controller('v1/templates')
export class TemplatesController {
  constructor(
    private readonly editor: Editor,
    private readonly templates: Templates,
  ) {}

  @Get()
  @May('templates.read')
  @ApiOperation({ operationId: 'listTemplates', summary: 'Live templates by key, locale and form, without their text' })
  @ApiResponse({ status: 200, standardSchema: pageShape(templateSummaryShape), description: 'A page of templates' })
  list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<TemplateSummaryView>> {
    return this.editor.page(principal, query, {
      name: `templates:${query.key ?? ''}`,
      read: async (tx, after, limit) => {
        const rows = await this.templates.list(tx, { key: query.key }, placeOf(after), limit);
        const named = await nameMembers(
          tx,
          rows.map(({ createdBy }) => createdBy),
        );
        return rows.map((row) => templateSummaryView(row, named));
      },
      place: ({ key, locale, form }) => [key, locale, form],
    });
  }

  @Post()
  @HttpCode(201)
  @May('templates.write')
  @ApiOperation({ operationId: 'publishTemplate', summary: 'Make a text the live version of its key, locale and form' })
  @ApiResponse({ status: 201, standardSchema: templateShape, description: 'Live at once' })
  async publish(
    @Body({ schema: newTemplateBody }) body: z.infer<typeof newTemplateBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateView> {
    const template = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.templates.publish(tx, author, body);
      return outcome.ok ? done(await viewOf(tx, outcome.value)) : outcome;
    });
    return created(reply, `/v1/templates/${template.id}`, template);
  }

  @Post('preview')
  @HttpCode(200)
  @May('templates.read')
  @ApiOperation({
    operationId: 'previewTemplate',
    summary: 'Render a text, given or live, with given variables; nothing is saved',
  })
  @ApiResponse({ status: 200, standardSchema: previewShape, description: 'What would be sent' })
  async preview(
    @Caller() principal: Principal,
    @Body({ schema: previewBody }) body: z.infer<typeof previewBody>,
  ): Promise<Preview> {
    const { source, check } = await this.editor.read(principal, (tx) => this.#toPreview(tx, body));
    if (check === null)
      throw new Problem('reference_unknown', { detail: 'There is no live template of this key, locale and form.' });
    const outcome = previewTemplate(source, check, body.variables);
    if (!outcome.ok) throw problemOf(outcome.refusal);
    return outcome.value;
  }

  @Get(':id')
  @May('templates.read')
  @ApiOperation({ operationId: 'readTemplate', summary: 'The live version of a template' })
  @ApiResponse({ status: 200, standardSchema: templateShape, description: 'The template' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateView> {
    return tagged(reply, await this.editor.read(principal, async (tx) => seen(tx, await this.templates.read(tx, id))));
  }

  @Get(':id/versions')
  @May('templates.read')
  @ApiOperation({
    operationId: 'listTemplateVersions',
    summary: 'Versions of a template, newest first, without their text',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(templateSummaryShape), description: 'A page of versions' })
  versions(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: versionsQuery }) query: z.infer<typeof versionsQuery>,
  ): Promise<Page<TemplateSummaryView>> {
    return this.editor.page(principal, query, {
      name: `template:${id}`,
      read: async (tx, after, limit) => {
        const rows = await this.templates.versions(tx, id, (after?.[0] as number | undefined) ?? null, limit);
        if (rows === null) return null;
        const named = await nameMembers(
          tx,
          rows.map(({ createdBy }) => createdBy),
        );
        return rows.map((row) => templateSummaryView(row, named));
      },
      place: ({ version }) => [version],
    });
  }

  @Get(':id/versions/:version')
  @May('templates.read')
  @ApiOperation({ operationId: 'readTemplateVersion', summary: 'One version of a template' })
  @ApiResponse({ status: 200, standardSchema: templateShape, description: 'The version, which never changes' })
  version(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Param('version', { schema: versionParam }) version: number,
  ): Promise<TemplateView> {
    return this.editor.read(principal, async (tx) => seen(tx, await this.templates.read(tx, id, version)));
  }

  /** A text not yet saved may name variables that a step is still to give. */
  async #toPreview(tx: Tx, body: z.infer<typeof previewBody>) {
    if ('source' in body) return { source: body.source, check: checkTemplate(body.source, variablesOf([])) };
    const { key, locale, form } = body;
    const live = await this.templates.live(tx, { key, locale, form });
    return { source: live?.source ?? '', check: live && (await this.templates.check(tx, key, live.source)) };
  }
}

function placeOf(after: readonly unknown[] | null): TemplateName | null {
  if (after === null) return null;
  const [key, locale, form] = after as [string, string, 'letter' | 'chat'];
  return { key, locale, form };
}

async function viewOf(tx: Tx, template: ConfiguredTemplate): Promise<TemplateView> {
  return templateView(template, await nameMembers(tx, [template.createdBy]));
}

async function seen(tx: Tx, template: ConfiguredTemplate | null): Promise<TemplateView | null> {
  return template === null ? null : viewOf(tx, template);
}
