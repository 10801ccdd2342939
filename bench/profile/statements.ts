import type { DatabaseProbe } from '../database.js';
import { round } from '../statistics.js';

const SHOWN = 40;
const TOP = `
  select s.calls::float8, s.total_exec_time + s.total_plan_time as ms, s.total_plan_time as "planMs", s.query,
         sum(s.total_plan_time) over () as "allPlanMs", sum(s.total_exec_time + s.total_plan_time) over () as "allMs", sum(s.calls) over ()::float8 as "allCalls"
    from pg_stat_statements s join pg_database d on d.oid = s.dbid and d.datname = 'atende'
   order by ms desc limit ${SHOWN}`;

type Statement = {
  readonly calls: number;
  readonly ms: number;
  readonly planMs: number;
  readonly query: string;
  readonly allMs: number;
  readonly allPlanMs: number;
  readonly allCalls: number;
};

/** Forgets what was counted so far. */
export async function resetStatements(probe: DatabaseProbe): Promise<void> {
  await probe.rows('create extension if not exists pg_stat_statements');
  await probe.rows('select pg_stat_statements_reset()');
}

/** Statements by total time since the last reset, per lifecycle. */
export async function topStatements(probe: DatabaseProbe, lifecycles: number): Promise<string> {
  const statements = await probe.rows<Statement>(TOP);
  const [first] = statements;
  const per = (value: number): string => String(round(value / lifecycles, 2));
  return [
    `${per(first?.allCalls ?? 0)} statements, ${per(first?.allMs ?? 0)} ms inside PostgreSQL per lifecycle, ${per(first?.allPlanMs ?? 0)} of them planning (${lifecycles} lifecycles)`,
    '   calls       ms planning  per lifecycle',
    ...statements.map(
      ({ calls, ms, planMs, query }) =>
        `${per(calls).padStart(8)} ${per(ms).padStart(8)} ${per(planMs).padStart(8)}  ${query.replace(/\s+/g, ' ').slice(0, 150)}`,
    ),
    '',
  ].join('\n');
}
