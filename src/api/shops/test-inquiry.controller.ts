import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import { TEST_STAGES, TestInquiries } from '../../modules/ingest/index.js';
import type { TestStage } from '../../modules/ingest/index.js';
import { CommandDesk } from '../../modules/inquiry/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { May } from '../access/access.guard.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { authorOf, Editor, problemOf } from '../http/editing.js';
import { instantShape, instantText } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';

/** How long an inquiry may take until somebody can see it, and then to close, in ms. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 100;

const stageShape = z.object({
  stage: z.enum(TEST_STAGES),
  state: z.enum(['ok', 'held_back', 'nobody', 'pending']),
  at: instantShape.nullable(),
  /** Milliseconds since the message was written. */
  afterMs: z.int().nullable(),
  /** Intent, queue, or why nothing was written. */
  code: z.string().nullable(),
});
const reportShape = z.object({
  inquiryId: z.uuid(),
  /** Whether somebody could have answered. */
  ok: z.boolean(),
  stages: z.array(stageShape),
});
type Report = z.infer<typeof reportShape>;

/** Whether a shop is served: an inquiry that nobody asked for, from end to end. */
@ApiTags('shops')
@Controller('v1/shops')
@May('shops.manage')
export class TestInquiryController {
  constructor(
    private readonly editor: Editor,
    private readonly tests: TestInquiries,
    private readonly desk: CommandDesk,
  ) {}

  @Post(':id/test-inquiry')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'testShop',
    summary:
      'Write to the shop as a buyer and say how far that came; nothing is handed to the channel, no figure counts it',
  })
  @ApiResponse({ status: 201, standardSchema: reportShape, description: 'Every stage, with times' })
  async test(@Param('id', { schema: idParam }) id: string, @Acting() act: Act): Promise<Report> {
    const begunAt = Date.now();
    const begun = await this.editor.attempt(act.principal, (tx) => this.tests.begin(tx, authorOf(act), act.id, id));
    if (!begun.ok) throw problemOf(begun.refusal);
    const accepted = await this.tests.write(act.id, id);
    const inquiryId = accepted?.inquiryId ?? null;
    if (inquiryId === null) throw new Problem('meaning_invalid', { detail: 'The shop is switched off.' });
    const seen = await this.#until(act, inquiryId, 'visible');
    await this.#close(act, inquiryId);
    const stages = await this.#until(act, inquiryId, 'closed');
    const ok = seen.some(({ stage, state }) => stage === 'visible' && state === 'ok');
    // Outside of the act's transaction so far: a repetition meets the same inquiry, and gets the first report.
    return this.editor.once(act, 201, () =>
      Promise.resolve(done({ inquiryId, ok, stages: stages.map((stage) => stageView(stage, begunAt)) })),
    );
  }

  async #until(act: Act, inquiryId: string, wanted: TestStage['stage']): Promise<TestStage[]> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const stages = await this.tests.stages(act.principal.tenantId, inquiryId);
      const isThere = stages.some(({ stage, state }) => stage === wanted && state !== 'pending');
      if (isThere || Date.now() > until) return stages;
      await sleep(LOOK_MS);
    }
  }

  /** Closed by who asked for it, so that no clock goes on and nobody is told. */
  async #close({ id, principal, fingerprint, requestId }: Act, inquiryId: string): Promise<void> {
    await this.desk.submit({
      id: derivedId(id, 'close'),
      fingerprint,
      tenantId: principal.tenantId,
      actor: { memberId: principal.memberId, role: principal.role },
      inquiryId,
      command: { kind: 'close', reasonCode: 'test_inquiry' },
      words: { reason: 'test_inquiry' },
      requestId,
    });
  }
}

function stageView({ at, ...stage }: TestStage, begunAt: number): z.infer<typeof stageShape> {
  return { ...stage, at: instantText(at), afterMs: at === null ? null : Math.max(0, at - begunAt) };
}
