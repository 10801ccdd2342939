import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declaredHeader } from '../openapi/declared-header.js';
import { Problem } from '../problems/problem.js';
import { isPlainText } from './validation.js';

/** What a caller says about the file in the body. */
export type UploadHead = { readonly mediaType: string; readonly name: string | null };

const MAX_NAME = 200;

/** Names are headers and not in the address, because addresses end up in logs. */
export const UploadHeaders = createParamDecorator(
  (_data: unknown, context: ExecutionContext): UploadHead => {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = headers['file-name'];
    return { mediaType: headers['content-type'] ?? '', name: typeof given === 'string' ? nameOf(given) : null };
  },
  [
    declaredHeader({
      name: 'File-Name',
      required: false,
      description: 'Name of the file as the buyer sees it: percent-encoded UTF-8, 200 characters at most',
      schema: { type: 'string', maxLength: 1_800, pattern: '^[\\x21-\\x7e]*$' },
    }),
  ],
);

function nameOf(given: string): string | null {
  let name: string;
  try {
    name = decodeURIComponent(given);
  } catch {
    throw invalid();
  }
  if (name.length > MAX_NAME || !isPlainText(name)) throw invalid();
  return name === '' ? null : name;
}

function invalid(): Problem {
  return new Problem('request_invalid', {
    errors: [{ pointer: '/File-Name', detail: 'Percent-encoded UTF-8, 200 characters at most' }],
  });
}
