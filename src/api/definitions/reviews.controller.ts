import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Outcome } from '../../domain/configuration/refusals.js';
import { mermaidOf } from '../../domain/definition/mermaid.js';
import { graphOf } from '../../domain/definition/plan-graph.js';
import type { Plan } from '../../domain/definition/plan.js';
import { Definitions, Reviews, svgOf } from '../../modules/definition/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Editor, problemOf } from '../http/editing.js';
import { localeText } from '../http/shapes.js';
import { keyParam, keyText } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import { changesView, diffShape, stepsOf, textDiffShape } from './definitions.schemas.js';
import type { TextDiffView } from './definitions.schemas.js';
import { bringsText, definitionTextOf, TEXT_BODY, TEXTS } from './definition-text.js';

const version = z.coerce.number().int().min(1).max(999_999_999);
const diffQuery = z.strictObject({ from: version, to: version });
const textDiffQuery = z.strictObject({ from: version.optional() });
const drawing = {
  format: z.enum(['svg', 'mermaid']).default('svg'),
  language: localeText.default('en'),
};
const drawingQuery = z.strictObject(drawing);
const graphQuery = z.strictObject({ ...drawing, version: version.optional() });

const DRAWINGS = {
  'image/svg+xml': { schema: { type: 'string' } },
  'text/vnd.mermaid': { schema: { type: 'string' } },
} as const;

/** Looking at a definition before and after it is published: what is different, and how it runs. */
@ApiTags('definitions')
@Controller('v1/definitions/:key')
@May('definitions.read')
export class ReviewsController {
  constructor(
    private readonly editor: Editor,
    private readonly definitions: Definitions,
    private readonly reviews: Reviews,
  ) {}

  @Get('diff')
  @ApiOperation({ operationId: 'compareDefinitionVersions', summary: 'What changed from one version to another' })
  @ApiResponse({ status: 200, standardSchema: diffShape, description: 'What differs, by lines and by meaning' })
  async diff(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Query({ schema: diffQuery }) { from, to }: z.infer<typeof diffQuery>,
  ): Promise<z.infer<typeof diffShape>> {
    const { unified, changes } = await this.editor.read(principal, (tx) => this.reviews.diff(tx, key, from, to));
    return { from, to, unified, steps: stepsOf(changes), changes: changesView(changes) };
  }

  @Post('diff')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'compareDefinitionText',
    summary: 'How a text, or the draft when none is sent, differs from a version, the newest unless one is named',
  })
  @ApiConsumes(...TEXTS)
  @ApiBody({ ...TEXT_BODY, required: false })
  @ApiResponse({ status: 200, standardSchema: textDiffShape, description: 'What differs; by meaning without errors' })
  async diffOfText(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Query({ schema: textDiffQuery }) { from = null }: { readonly from?: number | null },
    @Req() request: FastifyRequest,
  ): Promise<TextDiffView> {
    const sent = bringsText(request) ? definitionTextOf(request) : null;
    const { changes, problems, ...diff } = await this.editor.read(principal, async (tx) => {
      const text = sent ?? (await this.definitions.draft(tx, key));
      return text === null ? null : this.reviews.diffOfText(tx, key, text, from, Date.now());
    });
    const byMeaning =
      changes === null ? { steps: null, changes } : { steps: stepsOf(changes), changes: changesView(changes) };
    return { ...diff, ...byMeaning, problems: [...problems] };
  }

  @Get('graph')
  @ApiOperation({
    operationId: 'drawDefinition',
    summary: 'Steps, outcomes and chains as a drawing: of a version, else of the draft, else of the newest version',
  })
  @ApiResponse({ status: 200, content: DRAWINGS, description: 'The drawing' })
  async graph(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Query({ schema: graphQuery }) { version: number = null, ...look }: Look & { readonly version?: number | null },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return draw(
      reply,
      look,
      await this.editor.read(principal, (tx) => this.reviews.planAt(tx, key, number, Date.now())),
    );
  }

  @Post('graph')
  @HttpCode(200)
  @ApiOperation({ operationId: 'drawDefinitionText', summary: 'The same of a text; nothing is saved' })
  @ApiConsumes(...TEXTS)
  @ApiBody(TEXT_BODY)
  @ApiResponse({ status: 200, content: DRAWINGS, description: 'The drawing' })
  async graphOfText(
    @Caller() principal: Principal,
    @Param('key', { schema: keyText }) key: string,
    @Query({ schema: drawingQuery }) look: Look,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const text = definitionTextOf(request);
    return draw(reply, look, await this.editor.read(principal, (tx) => this.reviews.planOf(tx, key, text, Date.now())));
  }
}

type Look = z.infer<typeof drawingQuery>;

/** Sends the drawing of a plan, or the refusal of one that has errors. */
async function draw(reply: FastifyReply, { format, language }: Look, outcome: Outcome<Plan>): Promise<string> {
  if (!outcome.ok) throw problemOf(outcome.refusal);
  const graph = graphOf(outcome.value, language);
  const drawing = format === 'svg' ? await svgOf(graph) : mermaidOf(graph);
  if (drawing === null) throw new Problem('drawing_too_large', { detail: 'Ask for format=mermaid, which is text.' });
  void reply.header('content-type', `${format === 'svg' ? 'image/svg+xml' : 'text/vnd.mermaid'}; charset=utf-8`);
  return drawing;
}
