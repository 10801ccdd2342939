import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audit } from '../../modules/audit/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { inquiryOfWorkflow } from '../../modules/inquiry/index.js';
import { Database } from '../../platform/database/index.js';
import { TEMPORAL } from '../../platform/nest/index.js';
import { fromJson, toJson } from '../../platform/temporal/index.js';
import type { ReadPayload, Temporal } from '../../platform/temporal/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Problem } from '../problems/problem.js';

const base64 = z.base64();

/** A payload as proto3 JSON has it. */
const payloadShape = z.object({ metadata: z.record(z.string().max(255), base64).default({}), data: base64.optional() });

/** Of one request; Temporal's tools send what one field of one event holds. */
const MAX_PAYLOADS = 1_000;

const payloadsShape = z.object({ payloads: z.array(payloadShape).max(MAX_PAYLOADS).default([]) });
type Payloads = z.infer<typeof payloadsShape>;

const sessionShape = z.object({ role: z.string() });

/** Temporal's remote codec protocol: its UI and command line show payloads they cannot open themselves. */
@ApiTags('codec')
@Controller('codec')
@May('codec.decode')
export class CodecController {
  constructor(
    private readonly database: Database,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
  ) {}

  @Post('decode')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'decodePayloads',
    summary: 'Open payloads of the workflow engine, in order',
    description:
      'The remote codec protocol of Temporal. What has been erased comes back as `{"erased": true}`, what is refused as `{"refused": "<why>"}`. Payloads of another tenant are refused altogether. Every use is audited.',
  })
  @ApiHeader({
    name: 'x-namespace',
    required: false,
    description: 'The namespace; must be the one of this installation',
  })
  @ApiResponse({ status: 200, standardSchema: payloadsShape, description: 'The payloads, opened' })
  async decode(
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Body({ schema: payloadsShape }) { payloads }: Payloads,
  ): Promise<Payloads> {
    const namespace = request.headers['x-namespace'];
    if (namespace !== undefined && namespace !== this.temporal.namespace) throw new Problem('namespace_unknown');
    const theirs = (workflowId: string): boolean => inquiryOfWorkflow(workflowId)?.tenantId === principal.tenantId;
    const read = await this.temporal.payloads.read(payloads.map(fromJson), theirs);
    // What belongs to no tenant, such as a defect of the driver, stands beside their own in a history and stays closed.
    if (read.some(({ outcome, workflowId }) => outcome === 'foreign' && inquiryOfWorkflow(workflowId ?? '') !== null)) {
      throw new Problem('forbidden', { detail: 'The request holds payloads that are not of this tenant.' });
    }
    await this.#record(principal, String(request.id), read);
    return { payloads: read.map(({ payload }) => toJson(payload)) };
  }

  @Post('encode')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'encodePayloads',
    summary: 'Nothing: what enters a workflow is sealed by the product alone',
    description:
      'Temporal’s command line asks for this before a query, with no payloads. Any payload is refused: whoever may read histories may not write to them.',
  })
  @ApiResponse({ status: 200, standardSchema: payloadsShape, description: 'No payloads, as were given' })
  encode(@Body({ schema: payloadsShape }) { payloads }: Payloads): Payloads {
    if (payloads.length > 0) {
      throw new Problem('forbidden', {
        detail: 'Histories are read through this address, not written: act on inquiries through the API.',
      });
    }
    return { payloads };
  }

  @Get('session')
  @ApiOperation({
    operationId: 'openCodecSession',
    summary: 'Lets a browser ask for a key and keep it for Temporal’s UI',
    description: 'Answers a browser without a key by HTTP Basic, with the key as password; the name does not matter.',
  })
  @ApiResponse({ status: 200, standardSchema: sessionShape, description: 'The key may decode' })
  session(@Caller() { role }: Principal): z.infer<typeof sessionShape> {
    return { role };
  }

  /** One event for each request, committed before anything leaves. */
  async #record(
    { tenantId, memberId, role }: Principal,
    requestId: string,
    read: readonly ReadPayload[],
  ): Promise<void> {
    const about = read.map(({ workflowId }) => inquiryOfWorkflow(workflowId ?? '')?.inquiryId);
    const inquiries = [...new Set(about)].filter((id) => id !== undefined);
    const [only = null] = inquiries.length === 1 ? inquiries : [];
    const count = (wanted: ReadPayload['outcome']): number => read.filter(({ outcome }) => outcome === wanted).length;
    await this.database.tenant(tenantId, (tx) =>
      audit(tx, [
        {
          at: Date.now(),
          actor: { kind: 'member', id: memberId, role },
          action: 'payload.decode',
          object: { kind: 'inquiry', id: only },
          inquiryId: only,
          result: 'ok',
          after: { inquiries, opened: count('opened'), erased: count('erased'), refused: count('refused') },
          requestId,
        },
      ]),
    );
  }
}
