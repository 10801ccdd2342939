import { tenantTable } from './tenant-table.js';

/**
 * SQL of the schema `keyring`: wrapped keys and nothing else, apart from what they seal, so that they can be backed up and
 * kept apart. A row of `tenant_key` goes when nothing lies under it any more; destroyed keys of subjects and cases leave
 * their row without the key, which tells destruction from loss.
 */
export function keyringSchema(): string[] {
  return [
    'create schema keyring',
    'grant usage on schema keyring to atende_app',
    `create table keyring.tenant_key (
      tenant_id uuid not null,
      version integer not null,
      root_id text not null,
      wrapped bytea not null,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, version)
    )`,
    `create table keyring.tenant_data_key (
      tenant_id uuid not null,
      purpose text not null check (purpose in ('data', 'lookup')),
      tenant_key_version integer not null,
      wrapped bytea not null,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, purpose),
      foreign key (tenant_id, tenant_key_version) references keyring.tenant_key
    )`,
    `create table keyring.subject_key (
      tenant_id uuid not null,
      subject_id uuid not null,
      tenant_key_version integer,
      wrapped bytea,
      created_at timestamptz(3) not null default now(),
      destroyed_at timestamptz(3),
      primary key (tenant_id, subject_id),
      foreign key (tenant_id, tenant_key_version) references keyring.tenant_key,
      check ((wrapped is null) = (destroyed_at is not null) and (wrapped is null) = (tenant_key_version is null))
    )`,
    'create index subject_key_version on keyring.subject_key (tenant_id, tenant_key_version)',
    `create table keyring.case_key (
      tenant_id uuid not null,
      case_id uuid not null,
      subject_id uuid not null,
      wrapped bytea,
      created_at timestamptz(3) not null default now(),
      destroyed_at timestamptz(3),
      primary key (tenant_id, case_id),
      foreign key (tenant_id, subject_id) references keyring.subject_key,
      check ((wrapped is null) = (destroyed_at is not null))
    )`,
    'create index case_key_subject on keyring.case_key (tenant_id, subject_id)',
    ...tenantTable('keyring.tenant_key'),
    ...['tenant_data_key', 'subject_key', 'case_key'].flatMap((table) =>
      tenantTable(`keyring.${table}`, { grants: 'no-delete' }),
    ),
    ...REFUSE_HELD,
  ];
}

/** Whoever destroys a key, by whatever way, is refused by the table itself while a legal hold covers what it seals. */
const REFUSE_HELD = [
  `create function keyring.refuse_held() returns trigger language plpgsql as $$
    begin
      if exists (select from public.hold h
                  where h.tenant_id = old.tenant_id and h.released_at is null
                    and (h.scope_kind = 'tenant'
                         or (h.scope_kind = 'buyer' and h.scope_id = old.subject_id)
                         or (h.scope_kind = 'inquiry' and h.scope_id in (
                               select c.case_id from keyring.case_key c
                                where c.tenant_id = old.tenant_id and c.subject_id = old.subject_id
                                  and (tg_table_name = 'subject_key' or c.case_id = (to_jsonb(old) ->> 'case_id')::uuid)))))
      then
        raise exception using errcode = 'ATH01', message = 'a legal hold keeps the key';
      end if;
      return new;
    end $$`,
  ...['subject_key', 'case_key'].map(
    (table) =>
      `create trigger refuse_held before update on keyring.${table} for each row
       when (old.wrapped is not null and new.wrapped is null) execute function keyring.refuse_held()`,
  ),
];

/** SQL that takes the schema away again. */
export function dropKeyring(): string {
  return 'drop schema keyring cascade';
}
