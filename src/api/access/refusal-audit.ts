import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { audit } from '../../modules/audit/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Database } from '../../platform/database/index.js';
import { isId } from '../../platform/ids/index.js';
import type { Log } from '../../platform/log/index.js';
import { LOG } from '../../platform/nest/index.js';
import type { Problem } from '../problems/problem.js';

/** Not-found answers one key may get in a minute before it looks like guessing. */
const NOT_FOUND_LIMIT = 20;
const MINUTE_MS = 60_000;

/** Writes refused and conflicting requests into the audit log: what was tried is evidence too. */
@Injectable()
export class RefusalAudit {
  readonly #notFound = new Map<string, { count: number; since: number }>();

  constructor(
    private readonly database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Audits a problem if it is one to audit. A failure to do so is logged; the answer stays what it was. */
  async refused(principal: Principal, request: FastifyRequest, problem: Problem): Promise<void> {
    const code = this.#codeToAudit(principal, problem);
    if (code === null) return;
    try {
      await this.database.tenant(principal.tenantId, (tx) =>
        audit(tx, [
          {
            at: Date.now(),
            actor: { kind: 'member', id: principal.memberId, role: principal.role },
            action: `${request.method.toLowerCase()} ${routeOf(request)}`,
            object: objectOf(request),
            inquiryId: inquiryOf(request),
            result: problem.status === 409 ? 'conflict' : 'refused',
            code,
            requestId: String(request.id),
          },
        ]),
      );
    } catch (error) {
      this.log.error({ err: error, requestId: request.id }, 'refusal not audited');
    }
  }

  #codeToAudit(principal: Principal, problem: Problem): string | null {
    if (problem.details.audited) return null;
    if (problem.status === 403 || problem.status === 409) return problem.code;
    return problem.status === 404 && this.#isGuessing(principal) ? 'enumeration_suspected' : null;
  }

  /** True once per minute and key, when it passes the limit. */
  #isGuessing(principal: Principal): boolean {
    const now = Date.now();
    const known = this.#notFound.get(principal.keyId);
    const fresh = known === undefined || now - known.since > MINUTE_MS;
    const entry = fresh ? { count: 0, since: now } : known;
    entry.count += 1;
    if (this.#notFound.size > 10_000) this.#notFound.clear();
    this.#notFound.set(principal.keyId, entry);
    return entry.count === NOT_FOUND_LIMIT + 1;
  }
}

/** The route's pattern, so that ids stand in `object` and not in the name of the action. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown';
}

function objectOf(request: FastifyRequest): { kind: string; id: string | null } {
  const params = request.params as Record<string, string> | undefined;
  const id = params?.['id'] ?? params?.['key'] ?? null;
  const word = routeOf(request).split('/')[2] ?? 'route';
  return { kind: word.replace(/ies$/, 'y').replace(/s$/, ''), id };
}

function inquiryOf(request: FastifyRequest): string | null {
  const id = (request.params as Record<string, string> | undefined)?.['id'];
  return routeOf(request).startsWith('/v1/inquiries/') && isId(id) ? id : null;
}
