import { describeProblem } from './boot-error.js';

/** One thing that is wrong with the environment; values are never quoted, since many of them are secrets. */
export type ConfigProblem = {
  readonly variable: string;
  readonly message: string;
  readonly remedy: string;
};

/** Everything that is wrong with the environment, found in one pass so that it can be mended in one pass. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.problems = problems;
  }

  /** One line per problem. */
  get lines(): readonly string[] {
    return this.problems.map(describeProblem);
  }
}
