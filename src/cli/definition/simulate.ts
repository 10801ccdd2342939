import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CommandError } from '../session.js';

/** Options of `definition simulate`, as they are written. */
export type SimulateOptions = {
  readonly on?: string;
  readonly compareWith?: string;
  readonly script?: string;
  readonly assume?: string;
  readonly openedFrom?: string;
  readonly openedTo?: string;
  readonly limit?: string;
  readonly of?: string;
  readonly from?: string;
  readonly to?: string;
};

type Figures = Readonly<Record<string, unknown>>;

/** An answer of the API, as far as it is told. */
export type Simulation = {
  readonly runs: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly failed: string | null;
    readonly unmet: readonly { readonly index: number; readonly expected: unknown; readonly instead: unknown }[];
  }[];
  readonly totals: Figures;
  readonly diff: {
    readonly with: 'recorded' | { readonly version: number };
    readonly totals: { readonly before: Figures; readonly after: Figures };
    readonly runs: readonly {
      readonly name: string;
      readonly figures: readonly string[];
      readonly before: Figures;
      readonly after: Figures;
    }[];
  } | null;
};

/**
 * What is asked of the API: the script of a file, inquiries of a period, or without either the kept scenarios.
 *
 * @throws {CommandError} where options do not go together, or a file is missing or unreadable
 */
export function simulationAsked(options: SimulateOptions): Readonly<Record<string, unknown>> {
  const { script, assume, openedFrom, openedTo, limit, of: definition } = options;
  const recorded = openedFrom !== undefined;
  if (script !== undefined && recorded) throw new CommandError('--script and --opened-from do not go together');
  if (!recorded && [openedTo, limit, definition].some((one) => one !== undefined)) {
    throw new CommandError('--opened-to, --limit and --of go with --opened-from');
  }
  const period = { openedFrom, openedTo: openedTo ?? new Date().toISOString(), definition, limit: numberOf(limit) };
  return {
    ...(script === undefined ? {} : (yamlOf(script) as object)),
    ...(recorded ? { inquiries: period } : {}),
    ...(assume === undefined ? {} : { assume: yamlOf(assume) }),
    ...{ version: numberOf(options.on), compareWith: numberOf(options.compareWith) },
    ...{ from: options.from, to: options.to },
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function yamlOf(path: string): unknown {
  if (!existsSync(path)) throw new CommandError(`there is no file ${path}`);
  const value: unknown = parse(readFileSync(path, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new CommandError(`${path} holds nothing`);
  return value;
}

/** Whether everything came out as it was expected to. */
export function hasPassed({ runs }: Simulation): boolean {
  return runs.every(({ passed }) => passed);
}

/** What came of scenarios, a line each, and where there is something to compare with, the figures that differ. */
export function simulationLines(key: string, { runs, diff }: Simulation): string[] {
  const isRecorded = diff?.with === 'recorded';
  const told = isRecorded ? runs.filter(({ passed }) => !passed) : runs;
  return [
    ...told.flatMap(runLines),
    ...(diff === null ? [] : diffLines(diff)),
    `${key}: ${runs.length} ${isRecorded ? 'inquiries' : 'scenarios'}`,
  ];
}

function runLines({ name, passed, failed, unmet }: Simulation['runs'][number]): string[] {
  const missing = unmet.map(
    ({ index, expected, instead }) =>
      `  expect.${index} ${JSON.stringify(expected)}; there was ${JSON.stringify(instead)}`,
  );
  return [`${passed ? 'passed' : 'FAILED'} ${name}${failed === null ? '' : `: ${failed}`}`, ...missing];
}

function diffLines({ with: other, totals, runs }: NonNullable<Simulation['diff']>): string[] {
  const each = runs.flatMap(({ name, figures, before, after }) => [
    `~ ${name}`,
    ...figures.map((figure) => figureLine(figure, before, after)),
  ]);
  const differing = Object.keys(totals.after).filter(
    (figure) => JSON.stringify(totals.before[figure]) !== JSON.stringify(totals.after[figure]),
  );
  const head = `against ${other === 'recorded' ? 'what happened' : `version ${other.version}`}:`;
  return [
    ...each,
    differing.length === 0 ? `${head} the same in sum` : head,
    ...differing.map((figure) => figureLine(figure, totals.before, totals.after)),
  ];
}

function figureLine(figure: string, before: Figures, after: Figures): string {
  return `    ${figure}: ${JSON.stringify(before[figure])} -> ${JSON.stringify(after[figure])}`;
}
