import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DefinitionText, DraftText } from '../../modules/definition/index.js';
import { isPlainText } from '../http/validation.js';
import { Problem } from '../problems/problem.js';

const JSON_TYPE = 'application/json';
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  JSON_TYPE,
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
]);

/** A definition's text in an answer, as the description of the API shows it. */
export const TEXT_CONTENT = {
  'application/yaml': { schema: { description: 'The text as it was written' } },
  'application/json': { schema: { description: 'The text as it was written' } },
} as const;

/** Media types of a definition's text. */
export const TEXTS = ['application/yaml', JSON_TYPE] as const;

/** A definition's text in a request, as the description shows it. Any document: what is wrong with it is what is answered. */
export const TEXT_BODY = {
  schema: { description: 'A definition, see /v1/definitions/schema.json' },
  description: 'The definition',
};

/** The definition in a request's body, to the letter; 415 for anything that is neither YAML nor JSON. */
export function definitionTextOf(request: FastifyRequest): DraftText {
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPES.has(contentType)) {
    throw new Problem('media_type_unsupported', {
      detail: 'Send the definition as application/yaml or application/json.',
    });
  }
  const text = typeof request.body === 'string' ? request.body : '';
  // The database holds text without NUL; no YAML and no JSON has one.
  if (!isPlainText(text))
    throw new Problem('request_invalid', { errors: [{ pointer: '', detail: 'A NUL character' }] });
  return { text, contentType };
}

/** Whether a request brings a definition at all. */
export function bringsText(request: FastifyRequest): boolean {
  return typeof request.body === 'string' && request.body !== '';
}

/** Sends a definition exactly as it was written. */
export function sendText(reply: FastifyReply, { text, contentType }: DefinitionText): string {
  void reply.header('content-type', contentType === JSON_TYPE ? contentType : `${contentType}; charset=utf-8`);
  return text;
}
