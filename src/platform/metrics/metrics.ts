import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Values of a metric's labels. Routes, codes and kinds only: an id or a name would make a series per person. */
export type Labels<L extends string> = Readonly<Record<L, string>>;

/** One value of a gauge that is read when somebody asks. */
export type Reading<L extends string> = { readonly labels: Labels<L>; readonly value: number };

/** Something that is counted. */
export type Count<L extends string> = { add(labels: Labels<L>, by?: number): void };

/** Something whose distribution is kept, in the unit its name ends with. */
export type Distribution<L extends string> = { observe(labels: Labels<L>, value: number): void };

export type MetricDescription<L extends string> = {
  /** Prometheus name: `atende_…`, base unit and `_total` at the end where they apply. */
  readonly name: string;
  /** What it says, in what unit, over what. */
  readonly help: string;
  readonly labels?: readonly L[];
};

/** Text in Prometheus' exposition format from somewhere else in the process. */
export type MetricSource = () => Promise<string>;

/** A scrape waits no longer for one reader (ms); Prometheus itself gives up after ten seconds. */
const READ_WITHIN_MS = 4_000;

/**
 * What this process tells about itself in numbers. One instance per process, handed to those who count; the words they count
 * by are theirs.
 */
export class Metrics {
  /** Media type of {@link text}. */
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #registry = new Registry();
  readonly #sources: MetricSource[] = [];
  readonly #unread: Counter<'metric'>;
  #watchesProcess = false;

  constructor() {
    this.#unread = new Counter({
      name: 'atende_metrics_unread_total',
      help: 'Times a gauge could not be read at a scrape and was left out of it',
      labelNames: ['metric'],
      registers: [this.#registry],
    });
  }

  /** A counter; it only grows. */
  counter<L extends string = never>(description: MetricDescription<L>): Count<L> {
    const counter = new Counter(this.#options(description));
    return { add: (labels, by = 1) => counter.inc(labels, by) };
  }

  /** A histogram with the given upper bounds. */
  histogram<L extends string = never>(
    description: MetricDescription<L> & { readonly buckets: readonly number[] },
  ): Distribution<L> {
    const histogram = new Histogram({ ...this.#options(description), buckets: [...description.buckets] });
    return { observe: (labels, value) => histogram.observe(labels, value) };
  }

  /** A gauge that is read at each scrape. A reader that fails or hangs leaves its metric out, and that is counted. */
  gauge<L extends string = never>(
    description: MetricDescription<L> & { readonly read: () => Promise<readonly Reading<L>[]> | readonly Reading<L>[] },
  ): void {
    const gauge: Gauge<L> = new Gauge({
      ...this.#options(description),
      collect: async () => {
        // Without labels a reset is a zero, which would be a wrong answer instead of none.
        if (description.labels === undefined) gauge.remove();
        else gauge.reset();
        try {
          for (const { labels, value } of await within(READ_WITHIN_MS, description.read())) gauge.set(labels, value);
        } catch {
          this.#unread.inc({ metric: description.name });
        }
      },
    });
  }

  /** Adds text from elsewhere to every scrape, for example from the Temporal SDK. */
  include(source: MetricSource): void {
    this.#sources.push(source);
  }

  /** Memory, CPU, event loop and garbage collection of this process; safe to call again. */
  watchProcess(): void {
    if (this.#watchesProcess) return;
    this.#watchesProcess = true;
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Everything, in Prometheus' text format. Never throws for what could not be read. */
  async text(): Promise<string> {
    const own = await this.#registry.metrics();
    const others = await Promise.all(this.#sources.map((source) => this.#read(source)));
    return (
      [own, ...others]
        .map((part) => part.trimEnd())
        .filter((part) => part !== '')
        .join('\n') + '\n'
    );
  }

  async #read(source: MetricSource): Promise<string> {
    try {
      return await within(READ_WITHIN_MS, source());
    } catch {
      this.#unread.inc({ metric: 'included' });
      return '';
    }
  }

  #options<L extends string>({
    name,
    help,
    labels = [],
  }: MetricDescription<L>): {
    name: string;
    help: string;
    labelNames: L[];
    registers: Registry[];
  } {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

async function within<T>(ms: number, value: Promise<T> | T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), ms);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
