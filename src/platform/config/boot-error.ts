/**
 * Why the program cannot start, in a form that fits on one line: the variable to look at, what is wrong, what to do.
 * The composition prints {@link BootError.line} and exits with a code other than 0.
 */
export class BootError extends Error {
  override readonly name = 'BootError';
  /** The environment variable that decides about it. */
  readonly variable: string;
  /** What the reader can do about it, in the imperative. */
  readonly remedy: string;

  constructor(problem: {
    readonly variable: string;
    readonly message: string;
    readonly remedy: string;
    readonly cause?: unknown;
  }) {
    super(problem.message, { cause: problem.cause });
    this.variable = problem.variable;
    this.remedy = problem.remedy;
  }

  /** The whole error on one line; messages of other programs may bring line breaks, which are folded. */
  get line(): string {
    return describeProblem(this);
  }
}

/**
 * One problem as one line: `atende: <message> (<variable>): <remedy>`.
 */
export function describeProblem(problem: {
  readonly variable: string;
  readonly message: string;
  readonly remedy: string;
}): string {
  return `atende: ${problem.message} (${problem.variable}): ${problem.remedy}`.replace(/\s+/g, ' ').trim();
}
