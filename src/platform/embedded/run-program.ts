import { execFile } from 'node:child_process';

/** How a program that was run to its end has ended. */
export type Outcome = { readonly ok: boolean; readonly output: string };

export type RunOptions = {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
};

/**
 * Runs a program to its end. Never throws: a program that is missing, fails or takes too long is an outcome that is not ok,
 * with what it said last as output.
 */
export async function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const { timeoutMs, ...rest } = options;
  return new Promise((resolve) => {
    const done = (error: Error | null, stdout: string, stderr: string): void => {
      const said = `${stdout}\n${stderr}`.trim();
      resolve(error === null ? { ok: true, output: said } : { ok: false, output: said || error.message });
    };
    try {
      execFile(command, args, { ...rest, timeout: timeoutMs, maxBuffer: 4 * 1024 * 1024, encoding: 'utf8' }, done);
    } catch (error) {
      // A working folder or identity the system refuses is thrown at once instead of reported.
      resolve({ ok: false, output: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** The last line that says something, for a message that must fit on one line. */
export function lastLine(output: string): string {
  return (
    output
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .at(-1) ?? 'no message'
  );
}
