import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonValue } from '../../../domain/expression/expression.js';

/**
 * SHA-256 (hex) of a parsed document in canonical JSON (RFC 8785): the same for YAML and JSON, whatever the order of keys,
 * the spacing and the comments.
 */
export function checksumOf(document: JsonValue): string {
  const canonical = canonicalize(document);
  if (canonical === undefined) throw new Error('A parsed document has a canonical form');
  return createHash('sha256').update(canonical).digest('hex');
}
