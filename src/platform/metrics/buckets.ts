/** Upper bounds in seconds for answers and statements: a millisecond to ten seconds. */
export const SHORT_SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Upper bounds in seconds for calls to other systems and for lateness: ten milliseconds to an hour. */
export const LONG_SECONDS: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
