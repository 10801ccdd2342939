import { Injectable } from '@nestjs/common';
import type { Plan } from '../../domain/definition/plan.js';
import { done } from '../../domain/configuration/refusals.js';
import { differing, figuresOf, totalsOf } from '../../domain/simulation/figures.js';
import type { Figures } from '../../domain/simulation/figures.js';
import { recordChange } from '../../modules/configuration/index.js';
import { Definitions, Publishing } from '../../modules/definition/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { beginningAt, Scenarios, Simulations } from '../../modules/simulation/index.js';
import type {
  NamedScenario,
  Reading,
  RecordedInquiry,
  RecordedRun,
  ScenarioRun,
} from '../../modules/simulation/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Editor } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { Problem } from '../problems/problem.js';
import { runView } from './simulation.schemas.js';
import type { RecordedBody, SimulationBody, SimulationView } from './simulation.schemas.js';

type Diff = NonNullable<SimulationView['diff']>;
type Pair = { readonly name: string; readonly before: Figures; readonly after: Figures };
type Readings = { readonly reading: Reading; readonly other: Reading | null };

/** Reads what a simulation needs in one transaction, and runs it when that is over. */
@Injectable()
export class SimulationDesk {
  constructor(
    private readonly editor: Editor,
    private readonly definitions: Definitions,
    private readonly publishing: Publishing,
    private readonly simulations: Simulations,
    private readonly kept: Scenarios,
  ) {}

  /** Runs a script, or without one every scenario that is kept. */
  async scenarios(principal: Principal, key: string, body: SimulationBody): Promise<SimulationView> {
    const { reading, other, scenarios } = await this.editor.read(principal, async (tx) => ({
      ...(await this.#readings(tx, key, body)),
      scenarios: await this.#scenarios(tx, key, body),
    }));
    const runs = await this.#run(reading, scenarios, body);
    const before = other === null ? null : await this.#run(other, scenarios, body);
    const pairs = runs.map(({ name, run }, index) => {
      return { name, before: figuresOf(before?.[index]?.run.timeline ?? []), after: figuresOf(run.timeline) };
    });
    return {
      version: body.version ?? null,
      runs: runs.map(({ name, run, unmet }) => runView(name, run, unmet)),
      totals: totalsOf(pairs.map(({ after }) => after)),
      diff: body.compareWith === undefined ? null : diffOf({ version: body.compareWith }, pairs),
    };
  }

  /** Runs what really happened once more; that somebody did is in the audit log, since texts are read for it. */
  async recorded(editing: Editing, key: string, body: RecordedBody): Promise<SimulationView> {
    const { definition = key, openedFrom, openedTo, limit } = body.inquiries;
    const from = Math.max(Date.parse(openedFrom), Date.parse(body.from ?? openedFrom));
    const period = { definition, openedFrom: from, openedTo: Date.parse(openedTo), limit };
    const { reading, other, inquiries } = await this.editor.change(editing, async (tx, author) => {
      const readings = await this.#readings(tx, key, body);
      const read = await this.simulations.recorded(tx, period);
      const object = { kind: 'definition', id: key };
      const after = { ...body.inquiries, inquiries: read.length };
      await recordChange(tx, author, { action: 'definition.simulate', object, before: null, after });
      return done({ ...readings, inquiries: read });
    });
    const runs = await this.#again(reading, inquiries, body);
    const before = other === null ? null : await this.#again(other, inquiries, body);
    const pairs = runs.map(({ run, actual }, index) => {
      const compared = before === null ? actual : figuresOf(before[index]?.run.timeline ?? []);
      return { name: run.inquiryId, before: compared, after: figuresOf(run.timeline) };
    });
    return {
      version: body.version ?? null,
      runs: runs.map(({ run }) => runView(run.inquiryId, run, [])),
      totals: totalsOf(pairs.map(({ after }) => after)),
      diff: diffOf(body.compareWith === undefined ? 'recorded' : { version: body.compareWith }, pairs),
    };
  }

  async #readings(tx: Tx, key: string, { version, compareWith }: SimulationBody): Promise<Readings> {
    const reading = await this.simulations.reading(tx, await this.#plan(tx, key, version ?? null));
    if (compareWith === undefined) return { reading, other: null };
    return { reading, other: { ...reading, plan: await this.#plan(tx, key, compareWith) } };
  }

  async #plan(tx: Tx, key: string, version: number | null): Promise<Plan> {
    if (version !== null) {
      if ((await this.definitions.text(tx, key, version)) === null) throw new Problem('not_found');
      return this.definitions.plan(tx, key, version);
    }
    const draft = await this.definitions.draft(tx, key);
    if (draft === null) throw new Problem('not_found');
    const { plan, problems } = await this.publishing.check(tx, key, draft, Date.now());
    if (plan === undefined) throw new Problem('definition_invalid', { extra: { problems } });
    return { ...plan, version: 0 };
  }

  async #scenarios(
    tx: Tx,
    key: string,
    { script, assume, expect = [], from }: SimulationBody,
  ): Promise<NamedScenario[]> {
    if (assume === 'recorded') {
      const errors = [{ pointer: '/assume', detail: 'Only recorded inquiries have what was recorded' }];
      throw new Problem('request_invalid', { errors });
    }
    if (script !== undefined) {
      const scenario = { script, assume: assume ?? {}, expect };
      return [{ name: 'script', scenario: from === undefined ? scenario : beginningAt(scenario, Date.parse(from)) }];
    }
    if (from !== undefined) {
      const errors = [{ pointer: '/from', detail: 'Kept scenarios say themselves when they begin' }];
      throw new Problem('request_invalid', { errors });
    }
    const kept = await this.kept.list(tx, key);
    return kept.map(({ name, version: _version, ...scenario }) => ({ name, scenario }));
  }

  async #run(reading: Reading, scenarios: readonly NamedScenario[], { to }: SimulationBody): Promise<ScenarioRun[]> {
    const until = to === undefined ? null : Date.parse(to);
    const runs = await this.simulations.scenarios(reading, scenarios, until);
    const faults = runs.flatMap((run) => ('faults' in run ? run.faults : []));
    if (faults.length > 0) throw new Problem('reference_unknown', { errors: faults });
    return runs.filter((run) => 'run' in run);
  }

  async #again(
    reading: Reading,
    inquiries: readonly RecordedInquiry[],
    { assume = 'recorded', to }: RecordedBody,
  ): Promise<readonly RecordedRun[]> {
    const until = to === undefined ? Date.now() : Date.parse(to);
    const runs = await this.simulations.again(reading, inquiries, assume, until);
    if ('faults' in runs) throw new Problem('reference_unknown', { errors: runs.faults });
    return runs;
  }
}

function diffOf(other: Diff['with'], pairs: readonly Pair[]): Diff {
  return {
    with: other,
    totals: { before: totalsOf(pairs.map(({ before }) => before)), after: totalsOf(pairs.map(({ after }) => after)) },
    runs: pairs
      .map((pair) => ({ ...pair, figures: [...differing(pair.before, pair.after)] }))
      .filter(({ figures }) => figures.length > 0),
  };
}
