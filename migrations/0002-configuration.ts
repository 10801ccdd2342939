import { Migration } from '@mikro-orm/migrations';
import { tenantTable } from './tenant-table.js';

const TABLES = [
  'tenant',
  'member',
  'member_key',
  'shop',
  'shop_secret',
  'channel_account',
  'channel_consent',
  'queue',
  'queue_member',
  'calendar',
  'calendar_version',
  'connection',
  'connection_version',
  'webhook',
  'roster',
  'roster_version',
  'template',
  'template_version',
  'definition',
  'definition_version',
  'definition_scenario',
  'routing',
  'phrase_policy',
  'publishing_policy',
  'retention_class',
];

/** What operators and admins set up: people, shops, queues, calendars, rosters, templates, definitions, routing, retention. */
export class Configuration extends Migration {
  override readonly name = '0002-configuration';

  override up(): void {
    this.#people();
    this.#shops();
    this.#calendarsRostersTemplates();
    this.#connections();
    this.#webhooks();
    this.#definitions();
    this.#policies();
    this.#retention();
    for (const table of TABLES) for (const sql of tenantTable(table)) this.addSql(sql);
  }

  #people(): void {
    this.addSql(`create table tenant (
      tenant_id uuid primary key,
      key text not null,
      name text not null,
      languages text[] not null default '{pt-BR,es,en,zh-CN}',
      created_at timestamptz(3) not null default now()
    )`);
    this.addSql(`create table member (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      name text not null,
      role text not null check (role in ('admin', 'ops', 'supervisor', 'agent', 'auditor', 'privacy_officer')),
      languages text[] not null default '{}',
      skills text[] not null default '{}',
      country text,
      capacity integer not null default 50,
      active boolean not null default true,
      presence text not null default 'available' check (presence in ('available', 'away')),
      presence_until timestamptz(3),
      substitute_id uuid,
      email bytea,
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key),
      foreign key (tenant_id, substitute_id) references member
    )`);
    this.addSql(`create table member_key (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid not null,
      label text,
      prefix text not null,
      hash bytea not null,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3),
      revoked_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, member_id) references member
    )`);
    this.addSql(`create table queue (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      name text not null,
      calendar_key text not null,
      roster_key text,
      round_robin_last uuid,
      cap_tasks integer,
      cap_within_ms integer,
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key),
      check ((cap_tasks is null) = (cap_within_ms is null))
    )`);
    this.addSql(`create table queue_member (
      tenant_id uuid not null,
      queue_id uuid not null,
      member_id uuid not null,
      position integer not null,
      primary key (tenant_id, queue_id, member_id),
      foreign key (tenant_id, queue_id) references queue,
      foreign key (tenant_id, member_id) references member
    )`);
  }

  #shops(): void {
    this.addSql(`create table shop (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      name text not null,
      channel text not null,
      country text not null default 'BR',
      language text not null default 'pt-BR',
      currency text not null default 'BRL',
      settings jsonb not null default '{}',
      active boolean not null default true,
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key)
    )`);
    this.addSql(`create table shop_secret (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      secret bytea not null,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, shop_id) references shop
    )`);
    // What a seller's consent gave: who they are on the platform, and with what their account is reached.
    this.addSql(`create table channel_account (
      tenant_id uuid not null,
      shop_id uuid not null,
      -- main = the shop is reached with it; beside = a consent of its own, with which its channel does more.
      part text not null default 'main' check (part in ('main', 'beside')),
      -- awaiting = what was given is complete with a consent that nobody has given yet.
      state text not null check (state in ('authorised', 'awaiting', 'lost')),
      account bytea not null,
      credentials bytea not null,
      -- null = an administrator gave them, and they do not end by themselves.
      expires_at timestamptz(3),
      authorised_at timestamptz(3) not null,
      refreshed_at timestamptz(3) not null,
      -- Until when a refresh is somebody's, or nobody's because it would not help; one that ended without a word is found by it.
      refreshing_until timestamptz(3),
      -- When the platform did not take a token that should have been good: the first of those in a row.
      refused_at timestamptz(3),
      -- By when the platform says that the consent itself ends; then somebody has to consent again.
      consent_ends_at timestamptz(3),
      sweep_cursor text,
      swept_at timestamptz(3),
      -- Since when some process stays with the platform; it does so only while it holds the work item too.
      watched_since timestamptz(3),
      -- How the platform rates the shop's answering, and when it said so.
      metrics jsonb,
      metrics_at timestamptz(3),
      -- Whether the platform says that it still tells us anything, null = nobody knows; and when it was asked.
      push_state text check (push_state in ('on', 'failing', 'off')),
      push_at timestamptz(3),
      last_error text,
      last_error_at timestamptz(3),
      primary key (tenant_id, shop_id, part),
      foreign key (tenant_id, shop_id) references shop
    )`);
    this.addSql(`create table channel_consent (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      state_hash bytea not null,
      verifier bytea not null,
      member_id uuid not null,
      expires_at timestamptz(3) not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, shop_id) references shop
    )`);
  }

  #calendarsRostersTemplates(): void {
    this.#versioned('calendar');
    this.#versioned('roster');
    this.addSql(`create table template (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      locale text not null,
      form text not null check (form in ('letter', 'chat')),
      version integer not null,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key, locale, form)
    )`);
    this.addSql(`create table template_version (
      tenant_id uuid not null,
      template_id uuid not null,
      version integer not null,
      source text not null,
      content_hash text not null,
      variables jsonb not null default '[]',
      min_length integer not null default 0,
      created_at timestamptz(3) not null default now(),
      created_by uuid,
      primary key (tenant_id, template_id, version),
      foreign key (tenant_id, template_id) references template
    )`);
  }

  #connections(): void {
    this.#versioned('connection', ['secret bytea', 'secret_at timestamptz(3)']);
  }

  /** Things by their keys, of which each change makes a new version beside the old ones. */
  #versioned(table: string, columns: readonly string[] = []): void {
    this.addSql(`create table ${table} (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      version integer not null,
      ${columns.map((column) => `${column},`).join('\n      ')}
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key)
    )`);
    this.addSql(`create table ${table}_version (
      tenant_id uuid not null,
      ${table}_id uuid not null,
      version integer not null,
      spec jsonb not null,
      created_at timestamptz(3) not null default now(),
      created_by uuid,
      primary key (tenant_id, ${table}_id, version),
      foreign key (tenant_id, ${table}_id) references ${table}
    )`);
  }

  #webhooks(): void {
    this.addSql(`create table webhook (
      tenant_id uuid not null references tenant,
      id uuid not null,
      name text not null,
      url text not null,
      events text[] not null,
      secret bytea not null,
      -- Signs beside the newer one until then, so that the other side can change over.
      old_secret bytea,
      old_until timestamptz(3),
      active boolean not null default true,
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id)
    )`);
  }

  #definitions(): void {
    this.addSql(`create table definition (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      version integer not null default 0,
      draft text,
      draft_type text,
      draft_version integer not null default 0,
      draft_at timestamptz(3),
      draft_by uuid,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key)
    )`);
    this.addSql(`create table definition_version (
      tenant_id uuid not null,
      definition_id uuid not null,
      version integer not null,
      source text not null,
      content_type text not null,
      checksum text not null,
      plan jsonb not null,
      scenarios text not null default '[]',
      reason text,
      published_at timestamptz(3) not null default now(),
      published_by uuid,
      drafted_by uuid,
      primary key (tenant_id, definition_id, version),
      foreign key (tenant_id, definition_id) references definition
    )`);
    this.addSql(`create table definition_scenario (
      tenant_id uuid not null references tenant,
      definition_key text not null,
      name text not null,
      body text not null,
      version integer not null default 1,
      changed_at timestamptz(3) not null default now(),
      changed_by uuid,
      primary key (tenant_id, definition_key, name)
    )`);
    this.addSql(`create table routing (
      tenant_id uuid primary key references tenant,
      rules jsonb not null,
      version integer not null default 1
    )`);
  }

  #policies(): void {
    this.addSql(`create table phrase_policy (
      tenant_id uuid primary key references tenant,
      phrases jsonb not null,
      version integer not null default 1
    )`);
    this.addSql(`create table publishing_policy (
      tenant_id uuid primary key references tenant,
      by_another_person boolean not null,
      version integer not null default 1
    )`);
  }

  #retention(): void {
    this.addSql(`create table retention_class (
      tenant_id uuid not null references tenant,
      id uuid not null,
      key text not null,
      title text not null,
      content_days integer not null check (content_days between 1 and 7300),
      basis text not null default '',
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, key)
    )`);
  }

  override down(): void {
    for (const table of [...TABLES].reverse()) this.addSql(`drop table ${table}`);
  }
}
