import { Migration } from '@mikro-orm/migrations';
import { tenantTable } from './tenant-table.js';

const APPEND_ONLY = ['event', 'engine_history'];
const TABLES = ['command', 'inbox', 'task', 'obligation', 'obligation_level', 'delivery', 'sent_sketch', 'remote_call'];
const MIGRATIONS = ['definition_migration', 'definition_migration_item'];

/** What moves an inquiry (inbox, commands) and what a drain writes (events, tasks, obligations, deliveries). */
export class Engine extends Migration {
  override readonly name = '0004-engine';

  override up(): void {
    this.#ringsAndEvents();
    this.#tasks();
    this.#time();
    this.#delivery();
    this.#calls();
    this.#migrations();
    for (const table of APPEND_ONLY) for (const sql of tenantTable(table, { grants: 'append-only' })) this.addSql(sql);
    for (const table of [...TABLES, ...MIGRATIONS]) for (const sql of tenantTable(table)) this.addSql(sql);
  }

  #ringsAndEvents(): void {
    this.addSql(`create table command (
      tenant_id uuid not null,
      id uuid not null,
      inquiry_id uuid not null,
      kind text not null,
      payload bytea,
      fingerprint bytea not null,
      member_id uuid not null,
      role text not null,
      request_id text,
      state text not null default 'pending' check (state in ('pending', 'applied', 'refused')),
      result jsonb,
      problem jsonb,
      created_at timestamptz(3) not null default now(),
      applied_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this.addSql(`create table inbox (
      tenant_id uuid not null,
      id uuid not null,
      inquiry_id uuid not null,
      key text not null,
      kind text not null,
      accept_no bigint not null,
      payload jsonb not null,
      words bytea,
      accepted_at timestamptz(3) not null,
      applied_at timestamptz(3),
      applied_seq integer,
      failed_code text,
      primary key (tenant_id, id),
      unique (tenant_id, inquiry_id, key),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this.addSql(`create index inbox_unapplied on inbox (tenant_id, inquiry_id, accept_no) where applied_at is null`);
    this.addSql(`create index inbox_failed on inbox (tenant_id, applied_at) where failed_code is not null`);
    this.addSql(`create table event (
      tenant_id uuid not null,
      inquiry_id uuid not null,
      seq integer not null,
      first_seq integer not null,
      at timestamptz(3) not null,
      kind text not null,
      entries jsonb not null,
      decision jsonb,
      words bytea,
      primary key (tenant_id, inquiry_id, seq),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
  }

  #tasks(): void {
    this.addSql(`create table task (
      tenant_id uuid not null,
      id uuid not null,
      key text not null,
      inquiry_id uuid not null,
      kind text not null check (kind in ('reply', 'rewrite', 'approve', 'triage', 'form', 'confirm_delivery')),
      state text not null check (state in
        ('ready', 'offered', 'claimed', 'awaiting_approval', 'completed', 'cancelled', 'superseded', 'expired')),
      queue_key text not null,
      step text,
      about_message_id uuid,
      reason text,
      holder_id uuid,
      offered_to uuid,
      offer_until timestamptz(3),
      token integer not null default 0,
      lease_ms integer not null,
      lease_until timestamptz(3),
      -- Whose lease ran out; the token stays good in their hands until somebody else gets the task.
      lapsed_holder_id uuid,
      draft bytea,
      draft_language text,
      draft_by uuid,
      draft_at timestamptz(3),
      handover_note bytea,
      handover_from uuid,
      handover_at timestamptz(3),
      snoozed_until timestamptz(3),
      released_by jsonb not null default '{}',
      -- Of an approval: whose work it is about, and the role that may approve it beside supervisors.
      author_id uuid,
      approver_role text,
      opened_at timestamptz(3) not null,
      claimed_at timestamptz(3),
      ended_at timestamptz(3),
      outcome text,
      primary key (tenant_id, id),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this.addSql(`create index task_open on task (tenant_id, queue_key, kind) where ended_at is null`);
    this.addSql(`create index task_ended on task (tenant_id, ended_at desc, id desc) where ended_at is not null`);
    this.addSql(`create index task_inquiry on task (tenant_id, inquiry_id, opened_at)`);
    this.addSql(
      `create index task_holder on task (tenant_id, holder_id) where ended_at is null and holder_id is not null`,
    );
    this.addSql(
      `create index task_held_last on task (tenant_id, holder_id, ended_at)
        where ended_at is not null and holder_id is not null`,
    );
    this.addSql(
      `create index task_offered on task (tenant_id, offered_to) where ended_at is null and offered_to is not null`,
    );
  }

  #time(): void {
    this.addSql(`create table obligation (
      tenant_id uuid not null,
      inquiry_id uuid not null,
      name text not null,
      instance integer not null,
      state text not null check (state in ('running', 'paused', 'met', 'breached_open', 'breached_met', 'cancelled')),
      clock text not null check (clock in ('wall', 'house')),
      calendar_key text,
      calendar_version integer,
      started_at timestamptz(3) not null,
      deadline timestamptz(3),
      breached_at timestamptz(3),
      met_at timestamptz(3),
      met_by jsonb,
      cause text,
      spans jsonb not null default '[]',
      primary key (tenant_id, inquiry_id, name, instance),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this.addSql(`create table obligation_level (
      tenant_id uuid not null,
      inquiry_id uuid not null,
      name text not null,
      instance integer not null,
      level integer not null,
      state text not null check (state in ('pending', 'fired', 'cancelled')),
      planned_at timestamptz(3) not null,
      fired_at timestamptz(3),
      primary key (tenant_id, inquiry_id, name, instance, level),
      foreign key (tenant_id, inquiry_id, name, instance) references obligation
    )`);
  }

  #delivery(): void {
    this.addSql(`create table delivery (
      tenant_id uuid not null,
      intent_id uuid not null,
      message_id uuid not null,
      inquiry_id uuid not null,
      conversation_id uuid not null,
      shop_id uuid not null,
      position bigint not null,
      automated boolean not null,
      state text not null check (state in ('held', 'queued', 'sending', 'verifying', 'accepted', 'available',
        'rejected', 'bounced', 'failed', 'uncertain', 'cancelled')),
      attempts integer not null default 0,
      reads integer not null default 0,
      absences integer not null default 0,
      due_at timestamptz(3) not null,
      lease_until timestamptz(3),
      started_at timestamptz(3),
      external_hash bytea,
      external_id bytea,
      reason text,
      verdict_until timestamptz(3),
      queued_at timestamptz(3) not null,
      settled_at timestamptz(3),
      primary key (tenant_id, intent_id),
      foreign key (tenant_id, message_id) references message,
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this.addSql(`create index delivery_open on delivery (tenant_id, conversation_id, position)
      where state in ('held', 'queued', 'sending', 'verifying', 'accepted')`);
    // What a platform took and has told nothing of: where that heaps up, it tells nothing any more.
    this.addSql(`create index delivery_unconfirmed on delivery (tenant_id, shop_id, started_at)
      where state in ('accepted', 'uncertain') and external_hash is not null`);
    // What went out lately, as keyed hashes of its runs of words: enough to see that nearly the same goes to everybody.
    this.addSql(`create table sent_sketch (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      conversation_id uuid not null,
      sketch bigint[] not null,
      sent_at timestamptz(3) not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, shop_id) references shop
    )`);
    this.addSql(`create index sent_sketch_shop on sent_sketch (tenant_id, shop_id, sent_at)`);
    this.addSql(`create index delivery_external on delivery (tenant_id, shop_id, external_hash)
      where external_hash is not null`);
    this.addSql(`create table engine_history (
      tenant_id uuid not null,
      inquiry_id uuid not null,
      run_id text not null,
      place integer not null,
      sha256 text not null,
      history bytea not null,
      stored_at timestamptz(3) not null default now(),
      primary key (tenant_id, inquiry_id, run_id),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
  }

  #calls(): void {
    this.addSql(`create table remote_call (
      tenant_id uuid not null,
      id uuid not null,
      inquiry_id uuid not null,
      conversation_id uuid not null,
      key text not null,
      step text not null,
      connection text not null,
      operation text not null,
      check_operation text,
      -- The version it was last asked under: it is looked for where it was asked.
      connection_version integer,
      idempotency_key uuid not null,
      returns jsonb not null,
      body bytea,
      state text not null check (state in ('queued', 'asking', 'checking', 'ok', 'refused', 'unknown', 'cancelled')),
      attempts_most integer not null,
      attempts integer not null default 0,
      checks integer not null default 0,
      absences integer not null default 0,
      doubt text,
      reason text,
      queued_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      started_at timestamptz(3),
      lease_until timestamptz(3),
      settled_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this.addSql(`create index remote_call_inquiry on remote_call (tenant_id, inquiry_id)`);
  }

  #migrations(): void {
    this.addSql(`create table definition_migration (
      tenant_id uuid not null,
      id uuid not null,
      definition_key text not null,
      to_version integer not null,
      steps jsonb not null,
      filter jsonb not null,
      state text not null default 'checking' check (state in ('checking', 'ready', 'applying', 'done', 'cancelled')),
      -- The last inquiry that was looked at; what is behind it has its item.
      checked_through uuid,
      checked_at timestamptz(3),
      created_at timestamptz(3) not null,
      created_by uuid,
      applied_at timestamptz(3),
      applied_by uuid,
      applied_role text,
      ended_at timestamptz(3),
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index definition_migration_key on definition_migration (tenant_id, definition_key, id desc)`);
    this.addSql(`create table definition_migration_item (
      tenant_id uuid not null,
      migration_id uuid not null,
      inquiry_id uuid not null,
      from_version integer not null,
      state text not null check (state in ('ok', 'blocked', 'migrated')),
      code text,
      place text,
      deadlines jsonb not null,
      levels_due integer not null,
      decided_at timestamptz(3) not null,
      primary key (tenant_id, migration_id, inquiry_id),
      foreign key (tenant_id, migration_id) references definition_migration,
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    this
      .addSql(`create index definition_migration_waiting on definition_migration_item (tenant_id, migration_id, inquiry_id)
      where state = 'ok'`);
  }

  override down(): void {
    for (const table of [...APPEND_ONLY, ...[...TABLES, ...MIGRATIONS].reverse()]) this.addSql(`drop table ${table}`);
  }
}
