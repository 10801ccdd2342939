import type { Stack } from './stack.js';

export type AuditRow = {
  readonly action: string;
  readonly actor: string | null;
  readonly object: string | null;
  readonly result: string;
  readonly code: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

/** Audit events of the demo tenant with this action, in the order they were written; read past the API. */
export async function auditOf(stack: Stack, action: string): Promise<AuditRow[]> {
  const result = await stack.superuser.query<AuditRow>(
    `select action, actor_id as actor, object_id as object, result, code, before, after
       from audit_event where tenant_id = $1 and action = $2 order by id`,
    [stack.demo.tenantId, action],
  );
  return result.rows;
}
