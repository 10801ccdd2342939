import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
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

/**
 * A `pg` client that prepares parametrised statements by name, once per connection: parsing and planning are a large part of
 * what a short statement costs, and the hot path repeats a few dozen texts. What is sent in one turn of the event loop leaves
 * in one write.
 */
export class PreparedClient extends pg.Client {
  #gathering = false;

  override query(...args: unknown[]): never {
    this.#gather();
    const [text, values, callback] = args;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      const name = nameOf(text);
      if (name !== undefined) return super.query({ name, text, values } as never, callback as never) as never;
    }
    return (super.query as (...all: unknown[]) => unknown).apply(this, args) as never;
  }

  #gather(): void {
    const { stream } = (this as unknown as { readonly connection: { readonly stream: Socket } }).connection;
    if (this.#gathering) return;
    this.#gathering = true;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }
}
