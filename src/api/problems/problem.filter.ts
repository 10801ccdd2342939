import { Catch, HttpException, Inject, Injectable } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NoRoute } from '../../modules/definition/index.js';
import { isUnreachable } from '../../platform/database/index.js';
import type { Log } from '../../platform/log/index.js';
import { LOG } from '../../platform/nest/index.js';
import { RefusalAudit } from '../access/refusal-audit.js';
import { principalOf } from '../access/principal.js';
import { Problem } from './problem.js';

/** Answers every failure as a problem document; what nobody expected is logged and told without detail. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly audit: RefusalAudit,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error, request.routeOptions.bodyLimit);
    if (problem.status >= 500) this.log.error({ err: error, requestId: request.id }, 'request failed');
    const principal = principalOf(request);
    if (principal !== null) await this.audit.refused(principal, request, problem);
    if (reply.sent || reply.raw.headersSent) return;
    await reply
      .status(problem.status)
      .headers(problem.details.headers ?? {})
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem.toDocument(String(request.id))));
  }
}

/**
 * The problem behind whatever was thrown.
 *
 * @param bodyLimit what the route takes at most, in bytes
 */
export function toProblem(error: unknown, bodyLimit?: number): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NoRoute) {
    return new Problem('no_route', {
      detail: 'Publish a definition for the channel or complete the routing.',
      headers: { 'retry-after': '60' },
    });
  }
  if (isUnreachable(error)) return new Problem('database_unavailable', { headers: { 'retry-after': '5' } });
  if (error instanceof HttpException) return ofStatus(error.getStatus(), bodyLimit);
  return ofFastify(error, bodyLimit);
}

/** Errors of the HTTP layer itself, before any controller. */
function ofFastify(error: unknown, bodyLimit: number | undefined): Problem {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Problem('media_type_unsupported');
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY' || error instanceof SyntaxError) return new Problem('json_invalid');
  return typeof statusCode === 'number' && statusCode < 500
    ? ofStatus(statusCode, bodyLimit)
    : new Problem('internal_error');
}

/** Bytes in the largest unit of which they are a whole number. */
function sizeOf(bytes: number): string {
  if (bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`;
  return bytes % 1_024 === 0 ? `${bytes / 1_024} KiB` : `${bytes} bytes`;
}

function ofStatus(status: number, bodyLimit: number | undefined): Problem {
  if (status === 404) return new Problem('not_found');
  if (status === 405) return new Problem('method_not_allowed');
  if (status === 413)
    return new Problem(
      'body_too_large',
      bodyLimit === undefined ? {} : { detail: `Send ${sizeOf(bodyLimit)} at most.` },
    );
  if (status === 414) return new Problem('url_too_long');
  if (status === 415) return new Problem('media_type_unsupported');
  return status < 500 ? new Problem('request_invalid') : new Problem('internal_error');
}
