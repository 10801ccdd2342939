import { createHash } from 'node:crypto';
import pg from 'pg';

/** Statements kept prepared per process; beyond it a statement is sent unnamed, so built SQL cannot fill the server. */
const MAX_STATEMENTS = 400;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MAX_STATEMENTS) return undefined;
  const name = `a${createHash('sha1').update(text).digest('base64url').slice(0, 20)}`;
  names.set(text, name);
  return name;
}

/** Statements around a transaction whose failure on a dead connection must stay silent; see {@link PreparedClient}. */
const BOUNDS: ReadonlySet<unknown> = new Set(['begin', 'rollback']);

/**
 * A `pg` client that prepares parametrised statements by name, once per connection. Parsing and planning are a large part
 * of what a short statement costs, and the hot path repeats a few dozen texts.
 *
 * It also lets a transaction end on a connection that died. The query builder gives a connection back only after `begin`
 * and `rollback` succeeded; one that the server ended would stay borrowed for ever, and after as many as the pool holds
 * nothing works any more. A dead connection has nothing to roll back, and one that dies before `begin` fails the first
 * statement after it, so both may pass: the pool then sees the state of the connection and drops it.
 */
export class PreparedClient extends pg.Client {
  override query(...args: unknown[]): never {
    const [text, values, callback] = args;
    if (BOUNDS.has(text) && callback === undefined) return this.#bound(text as string) as never;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      const name = nameOf(text);
      if (name !== undefined) return super.query({ name, text, values } as never, callback as never) as never;
    }
    return (super.query as (...all: unknown[]) => unknown).apply(this, args) as never;
  }

  async #bound(text: string): Promise<unknown> {
    try {
      return await super.query(text);
    } catch (error) {
      if (!isDead(this)) throw error;
      return { command: text.toUpperCase(), rowCount: 0, rows: [] };
    }
  }
}

/** What the pool looks at when a connection is given back. */
function isDead(client: pg.Client): boolean {
  const { _queryable: queryable, _ending: ending } = client as pg.Client & { _queryable?: boolean; _ending?: boolean };
  return queryable === false || ending === true;
}
