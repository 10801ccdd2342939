import type { EngineCost } from './engine.js';
import type { Latencies } from './latencies.js';
import type { Machine } from './machine.js';
import type { MicroFigures } from './micro/micro.js';
import type { Options } from './options.js';
import type { ByGroup } from './processes.js';
import type { Round, summarize } from './rounds.js';
import { round } from './statistics.js';
import type { Distribution } from './statistics.js';

type Summary = ReturnType<typeof summarize>;

/** Figures with a number of open inquiries standing by. */
export type Standing = {
  readonly open: number;
  readonly product: Summary;
  readonly twin: Summary;
  readonly ratio: number;
  readonly latencies: Latencies;
  /** Memory by group of processes, in MB. */
  readonly memory: ByGroup;
};

/** Bytes that stay behind for each inquiry that waits for its agent. */
export type OpenBytes = {
  readonly inquiries: number;
  readonly product: number;
  readonly temporal: number;
  readonly tables: Readonly<Record<string, number>>;
};

/** Everything one run found. */
export type Report = {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: Options;
  readonly idle: ByGroup;
  readonly engine: EngineCost;
  readonly standing: readonly Standing[];
  readonly bytes: OpenBytes | null;
  readonly micro: MicroFigures;
  readonly rounds: { readonly product: readonly Round[]; readonly twin: readonly Round[] };
};

type Bar = { readonly name: string; readonly value: number; readonly most: number; readonly unit: string };

/** The bars a run is held against; what was not measured is left out. */
export function bars({ engine, standing, bytes, micro }: Report): readonly Bar[] {
  const [base, more] = standing;
  const list: Bar[] = [
    { name: 'events of an inquiry', value: engine.mostEvents, most: 22, unit: '' },
    { name: 'actions of an inquiry', value: engine.mostActions, most: 8, unit: '' },
  ];
  if (base !== undefined) {
    list.push(
      { name: 'CPU, product to twin', value: base.ratio, most: 1.8, unit: '×' },
      { name: 'accept p99 at half load', value: base.latencies.accept.p99, most: 50, unit: 'ms' },
      { name: 'webhook to acknowledgement p95', value: base.latencies.acknowledge.p95, most: 1_000, unit: 'ms' },
      { name: 'timer lateness p99', value: base.latencies.timers.p99, most: 2_000, unit: 'ms' },
    );
  }
  if (base !== undefined && more !== undefined) {
    const growth = (pick: (latencies: Latencies) => Distribution): number =>
      round(pick(more.latencies).p99 / pick(base.latencies).p99, 2);
    list.push(
      {
        name: `accept p99, ${more.open} to ${base.open} open`,
        value: growth(({ accept }) => accept),
        most: 1.5,
        unit: '×',
      },
      {
        name: `reply p99, ${more.open} to ${base.open} open`,
        value: growth(({ reply }) => reply),
        most: 1.5,
        unit: '×',
      },
    );
  }
  if (bytes !== null) {
    const all = round((bytes.product + bytes.temporal) / 1_024, 1);
    list.push({ name: 'on disk per open inquiry', value: all, most: 30, unit: 'KB' });
  }
  list.push(
    {
      name: 'working time added to an instant',
      value: Math.max(micro.addHoursMicros, micro.addDaysMicros),
      most: 50,
      unit: 'µs',
    },
    { name: 'definition of 100 steps compiled', value: micro.compileMillis, most: 100, unit: 'ms' },
    { name: '500 inquiries of a month simulated', value: micro.monthSeconds, most: 10, unit: 's' },
  );
  return list;
}

/** The report as text. */
export function table(report: Report): string {
  const { machine, versions, options, idle, engine, bytes, micro } = report;
  const lines = [
    `${machine.takenAt}  ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, load ${machine.load}`,
    `commit ${machine.commit}, seed ${options.seed}, ${Object.entries(versions).flat().join(' ')}`,
    '',
    ...report.standing.flatMap((one) => [...standingLines(one), '']),
    `engine per inquiry: ${engine.events} events (most ${engine.mostEvents}), ${engine.actions} actions (most ${engine.mostActions}), ${engine.historyBytes} bytes of history`,
    `idle, CPU ms a second: ${shown(idle)}`,
    ...(bytes === null
      ? []
      : [
          `per open inquiry (${bytes.inquiries}): ${kb(bytes.product)} KB in the product's database, ${kb(bytes.temporal)} KB in Temporal's`,
          `  largest tables, bytes: ${shown(bytes.tables)}`,
        ]),
    `pure functions: ${micro.decidePerSecond} decisions/s (${micro.decideMicros} µs), calendar + 1 h ${micro.addHoursMicros} µs, + 27 h ${micro.addDaysMicros} µs`,
    `definitions: 100 steps checked and compiled in ${micro.compileMillis} ms, 500 inquiries of a month simulated in ${micro.monthSeconds} s`,
    '',
    ...bars(report).map(({ name, value, most, unit }) => {
      const met = value <= most ? 'met   ' : 'MISSED';
      return `${met}  ${name.padEnd(36)} ${`${value} ${unit}`.trimEnd().padStart(10)}  (at most ${`${most} ${unit}`.trimEnd()})`;
    }),
  ];
  return lines.join('\n');
}

function standingLines({ open, product, twin, ratio, latencies, memory }: Standing): string[] {
  const row = (name: string, d: Distribution): string =>
    `  ${name.padEnd(28)} ${[d.p50, d.p95, d.p99, d.max].map((ms) => String(ms).padStart(9)).join('')}   (${d.count})`;
  const side = (name: string, one: Summary): string =>
    `  ${name.padEnd(8)} ${one.perSecond}/s, CPU ms per inquiry ${one.cpuSum} (${one.range.join('–')}): ${shown(one.cpu)}; ${one.commits} commits, ${one.walBytes} bytes of WAL`;
  return [
    `with ${open} open inquiries`,
    side('product', product),
    side('twin', twin),
    `  ratio    ${ratio}`,
    `  ms at ${latencies.perSecond} arrivals a second        p50      p95      p99      max`,
    row('accept (202)', latencies.accept),
    row('webhook to acknowledgement', latencies.acknowledge),
    row('reply (update)', latencies.reply),
    row('close (update)', latencies.close),
    row('timer late by', latencies.timers),
    `  memory, MB (PSS): ${shown(memory)}`,
  ];
}

function shown(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function kb(bytes: number): number {
  return round(bytes / 1_024, 1);
}
