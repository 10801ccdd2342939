import type { Metrics } from '../../platform/metrics/index.js';
import type { Budgets } from './budgets.js';
import type { Connector } from './connector.js';
import type { Connectors } from './connectors.js';

function groupsOf(connector: Connector | undefined): readonly string[] {
  return connector?.groups ?? connector?.beside?.groups ?? [];
}

/** What is left of what platforms let us ask; what is counted by account is in the health of its shop alone. */
export class BudgetFigures {
  constructor(budgets: Budgets, connectors: Connectors, metrics: Metrics) {
    metrics.gauge({
      name: 'atende_channel_budget_requests',
      help: 'Requests that may be made at once, by platform and group of endpoints; every process tells the same',
      labels: ['channel', 'group'],
      read: async () => {
        const read = budgets.channels.map(async (channel) => {
          const levels = await budgets.of(channel).levels(groupsOf(connectors.of(channel)));
          return levels.map(({ group, left }) => ({ labels: { channel, group }, value: left }));
        });
        return (await Promise.all(read)).flat();
      },
    });
  }
}
