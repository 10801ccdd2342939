import { NAMED_OBLIGATIONS } from '../../domain/definition/plan.js';
import type { Database, Tx } from '../../platform/database/index.js';
import type { Metrics, Reading } from '../../platform/metrics/index.js';
import type { TenantLookup } from '../identity/index.js';

/** An obligation counts as at risk when its deadline is nearer than this. */
const AT_RISK_MS = 15 * 60_000;

/** How long counted figures are good; a collector that asks more often gets the same again. */
const GOOD_FOR_MS = 15_000;

/** Statuses of an inquiry that is not closed. */
const OPEN = ['open', 'waiting_buyer', 'waiting_platform', 'waiting_other', 'snoozed'] as const;
const DUE = ['at_risk', 'breached'] as const;

/** Names a definition makes up are one series together. */
const OBLIGATIONS_TOLD = [...NAMED_OBLIGATIONS, 'custom'] as const;

type Figures = { readonly inquiries: ReadonlyMap<string, number>; readonly obligations: ReadonlyMap<string, number> };

const COUNT_INQUIRIES = `
  select status as key, count(*) as count from inquiry where tenant_id = $1 and closed_at is null and not test group by status`;

const COUNT_OBLIGATIONS = `
  select case when o.name = any($3) then o.name else 'custom' end || ' ' || case when o.deadline <= statement_timestamp() then 'breached' else 'at_risk' end as key,
         count(*) as count
    from inquiry i join obligation o on o.tenant_id = i.tenant_id and o.inquiry_id = i.id
   where i.tenant_id = $1 and i.closed_at is null and not i.test and i.bite_due < statement_timestamp() + make_interval(secs => $2)
     and o.state in ('running', 'breached_open') and o.deadline < statement_timestamp() + make_interval(secs => $2)
   group by 1`;

/**
 * How many inquiries are open and how many of their deadlines are near or over, over all tenants: each is counted in a
 * transaction of its own, and only the sums leave it.
 */
export class InquiryFigures {
  #known: { readonly figures: Promise<Figures>; readonly until: number } | null = null;

  constructor(
    private readonly database: Database,
    private readonly tenants: TenantLookup,
    metrics: Metrics,
  ) {
    metrics.gauge({
      name: 'atende_inquiries_open',
      help: 'Open inquiries of the whole installation by state; every process tells the same',
      labels: ['state'],
      read: async () => {
        const { inquiries } = await this.#figures();
        return OPEN.map((state) => ({ labels: { state }, value: inquiries.get(state) ?? 0 }));
      },
    });
    metrics.gauge({
      name: 'atende_obligations_due',
      help: 'Obligations of open inquiries that are breached, or at risk (due within 15 minutes), over the whole installation',
      labels: ['obligation', 'state'],
      read: async () => obligationReadings((await this.#figures()).obligations),
    });
  }

  #figures(): Promise<Figures> {
    if (this.#known !== null && Date.now() < this.#known.until) return this.#known.figures;
    const figures = this.#count();
    // Nobody counts a second time while the first count still runs.
    this.#known = { figures, until: Infinity };
    figures.then(
      () => (this.#known = { figures, until: Date.now() + GOOD_FOR_MS }),
      () => (this.#known = null),
    );
    return figures;
  }

  async #count(): Promise<Figures> {
    const [inquiries, obligations] = [new Map<string, number>(), new Map<string, number>()];
    for (const tenantId of await this.tenants.tenants()) {
      await this.database.tenant(tenantId, async (tx) => {
        await addUp(inquiries, tx, COUNT_INQUIRIES, []);
        await addUp(obligations, tx, COUNT_OBLIGATIONS, [AT_RISK_MS / 1_000, NAMED_OBLIGATIONS]);
      });
    }
    return { inquiries, obligations };
  }
}

async function addUp(sums: Map<string, number>, tx: Tx, sql: string, params: readonly unknown[]): Promise<void> {
  const rows = await tx.query<{ key: string; count: number }>(sql, [tx.tenantId, ...params]);
  for (const { key, count } of rows) sums.set(key, (sums.get(key) ?? 0) + count);
}

function obligationReadings(sums: ReadonlyMap<string, number>): Reading<'obligation' | 'state'>[] {
  return OBLIGATIONS_TOLD.flatMap((obligation) =>
    DUE.map((state) => ({ labels: { obligation, state }, value: sums.get(`${obligation} ${state}`) ?? 0 })),
  );
}
