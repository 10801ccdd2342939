import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declaredHeader } from '../openapi/declared-header.js';
import { Problem } from '../problems/problem.js';

/** The strong entity tag of a version. */
export function etag(version: number): string {
  return `"${version}"`;
}

/** The version `If-Match` names, or `any` for `*`; 428 without the header, 412 for something that is no tag of ours. */
export const IfMatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): number | 'any' => {
    const expected = expectedVersion(context);
    if (expected !== null) return expected;
    throw new Problem('if_match_missing', { detail: 'Read the resource and send its ETag as If-Match.' });
  },
  [
    declaredHeader({
      name: 'If-Match',
      required: true,
      description: 'The ETag that was read, or * for whatever is there',
    }),
  ],
);

/** The same where the header may be missing: null then. */
export const IfMatchIfAny = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => expectedVersion(context),
  [
    declaredHeader({
      name: 'If-Match',
      required: false,
      description: 'The ETag that was read; needed once there is something',
    }),
  ],
);

function expectedVersion(context: ExecutionContext): number | 'any' | null {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined) return null;
  if (header === '*') return 'any';
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw new Problem('version_stale');
  return Number(version);
}

/** Throws 412 unless the caller read the version that is current. */
export function requireVersion(expected: number | 'any', current: number): void {
  if (expected !== 'any' && expected !== current) {
    throw new Problem('version_stale', { extra: { currentVersion: current }, headers: { etag: etag(current) } });
  }
}
