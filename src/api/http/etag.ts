import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

/** The strong entity tag of a version. */
export function etag(version: number): string {
  return `"${version}"`;
}

/** The version `If-Match` names, or `any` for `*`; 428 without the header, 412 for something that is no tag of ours. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): number | 'any' => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined) {
    throw new Problem('if_match_missing', { detail: 'Read the resource and send its ETag as If-Match.' });
  }
  if (header === '*') return 'any';
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw new Problem('version_stale');
  return Number(version);
});

/** Throws 412 unless the caller read the version that is current. */
export function requireVersion(expected: number | 'any', current: number): void {
  if (expected !== 'any' && expected !== current) {
    throw new Problem('version_stale', { extra: { currentVersion: current }, headers: { etag: etag(current) } });
  }
}
