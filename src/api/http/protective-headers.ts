import type { FastifyReply } from 'fastify';

/** Nothing that is answered here is a page to be framed, guessed at, kept, or read by another site. */
export const PROTECTIVE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/** A year, as browsers expect it. Not for subdomains: they are not ours to bind. */
const TRANSPORT_SECURITY = 'max-age=31536000';

/**
 * Sets what every answer carries; a route may say otherwise afterwards, as the pages do. No answer names the product or a
 * version, and none allows another origin: without such a header browsers refuse it.
 *
 * @param behindTls whether callers come through TLS; without it the promise to keep to TLS would lock them out
 */
export function protect(reply: FastifyReply, behindTls: boolean): void {
  void reply.headers(PROTECTIVE_HEADERS);
  if (behindTls) void reply.header('strict-transport-security', TRANSPORT_SECURITY);
}
