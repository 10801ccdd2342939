import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Plan } from '../../domain/definition/plan.js';
import { differing, figuresOf, totalsOf } from '../../domain/simulation/figures.js';
import { Definitions, Publishing } from '../../modules/definition/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { Scenarios, Simulations } from '../../modules/simulation/index.js';
import type { NamedScenario, ScenarioRun } from '../../modules/simulation/index.js';
import type { Tx } from '../../platform/database/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Editor } from '../http/editing.js';
import { keyParam } from '../http/validation.js';
import { Problem } from '../problems/problem.js';
import { runView, simulationBody, simulationShape } from './simulation.schemas.js';
import type { SimulationBody, SimulationView } from './simulation.schemas.js';

/** Trying a definition on a virtual clock; nothing is saved and nothing leaves. */
@ApiTags('definitions')
@Controller('v1/definitions/:key/simulate')
export class SimulationController {
  constructor(
    private readonly editor: Editor,
    private readonly definitions: Definitions,
    private readonly publishing: Publishing,
    private readonly simulations: Simulations,
    private readonly kept: Scenarios,
  ) {}

  @Post()
  @HttpCode(200)
  @May('definitions.write')
  @ApiOperation({
    operationId: 'simulateDefinition',
    summary: 'Run a scenario, or without a script all that are kept, on a virtual clock against the draft or a version',
  })
  @ApiResponse({ status: 200, standardSchema: simulationShape, description: 'What would happen' })
  simulate(
    @Caller() principal: Principal,
    @Param('key', { schema: keyParam }) key: string,
    @Body({ schema: simulationBody }) body: SimulationBody,
  ): Promise<SimulationView> {
    return this.editor.read(principal, async (tx) => {
      const plan = await this.#plan(tx, key, body.version ?? null);
      const scenarios = await this.#scenarios(tx, key, body);
      const runs = await this.#run(tx, plan, scenarios, body);
      const figures = runs.map(({ run }) => figuresOf(run.timeline));
      return {
        version: body.version ?? null,
        runs: runs.map(({ name, run, unmet }) => runView(name, run, unmet)),
        totals: totalsOf(figures),
        diff:
          body.compareWith === undefined ? null : await this.#diff(tx, key, body.compareWith, scenarios, body, runs),
      };
    });
  }

  async #plan(tx: Tx, key: string, version: number | null): Promise<Plan> {
    const text =
      version === null ? await this.definitions.draft(tx, key) : await this.definitions.text(tx, key, version);
    if (text === null) throw new Problem('not_found');
    if (version !== null) return this.definitions.plan(tx, key, version);
    const { plan, problems } = await this.publishing.check(tx, key, text, Date.now());
    if (plan === undefined) throw new Problem('definition_invalid', { extra: { problems } });
    return { ...plan, version: 0 };
  }

  async #scenarios(tx: Tx, key: string, { script, assume, expect }: SimulationBody): Promise<NamedScenario[]> {
    if (script !== undefined)
      return [{ name: 'script', scenario: { script, assume: assume ?? {}, expect: expect ?? [] } }];
    const kept = await this.kept.list(tx, key);
    return kept.map(({ name, version: _version, ...scenario }) => ({ name, scenario }));
  }

  async #run(tx: Tx, plan: Plan, scenarios: readonly NamedScenario[], { to }: SimulationBody): Promise<ScenarioRun[]> {
    const until = to === undefined ? null : Date.parse(to);
    const runs = await this.simulations.scenarios(await this.simulations.reading(tx, plan), scenarios, until);
    const faults = runs.flatMap((run) => ('faults' in run ? run.faults : []));
    if (faults.length > 0) throw new Problem('reference_unknown', { errors: faults });
    return runs.filter((run) => 'run' in run);
  }

  async #diff(
    tx: Tx,
    key: string,
    version: number,
    scenarios: readonly NamedScenario[],
    body: SimulationBody,
    runs: readonly ScenarioRun[],
  ): Promise<NonNullable<SimulationView['diff']>> {
    const before = await this.#run(tx, await this.#plan(tx, key, version), scenarios, body);
    const pairs = runs.map(({ name, run }, index) => ({
      name,
      before: figuresOf(before[index]?.run.timeline ?? []),
      after: figuresOf(run.timeline),
    }));
    return {
      with: { version },
      totals: { before: totalsOf(pairs.map((pair) => pair.before)), after: totalsOf(pairs.map((pair) => pair.after)) },
      runs: pairs
        .map((pair) => ({ ...pair, figures: [...differing(pair.before, pair.after)] }))
        .filter(({ figures }) => figures.length > 0),
    };
  }
}
