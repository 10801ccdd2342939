/** Statements every tenant table needs besides its columns. */

const GRANTS = {
  'read-write': 'select, insert, update, delete',
  'append-only': 'select, insert',
  'no-delete': 'select, insert, update',
} as const;

type TenantTableOptions = {
  /** What the application role may do; records that must not change leave out `update` and `delete`. */
  readonly grants?: keyof typeof GRANTS;
};

/**
 * SQL that puts an existing table under row-level security: only rows of the transaction's tenant are visible or
 * writable, for the owner too (`force`). A transaction without a tenant sees nothing, because the setting is then empty.
 */
export function tenantTable(name: string, options: TenantTableOptions = {}): string[] {
  const own = `tenant_id = nullif(current_setting('app.tenant', true), '')::uuid`;
  return [
    `alter table ${name} enable row level security`,
    `alter table ${name} force row level security`,
    `create policy tenant_only on ${name} as permissive for all to public using (${own}) with check (${own})`,
    `grant ${GRANTS[options.grants ?? 'read-write']} on ${name} to atende_app`,
  ];
}
