import type { Variable } from '../schemas.js';

/** The variables one channel adds, all of them named after it; what they mean stands on its type. */
export type ChannelSettings = {
  readonly variables: Readonly<Record<`ATENDE_${string}`, Variable>>;
  /** Those that may also be given as the path of a file. */
  readonly fromFile: readonly string[];
  /** Those that say nothing without each other. */
  readonly together: readonly string[];
};
