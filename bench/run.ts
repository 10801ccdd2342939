import type { Bench } from './bench.js';
import { engineCost, serverVersion } from './engine.js';
import { latencies } from './latencies.js';
import { describeMachine } from './machine.js';
import { microFigures } from './micro/micro.js';
import type { Options } from './options.js';
import { times } from './pace.js';
import { memoryOf } from './processes.js';
import type { ByGroup } from './processes.js';
import type { OpenBytes, Report, Standing } from './report.js';
import { Rounds, summarize } from './rounds.js';
import type { Round } from './rounds.js';
import { round } from './statistics.js';

/** Share of the highest rate at which latencies are taken. */
const HALF = 0.5;

/** Latencies need more time than a round: a hundredth of few is nothing. */
const LATENCY_ROUNDS = 3;

const IDLE_SECONDS = 3;
const COUNTED_HISTORIES = 40;
const MB = 1_048_576;

/** Takes all figures of one installation. */
export class Run {
  readonly #rounds: Rounds;
  readonly #done: string[] = [];
  readonly #taken: { readonly product: Round[]; readonly twin: Round[] } = { product: [], twin: [] };
  #idle: ByGroup = {};
  #open = 0;

  constructor(
    private readonly options: Options,
    private readonly bench: Bench,
    private readonly say: (line: string) => void,
  ) {
    this.#rounds = new Rounds(bench.installation, bench.shop, bench.twin, bench.probe);
  }

  /** The whole run: rounds and latencies with a few open inquiries, then again with many. */
  async report(): Promise<Report> {
    const { options, bench } = this;
    const machine = describeMachine();
    const warmUp = { seconds: options.warmUpSeconds, inFlight: options.inFlight };
    this.say(`warm-up, ${options.warmUpSeconds} s each`);
    await this.#rounds.product(warmUp);
    await bench.twin.run({ ...warmUp, seed: options.seed });
    this.#idle = await this.#rounds.idle(IDLE_SECONDS);
    await this.#fill(options.standing);
    const standing = [await this.#standing(options.rounds)];
    const ids = this.#done.slice(-COUNTED_HISTORIES).map((id) => `inq:${bench.installation.demo.tenantId}:${id}`);
    const engine = await engineCost(bench.installation.temporalAddress, ids);
    const bytes = options.open > options.standing ? await this.#openBytes() : null;
    if (bytes !== null) standing.push(await this.#standing(Math.min(2, options.rounds)));
    return {
      machine,
      versions: await this.#versions(),
      options,
      idle: this.#idle,
      engine,
      standing,
      bytes,
      micro: microFigures(options.seed),
      rounds: this.#taken,
    };
  }

  async #standing(rounds: number): Promise<Standing> {
    const { options, bench } = this;
    const product: Round[] = [];
    const twin: Round[] = [];
    for (let index = 1; index <= rounds; index += 1) {
      product.push(await this.#rounds.product(options));
      twin.push(await this.#rounds.twinRound(options, this.#idle, options.seed + index));
      this.say(`round ${index}: product ${told(product.at(-1))}, twin ${told(twin.at(-1))}`);
    }
    this.#taken.product.push(...product);
    this.#taken.twin.push(...twin);
    const [ours, bare] = [summarize(product), summarize(twin)];
    const perSecond = round(ours.perSecond * HALF, 1);
    this.say(`latencies at ${perSecond}/s with ${this.#open} open`);
    const load = { seconds: options.seconds * LATENCY_ROUNDS, perSecond, random: bench.random };
    const taken = await latencies(bench.shop, load, (id) => void this.#done.push(id));
    const memory = memoryOf(bench.installation.roots);
    return {
      open: this.#open,
      product: ours,
      twin: bare,
      ratio: round(ours.cpuSum / bare.cpuSum, 2),
      latencies: taken,
      memory: Object.fromEntries(Object.entries(memory).map(([name, bytes]) => [name, round(bytes / MB)])),
    };
  }

  /** Opens inquiries until there are so many. */
  async #fill(target: number): Promise<number> {
    const count = Math.max(0, target - this.#open);
    await times(count, this.options.inFlight, async (index) => {
      await this.bench.shop.open();
      if ((index + 1) % 1_000 === 0) this.say(`${this.#open + index + 1} open`);
    });
    this.#open += count;
    return count;
  }

  async #openBytes(): Promise<OpenBytes> {
    const { installation, probe } = this.bench;
    const read = async (): Promise<{ product: number; temporal: number; tables: Map<string, number> }> => ({
      product: await probe.bytesOf(['atende']),
      temporal: await installation.temporalBytes(),
      tables: new Map((await probe.tables()).map(({ name, bytes }) => [name, bytes])),
    });
    const before = await read();
    const inquiries = await this.#fill(this.options.open);
    const after = await read();
    const tables = [...after.tables].map(([name, bytes]): [string, number] => [
      name,
      round((bytes - (before.tables.get(name) ?? 0)) / inquiries),
    ]);
    return {
      inquiries,
      product: round((after.product - before.product) / inquiries),
      temporal: round((after.temporal - before.temporal) / inquiries),
      tables: Object.fromEntries(tables.sort(([, a], [, b]) => b - a).slice(0, 8)),
    };
  }

  async #versions(): Promise<Readonly<Record<string, string>>> {
    const { installation, probe } = this.bench;
    return {
      temporal: `${installation.temporalServer}, ${await serverVersion(installation.temporalAddress)};`,
      postgres: /PostgreSQL [\d.]+/.exec(await probe.version())?.[0] ?? 'unknown',
    };
  }
}

function told(one: Round | undefined): string {
  return one === undefined ? '–' : `${one.perSecond}/s ${one.cpuSum} ms`;
}
