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

/**
 * A `pg` client that prepares parametrised statements by name, once per connection. Parsing and planning are a large part
 * of what a short statement costs, and the hot path repeats a few dozen texts.
 */
export class PreparedClient extends pg.Client {
  override query(...args: unknown[]): never {
    const [text, values] = args;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      const name = nameOf(text);
      if (name !== undefined) return super.query({ name, text, values } as never, args[2] as never) as never;
    }
    return super.query(...(args as [never])) as never;
  }
}
