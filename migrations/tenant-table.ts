/** Statements every tenant table needs besides its columns. */

type TenantTableOptions = {
  /** What the application role may do; records that must not change leave out `update` and `delete`. */
  readonly grants?: 'read-write' | 'append-only';
};

/**
 * SQL that puts an existing table under row-level security: only rows of the transaction's tenant are visible or
 * writable, for the owner too (`force`). A transaction without a tenant sees nothing, because the setting is then empty.
 */
export function tenantTable(name: string, options: TenantTableOptions = {}): string[] {
  const own = `tenant_id = nullif(current_setting('app.tenant', true), '')::uuid`;
  const grants = options.grants === 'append-only' ? 'select, insert' : 'select, insert, update, delete';
  return [
    `alter table ${name} enable row level security`,
    `alter table ${name} force row level security`,
    `create policy tenant_only on ${name} as permissive for all to public using (${own}) with check (${own})`,
    `grant ${grants} on ${name} to atende_app`,
  ];
}
