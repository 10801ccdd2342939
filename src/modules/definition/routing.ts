import { evaluateExpression } from '../../domain/expression/expression.js';
import type { RoutingRule } from '../../domain/definition/routing.js';
import type { Tx } from '../../platform/database/index.js';
import { storedRules } from './tenant-environment.js';

/** What routing expressions see; the message has not been classified yet. */
export type RoutingContext = Readonly<Record<string, unknown>>;

type Candidate = { readonly key: string; readonly version: number; readonly channels: readonly string[] | null };

/** No published definition takes this message: the tenant's routing is incomplete. */
export class NoRoute extends Error {}

/**
 * The definition and version a new inquiry runs on: the first rule whose condition holds and whose definition is
 * published and takes the channel. A condition that fails counts as false.
 */
export async function route(
  tx: Tx,
  channel: string,
  context: RoutingContext | Promise<RoutingContext>,
): Promise<{ readonly key: string; readonly version: number }> {
  const [rules, facts] = await Promise.all([storedRules(tx), context]);
  for (const rule of rules) {
    if (rule.when !== undefined) {
      const result = evaluateExpression(rule.when, {}, facts, 'routing');
      if (!result.ok || result.value !== true) continue;
    }
    const candidate = await published(tx, rule);
    if (candidate && (candidate.channels === null || candidate.channels.includes(channel))) {
      return { key: candidate.key, version: candidate.version };
    }
  }
  throw new NoRoute(`No published definition takes channel ${channel}`);
}

async function published(tx: Tx, rule: RoutingRule): Promise<Candidate | undefined> {
  return tx.first<Candidate>(
    `select d.key, v.version, v.plan->'channels' as channels
       from definition d
       join definition_version v on v.tenant_id = d.tenant_id and v.definition_id = d.id
        and v.version = coalesce($3, d.version)
      where d.tenant_id = $1 and d.key = $2`,
    [tx.tenantId, rule.definition, rule.version ?? null],
  );
}
