import { createHash } from 'node:crypto';
import { createParamDecorator, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import canonicalize from 'canonicalize';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../modules/identity/index.js';
import { Vault } from '../../platform/crypto/index.js';
import type { Keys, Place } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import type { Tx } from '../../platform/database/index.js';
import { derivedId } from '../../platform/ids/index.js';
import { principalOf } from '../access/principal.js';
import { declaredHeader } from '../openapi/declared-header.js';
import { isProblemCode } from '../problems/codes.js';
import { Problem } from '../problems/problem.js';
import type { ProblemDetails } from '../problems/problem.js';

/** An acting request: who, what, and the id that stays the same when it is repeated. */
export type Act = {
  readonly principal: Principal;
  /** UUIDv5 of tenant, member, route and `Idempotency-Key`. */
  readonly id: string;
  /** Hash of route and body: the same key with another body is another request. */
  readonly fingerprint: Buffer;
  readonly requestId: string;
};

/** What an act answers; a refusal is kept and repeated like any other answer. */
export type Answer = { readonly status: number; readonly body: unknown } | { readonly refused: Problem };

type Kept = { fingerprint: Buffer; status: number; response: Buffer | null };

const readAct = (_data: unknown, context: ExecutionContext): Act => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const principal = principalOf(request);
  if (principal === null) throw new Problem('unauthenticated');
  const key = request.headers['idempotency-key'];
  if (key === undefined || key === '') {
    throw new Problem('idempotency_key_missing', {
      detail: 'Send a fresh value, for example a UUID, and the same one when you repeat the request.',
    });
  }
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw new Problem('idempotency_key_invalid');
  const route = `${request.method} ${request.url.split('?')[0] ?? ''}`;
  return {
    principal,
    id: derivedId(principal.tenantId, 'act', principal.memberId, route, key),
    fingerprint: createHash('sha256').update(route).update(bytesOf(request.body)).digest(),
    requestId: String(request.id),
  };
};

/** The act of a POST under `/v1`, from its `Idempotency-Key`; 400 without one. */
export const Acting = createParamDecorator(readAct, [
  declaredHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'A fresh value per act, the same when the request is repeated; kept for seven days',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  }),
]);

/** A file stands for itself. */
function bytesOf(body: unknown): Buffer | string {
  return Buffer.isBuffer(body) ? body : canonical(body);
}

/** One text for equal bodies; a body with half a character has no canonical form, and stands for itself. */
function canonical(body: unknown): string {
  try {
    return canonicalize(body ?? null) ?? '';
  } catch {
    return JSON.stringify(body);
  }
}

/** Makes acting requests safe to repeat: the same key gives the same answer, and the act happens once. */
@Injectable()
export class Acts {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /**
   * Does `work` once for this act, in one transaction with the record of its answer, and answers. A repetition gets the
   * recorded answer; the same key with another body is refused.
   */
  async once(
    act: Act,
    work: (tx: Tx) => Promise<Answer>,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await this.database.tenant(act.principal.tenantId, async (tx) => {
      const kept = await this.#claim(tx, act);
      if (kept !== null) return this.#repeat(tx, act, kept);
      const fresh = await work(tx);
      await this.#keep(tx, act, fresh);
      return fresh;
    });
    if ('refused' in answer) throw answer.refused;
    return answer;
  }

  /** Inserts the act; an existing one is returned. A concurrent twin waits here until the first has committed. */
  async #claim(tx: Tx, act: Act): Promise<Kept | null> {
    const keys = await this.vault.unlock(tx);
    const inserted = await tx.run(
      `insert into idempotency (tenant_id, id, fingerprint) values ($1, $2, $3) on conflict (tenant_id, id) do nothing`,
      [tx.tenantId, act.id, keyed(keys, act)],
    );
    if (inserted === 1) return null;
    return tx.one<Kept>('select fingerprint, status, response from idempotency where tenant_id = $1 and id = $2', [
      tx.tenantId,
      act.id,
    ]);
  }

  async #repeat(tx: Tx, act: Act, kept: Kept): Promise<Answer> {
    const keys = await this.vault.unlock(tx);
    if (!kept.fingerprint.equals(keyed(keys, act))) return { refused: new Problem('idempotency_key_reused') };
    const body = keys.openJson<unknown>(answerPlace(act), kept.response);
    if (kept.status < 400) return { status: kept.status, body };
    const { code, details } = body as { code: string; details: ProblemDetails };
    return { refused: new Problem(isProblemCode(code) ? code : 'meaning_invalid', { ...details, audited: true }) };
  }

  async #keep(tx: Tx, act: Act, answer: Answer): Promise<void> {
    const [status, body] =
      'refused' in answer
        ? [answer.refused.status, { code: answer.refused.code, details: answer.refused.details }]
        : [answer.status, answer.body ?? null];
    await tx.run('update idempotency set status = $3, response = $4 where tenant_id = $1 and id = $2', [
      tx.tenantId,
      act.id,
      status,
      (await this.vault.unlock(tx)).sealJson(answerPlace(act), body),
    ]);
  }
}

/** The fingerprint as it is stored: a bare hash of what somebody wrote could be found out by trying. */
function keyed(keys: Keys, { fingerprint }: Act): Buffer {
  return keys.lookup('fingerprint', fingerprint.toString('hex'));
}

function answerPlace(act: Act): Place {
  return { owner: 'tenant', table: 'idempotency', column: 'response', row: act.id };
}
