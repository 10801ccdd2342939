import { checkDefinition } from '../../src/modules/definition/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { definitionEnvironment } from './definition-environment.js';
import type { Stack } from './stack.js';

/** Publishes a definition for the demo tenant and routes everything new to it, past the API: the tests here are not about it. */
export async function publish(stack: Stack, text: string): Promise<void> {
  const { plan, checksum, problems } = checkDefinition(text, 'application/yaml', definitionEnvironment());
  if (!plan || checksum === undefined) throw new Error(JSON.stringify(problems, null, 1));
  await stack.database.tenant(stack.demo.tenantId, async (tx) => {
    const known = await tx.first<{ id: string; version: number }>(
      'select id, version from definition where tenant_id = $1 and key = $2 for update',
      [tx.tenantId, plan.key],
    );
    const id = known?.id ?? newId();
    const version = (known?.version ?? 0) + 1;
    if (!known)
      await tx.run('insert into definition (tenant_id, id, key) values ($1, $2, $3)', [tx.tenantId, id, plan.key]);
    await tx.run(
      `insert into definition_version (tenant_id, definition_id, version, source, content_type, checksum, plan)
       values ($1, $2, $3, $4, 'application/yaml', $5, $6::jsonb)`,
      [tx.tenantId, id, version, text, checksum, JSON.stringify({ ...plan, version })],
    );
    await tx.run('update definition set version = $3 where tenant_id = $1 and id = $2', [tx.tenantId, id, version]);
    await tx.run('update routing set rules = $2::jsonb where tenant_id = $1', [
      tx.tenantId,
      JSON.stringify([{ definition: plan.key }]),
    ]);
  });
}

/** The standard way of work with seconds instead of minutes, so that its clocks can be seen running. */
export const QUICK = `
atende: 1
key: quick
title: Quick
calendar: always
obligations:
  acknowledge: { within: 5m }
  first_response: { within: 3s, clock: wall, escalate: chase }
  next_response: { within: 3s, clock: wall, escalate: chase }
  resolution: { within: 1h }
escalations:
  chase:
    - { at: start+2s, do: [ { notify: { to: holder } } ] }
    - { at: deadline, do: [ { notify: { to: supervisor } }, { set: { urgency: high } } ] }
steps:
  - { id: classify, classify: {} }
  - { id: acknowledge, send: { template: ack } }
  - { id: person, assign: { queue: [sales-br], strategy: least_loaded, preferLastAgent: true } }
  - { id: reply, task: { kind: reply, lease: 20m }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { for: [buyer_message], until: 48h }, on: { message: reply, timeout: close } }
  - { id: close, close: { reason: resolved, reopenWithin: 7d, retention: order } }
`;
