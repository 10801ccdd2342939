import type { Plan } from '../../domain/definition/plan.js';
import type { Tx } from '../../platform/database/index.js';

/** Plans kept in memory per process; a published version never changes. */
const KEPT = 1_000;

/** Reads compiled plans; each published version is read once per process. */
export class PlanStore {
  readonly #plans = new Map<string, Plan>();

  /** The plan of a published version; a missing one is a defect. */
  async plan(tx: Tx, key: string, version: number): Promise<Plan> {
    const cacheKey = `${tx.tenantId}|${key}|${version}`;
    const known = this.#plans.get(cacheKey);
    if (known) return known;
    const row = await tx.one<{ plan: Plan }>(
      `select v.plan from definition d
         join definition_version v on v.tenant_id = d.tenant_id and v.definition_id = d.id
        where d.tenant_id = $1 and d.key = $2 and v.version = $3`,
      [tx.tenantId, key, version],
    );
    if (this.#plans.size >= KEPT) this.#plans.clear();
    this.#plans.set(cacheKey, row.plan);
    return row.plan;
  }
}
