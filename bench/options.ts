import { parseArgs } from 'node:util';

/** What one run of the benchmark measures, and how long. */
export type Options = {
  /** Temporal as the product brings it (SQLite), or Temporal Server on PostgreSQL. */
  readonly server: 'embedded' | 'postgres';
  /** Pairs of rounds: product, then twin. */
  readonly rounds: number;
  /** Length of a round, in seconds. */
  readonly seconds: number;
  /** Load before the first round that counts for nothing, in seconds. */
  readonly warmUpSeconds: number;
  /** Inquiries on their way at once in a round. */
  readonly inFlight: number;
  /** Open inquiries that stand by while latencies are taken the first time. */
  readonly standing: number;
  /** Open inquiries for the second time; 0 leaves it out. */
  readonly open: number;
  readonly seed: number;
  /** Writes CPU profiles and statements by total time, and measures nothing else. */
  readonly profile: boolean;
  /** Only the figures of pure functions. */
  readonly micro: boolean;
  /** Open inquiries to be brought onto another version of their definition, and nothing else; 0 = not. */
  readonly migrate: number;
  /** Open inquiries among which what bites first is asked for, and nothing else; 0 = not. */
  readonly bites: number;
  /** Recorded inquiries that are simulated, and nothing else; 0 = not. */
  readonly simulate: number;
  /** How fast notices of a platform are answered and seen, and nothing else. */
  readonly notices: boolean;
  /** Folder for the JSON and the profiles. */
  readonly out: string;
};

export const USAGE = `usage: npm run bench -- [options]
  --quick               a short run, to see that everything works
  --server <which>      embedded (default) or postgres: Temporal Server, built from the Go module proxy, on PostgreSQL
  --open <n>            figures again with that many open inquiries (default 10000, 300 with --quick, 0 = not)
  --rounds <n> --seconds <n> --in-flight <n> --seed <n>
  --profile             CPU profiles per process and statements by total time
  --micro               figures of pure functions only
  --migrate <n>         what it takes to migrate that many open inquiries, only
  --bites <n>           how long what bites first takes with that many open inquiries, only
  --simulate <n>        how long simulating that many recorded inquiries takes (at most 500), only
  --notices             how fast notices of a platform are answered and seen, only
  --out <folder>        where results are written (default bench/results)`;

/** Connections plan their statements and V8 compiles the code within the first minute: what is measured is the state after that. */
const FULL = { rounds: 5, seconds: 20, warmUpSeconds: 60, inFlight: 24, standing: 100, open: 10_000 };
const QUICK = { rounds: 2, seconds: 6, warmUpSeconds: 4, inFlight: 24, standing: 100, open: 300 };

/**
 * Reads the command line.
 *
 * @throws Error with one line for the caller when an option is unknown or has no fitting value
 */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{
        quick: flag,
        profile: flag,
        micro: flag,
        notices: flag,
        server: text,
        open: text,
        rounds: text,
        seconds: text,
      },
      ...{ 'in-flight': text, seed: text, migrate: text, bites: text, simulate: text, out: text },
    },
  });
  const preset = values.quick ? QUICK : FULL;
  const server = values.server ?? 'embedded';
  if (server !== 'embedded' && server !== 'postgres') throw new Error('--server is embedded or postgres');
  return {
    ...preset,
    server,
    open: count('open', values.open, preset.open, 0),
    rounds: count('rounds', values.rounds, preset.rounds, 1),
    seconds: count('seconds', values.seconds, preset.seconds, 1),
    inFlight: count('in-flight', values['in-flight'], preset.inFlight, 1),
    seed: count('seed', values.seed, 20_261_122, 0),
    profile: values.profile,
    micro: values.micro,
    notices: values.notices,
    migrate: count('migrate', values.migrate, 0, 1),
    bites: count('bites', values.bites, 0, 1),
    simulate: count('simulate', values.simulate, 0, 1),
    out: values.out ?? 'bench/results',
  };
}

function count(name: string, text: string | undefined, fallback: number, least: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} takes a whole number from ${least}`);
  return value;
}
