import { templateUses } from '../../domain/definition/template-uses.js';
import type { Plan } from '../../domain/definition/plan.js';
import type { Tx } from '../../platform/database/index.js';

/** Newest versions, versions the routing pins, and versions that open inquiries still run on. */
const IN_FORCE = `
  with used as (
    select definition_key as key, definition_version as version
      from inquiry where tenant_id = $1 and closed_at is null group by 1, 2
    union
    select rule->>'definition', (rule->>'version')::int
      from routing, jsonb_array_elements(rules) as rule where tenant_id = $1 and rule ? 'version')
  select v.plan
    from definition d
    join definition_version v on v.tenant_id = d.tenant_id and v.definition_id = d.id
   where d.tenant_id = $1
     and (v.version = d.version or (d.key, v.version) in (select key, version from used))`;

/** The plans by which messages may still be sent. */
export async function plansInForce(tx: Tx): Promise<readonly Plan[]> {
  const rows = await tx.query<{ plan: Plan }>(IN_FORCE, [tx.tenantId]);
  return rows.map(({ plan }) => plan);
}

/**
 * The names each step that renders a template gives it, over all plans in force: a new version of the template is live at
 * once, also for inquiries on older definitions.
 */
export async function namesGivenTo(tx: Tx, template: string): Promise<readonly (readonly string[])[]> {
  const plans = await plansInForce(tx);
  return plans.flatMap((plan) => templateUses(plan).flatMap((use) => (use.template === template ? [use.given] : [])));
}

/** The definitions that call operations of a connection, by the operation, over all plans in force. */
export async function callersOf(tx: Tx, connection: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const callers = new Map<string, Set<string>>();
  for (const { key, steps } of await plansInForce(tx)) {
    for (const step of steps) {
      if (step.kind !== 'call' || step.connection !== connection) continue;
      for (const operation of [step.operation, step.check]) {
        if (operation !== null) callers.set(operation, (callers.get(operation) ?? new Set()).add(key));
      }
    }
  }
  return new Map([...callers].map(([operation, keys]) => [operation, [...keys].sort()]));
}
