import { Migration } from '@mikro-orm/migrations';

/**
 * Roles without rights of their own, the two tables that loops across tenants may read (ids only, no content), and the
 * windows of request limits, which are counted before any tenant is known.
 */
export class RolesAndWork extends Migration {
  override readonly name = '0001-roles-and-work';

  override up(): void {
    for (const role of ['atende_app', 'atende_loops']) {
      this.addSql(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then
          create role ${role} nologin nosuperuser nobypassrls;
        end if;
        if current_user <> '${role}' and not pg_has_role(current_user, '${role}', 'member') then
          grant ${role} to current_user;
        end if;
      end $$`);
      this.addSql(`grant usage on schema public to ${role}`);
    }

    this.addSql(`create table auth_lookup (
      kind text not null check (kind in ('key', 'shop', 'account')),
      hash bytea not null,
      tenant_id uuid not null,
      subject_id uuid not null,
      primary key (kind, hash)
    )`);
    this.addSql(`create index auth_lookup_tenant on auth_lookup (tenant_id)`);
    this.addSql(`grant select, insert, delete on auth_lookup to atende_app`);
    this.addSql(`grant select on auth_lookup to atende_loops`);

    this.addSql(`create table work_queue (
      kind text not null check (kind in ('ring', 'sweep', 'lease', 'dispatch', 'call', 'sequence', 'archive', 'notice', 'notify',
                                         'migration', 'fetch', 'catch_up', 'reconcile', 'watch', 'attachment')),
      ref uuid not null,
      tenant_id uuid not null,
      inquiry_id uuid,
      -- Whose channel it waits for, so that one that is slow keeps nobody else waiting.
      shop_id uuid,
      due_at timestamptz(3) not null,
      lease_until timestamptz(3),
      version integer not null default 1,
      attempts integer not null default 0,
      exact boolean not null default false,
      primary key (kind, ref)
    )`);
    this.addSql(`create index work_queue_due on work_queue (due_at)`);
    this.addSql(`grant select, insert, update, delete on work_queue to atende_app, atende_loops`);

    // Not worth a write-ahead record: after a crash everybody begins a new minute.
    this.addSql(`create unlogged table rate_window (
      subject bytea primary key,
      ends_at timestamptz not null,
      used integer not null
    )`);
    this.addSql(`grant select, insert, update, delete on rate_window to atende_loops`);

    // What is left of what platforms let an application ask, shared by all processes; full again after a crash.
    this.addSql(`create unlogged table rate_bucket (
      subject bytea primary key,
      tokens double precision not null,
      filled_at timestamptz not null,
      paused_until timestamptz
    )`);
    this.addSql(`grant select, insert, update, delete on rate_bucket to atende_loops`);
  }

  override down(): void {
    this.addSql('drop table rate_bucket');
    this.addSql('drop table rate_window');
    this.addSql('drop table work_queue');
    this.addSql('drop table auth_lookup');
  }
}
