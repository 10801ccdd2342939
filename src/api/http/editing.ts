import { createParamDecorator, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConfigurationRefusal, Outcome } from '../../domain/configuration/refusals.js';
import type { Author } from '../../modules/configuration/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Database } from '../../platform/database/index.js';
import type { TransactionOptions, Tx } from '../../platform/database/index.js';
import { principalOf } from '../access/principal.js';
import { Problem } from '../problems/problem.js';
import { Acts } from './acting.js';
import type { Act } from './acting.js';
import { etag } from './etag.js';
import { Cursors } from './paging.js';
import type { Page } from './paging.js';

/** Who edits, in which request. */
export type Editing = Pick<Act, 'principal' | 'requestId'>;

/** The caller of a PUT, PATCH or DELETE. */
export const Edit = createParamDecorator((_data: unknown, context: ExecutionContext): Editing => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const principal = principalOf(request);
  if (principal === null) throw new Problem('unauthenticated');
  return { principal, requestId: String(request.id) };
});

export type ListQuery = { readonly limit: number; readonly cursor?: string | undefined };

/** A list: its name, which cursors are bound to, how it is read, and a row's place in it. */
export type Listing<R> = {
  readonly name: string;
  /** Up to `limit` rows, those after the place; null when that whose list it is does not exist. */
  readonly read: (tx: Tx, after: readonly unknown[] | null, limit: number) => Promise<readonly R[] | null>;
  readonly place: (row: R) => readonly unknown[];
};

/** Runs what controllers of configuration do in a transaction of the caller's tenant, and turns refusals into problems. */
@Injectable()
export class Editor {
  constructor(
    private readonly database: Database,
    private readonly acts: Acts,
    private readonly cursors: Cursors,
  ) {}

  /** Reads one thing; 404 when there is none. */
  async read<T>(
    principal: Principal,
    work: (tx: Tx) => Promise<T | null>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const found = await this.database.tenant(principal.tenantId, work, options);
    if (found === null) throw new Problem('not_found');
    return found;
  }

  /** Reads one page of a list. */
  async page<R>(principal: Principal, query: ListQuery, { name, read, place }: Listing<R>): Promise<Page<R>> {
    const { tenantId } = principal;
    const after = this.cursors.decode(tenantId, name, query.cursor);
    const rows = await this.read(principal, (tx) => read(tx, after, query.limit + 1), { snapshot: true });
    return this.cursors.page(tenantId, name, rows, query.limit, place);
  }

  /** Makes a change that may be repeated as it is: PUT, PATCH, DELETE. */
  async change<T>(editing: Editing, work: (tx: Tx, author: Author) => Promise<Outcome<T>>): Promise<T> {
    const outcome = await this.database.tenant(editing.principal.tenantId, (tx) => work(tx, authorOf(editing)));
    if (!outcome.ok) throw problemOf(outcome.refusal);
    return outcome.value;
  }

  /** Does in a transaction of its own what may be repeated as it is, on the way to something else; refusals are the caller's. */
  attempt<T>(principal: Principal, work: (tx: Tx) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    return this.database.tenant(principal.tenantId, work);
  }

  /** Does an acting POST once; a repetition gets the recorded answer, refusals too. */
  async once<T>(act: Act, status: number, work: (tx: Tx, author: Author) => Promise<Outcome<T>>): Promise<T> {
    const { body } = await this.acts.once(act, async (tx) => {
      const outcome = await work(tx, authorOf(act));
      return outcome.ok ? { status, body: outcome.value } : { refused: problemOf(outcome.refusal) };
    });
    return body as T;
  }
}

/** The author of a request's changes, now. */
export function authorOf({ principal, requestId }: Editing): Author {
  return { actor: { kind: 'member', id: principal.memberId, role: principal.role }, at: Date.now(), requestId };
}

/** The problem that a refused change is answered with. */
export function problemOf({ code, detail, errors, problems, currentVersion }: ConfigurationRefusal): Problem {
  return new Problem(code, {
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    extra: {
      ...(problems === undefined ? {} : { problems }),
      ...(currentVersion === undefined ? {} : { currentVersion }),
    },
    ...(currentVersion === undefined ? {} : { headers: { etag: etag(currentVersion) } }),
  });
}

/** Sends a thing with the tag that a change of it has to name. */
export function tagged<T extends { readonly version: number }>(reply: FastifyReply, body: T): T {
  void reply.header('etag', etag(body.version));
  return body;
}

/** Sends a thing that was just created, with its address and tag. */
export function created<T extends { readonly version: number }>(reply: FastifyReply, path: string, body: T): T {
  void reply.header('location', path);
  return tagged(reply, body);
}
