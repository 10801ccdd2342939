import { join } from 'node:path';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, LogFn, Logger } from 'pino';
import { BootError } from '../config/index.js';
import { currentLogContext } from './log-context.js';
import { redact } from './redact.js';
import { RotatingFile } from './rotating-file.js';

/** The program's log: JSON lines with ids and codes, never what people wrote or who they are. */
export type Log = Logger;

export type LogOptions = {
  readonly level: string;
  /** Folder in which `atende.log` is kept; undefined writes to standard output. */
  readonly directory?: string | undefined;
  /** Where the lines go instead, for tests. */
  readonly stream?: DestinationStream;
};

/**
 * Makes the log. Each line has `time` (RFC 3339, UTC), `level` by name, the ids of the running work, and the object given
 * with every value that may be personal or secret masked by its name.
 *
 * @throws {BootError} naming `ATENDE_HOME` if the folder cannot be written
 */
export function createLog(options: LogOptions): Log {
  const stream = options.stream ?? openStream(options.directory);
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      // Our own masking describes errors; pino's serializer would add every property of them again.
      serializers: { err: (value: unknown) => value },
      // A copy: pino writes the fields of the line into what it gets.
      mixin: () => ({ ...currentLogContext() }),
      hooks: { logMethod: nameUntitledErrors },
    },
    stream,
  );
}

/**
 * Gives a line that was logged with an error and no message the name of the error. Pino would take the error's own message
 * there, past the masking: one of the database quotes the row.
 */
function nameUntitledErrors(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, message] = args as readonly unknown[];
  const object = first instanceof Error ? { err: first } : (first as { readonly err?: unknown } | null);
  if (message === undefined && object?.err instanceof Error) method.call(this, object, object.err.constructor.name);
  else method.apply(this, args);
}

function openStream(directory: string | undefined): DestinationStream {
  if (directory === undefined) return destination({ dest: 1, sync: true });
  try {
    return new RotatingFile(join(directory, 'atende.log'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'set it to a folder this user can write';
    throw new BootError({
      variable: 'ATENDE_HOME',
      message: `the log cannot be written (${reason})`,
      remedy,
      cause: error,
    });
  }
}
