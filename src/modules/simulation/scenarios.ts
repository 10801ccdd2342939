import type { Plan } from '../../domain/definition/plan.js';
import { done, refused, staleness } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion, Outcome } from '../../domain/configuration/refusals.js';
import type { Tx } from '../../platform/database/index.js';
import { isSame, memberOf, recordChange, takeTurn } from '../configuration/index.js';
import type { Author } from '../configuration/index.js';
import type { Scenario } from './scenario-schema.js';
import { scenarioSchema } from './scenario-schema.js';
import type { NamedScenario, ScenarioRun, Simulations, UnreadScenario } from './simulations.js';

/** A scenario as it is kept beside its definition. */
export type KeptScenario = Scenario & { readonly name: string; readonly version: number };

/** A scenario that keeps a definition from being published, in the shape of the other problems. */
export type ScenarioProblem = {
  readonly code: 'scenario_failed' | 'scenario_invalid';
  readonly severity: 'error';
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
};

/** Scenarios of one definition; all are run before it is published. */
const MOST = 100;

type Row = { readonly name: string; readonly body: string; readonly version: number };

const SELECT = `
  select name, body, version from definition_scenario
   where tenant_id = $1 and definition_key = $2`;

/** The scenarios of definitions: kept beside the draft, copied into each version, and run before it is published. */
export class Scenarios {
  constructor(private readonly simulations: Simulations) {}

  /** All of a definition by name. */
  async list(tx: Tx, key: string): Promise<KeptScenario[]> {
    const rows = await tx.query<Row>(`${SELECT} order by name`, [tx.tenantId, key]);
    return rows.map(kept);
  }

  /** One of them, or null. */
  async read(tx: Tx, key: string, name: string): Promise<KeptScenario | null> {
    const row = await tx.first<Row>(`${SELECT} and name = $3`, [tx.tenantId, key, name]);
    return row === undefined ? null : kept(row);
  }

  /** Keeps a scenario; a changed one needs the version that was read, so that nobody's work is overwritten unseen. */
  async save(
    tx: Tx,
    author: Author,
    key: string,
    { name, scenario }: NamedScenario,
    expected: ExpectedVersion | null,
  ): Promise<Outcome<KeptScenario>> {
    await takeTurn(tx, 'definition');
    const before = await this.read(tx, key, name);
    if (before !== null && expected === null)
      return refused('if_match_missing', { detail: 'Read the scenario and send its ETag as If-Match.' });
    const stale = before === null || expected === null ? null : staleness(expected, before.version);
    if (stale) return stale;
    if (before === null && (await this.list(tx, key)).length >= MOST)
      return refused('in_use', { detail: `A definition has at most ${MOST} scenarios; delete one first.` });
    const version = (before?.version ?? 0) + 1;
    if (before !== null && isSame({ ...before, name, version }, { ...scenario, name, version })) return done(before);
    await tx.run(
      `insert into definition_scenario (tenant_id, definition_key, name, body, version, changed_at, changed_by)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, definition_key, name) do update
         set body = excluded.body, version = excluded.version, changed_at = excluded.changed_at,
             changed_by = excluded.changed_by`,
      [tx.tenantId, key, name, JSON.stringify(scenario), version, new Date(author.at).toISOString(), memberOf(author)],
    );
    await this.#record(tx, author, 'definition.save_scenario', key, { name, version });
    return done({ ...scenario, name, version });
  }

  /** Takes a scenario away; versions that were published with it keep it. */
  async delete(tx: Tx, author: Author, key: string, name: string): Promise<Outcome<null>> {
    await takeTurn(tx, 'definition');
    const deleted = await tx.run(
      'delete from definition_scenario where tenant_id = $1 and definition_key = $2 and name = $3',
      [tx.tenantId, key, name],
    );
    if (deleted === 0) return refused('not_found');
    await this.#record(tx, author, 'definition.delete_scenario', key, { name });
    return done(null);
  }

  /** Runs all scenarios of a definition on a plan: one problem for each that does not come out as it says. */
  async problems(tx: Tx, plan: Plan, scenarios: readonly NamedScenario[]): Promise<ScenarioProblem[]> {
    if (scenarios.length === 0) return [];
    const runs = await this.simulations.scenarios(await this.simulations.reading(tx, plan), scenarios);
    return runs.flatMap(problemsOf);
  }

  #record(
    tx: Tx,
    author: Author,
    action: string,
    key: string,
    after: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return recordChange(tx, author, { action, object: { kind: 'definition', id: key }, before: null, after });
  }
}

function kept({ name, body, version }: Row): KeptScenario {
  return { ...scenarioSchema.parse(JSON.parse(body)), name, version };
}

function problemsOf(run: ScenarioRun | UnreadScenario): ScenarioProblem[] {
  const place = { severity: 'error', line: 1, column: 1 } as const;
  if ('faults' in run) {
    return run.faults.map(({ pointer, detail }) => ({
      ...place,
      code: 'scenario_invalid',
      path: `scenarios.${run.name}${pointer.replaceAll('/', '.')}`,
      message: detail,
      remedy: 'Change the scenario, or the definition it was written for.',
    }));
  }
  const failed = {
    ...place,
    code: 'scenario_failed',
    remedy: 'Run the scenario with simulate and compare its timeline.',
  } as const;
  if (run.run.failed !== null) {
    return [{ ...failed, path: `scenarios.${run.name}`, message: `the simulation ended with ${run.run.failed}` }];
  }
  return run.unmet.map(({ index, expected: { at, kind, never }, instead }) => {
    const when = at === null ? '' : ` at ${new Date(at).toISOString()}`;
    const came = instead.map((entry) => new Date(entry.at).toISOString()).join(', ');
    const message = never ? `${kind}${when} came about (${came})` : `no ${kind}${when}; there was ${came || 'none'}`;
    return { ...failed, path: `scenarios.${run.name}.expect.${index}`, message };
  });
}
