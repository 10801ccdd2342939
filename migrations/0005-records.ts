import { Migration } from '@mikro-orm/migrations';
import { tenantTable } from './tenant-table.js';

const APPEND_ONLY = ['audit_event', 'audit_position'];
const TABLES = [
  'audit_pending',
  'stream_event',
  'stream_cursor',
  'notification',
  'notice_delivery',
  'quiet_hours',
  'presence',
  'hold',
  'idempotency',
];

/** Proof of what happened, the change stream, notices to people, holds, and answers kept for repeated requests. */
export class Records extends Migration {
  override readonly name = '0005-records';

  override up(): void {
    this.#audit();
    this.#stream();
    this.#notices();
    this.#safeguards();
    for (const table of APPEND_ONLY) for (const sql of tenantTable(table, { grants: 'append-only' })) this.addSql(sql);
    for (const table of TABLES) for (const sql of tenantTable(table)) this.addSql(sql);
  }

  /** What happened, by whom, in a chain that shows a change. */
  #audit(): void {
    this.addSql(`create table audit_event (
      tenant_id uuid not null,
      id uuid not null,
      at timestamptz(3) not null,
      actor_kind text not null check (actor_kind in ('member', 'system', 'buyer', 'channel')),
      actor_id uuid,
      role text,
      action text not null,
      object_kind text not null,
      object_id text,
      inquiry_id uuid,
      result text not null check (result in ('ok', 'refused', 'conflict')),
      code text,
      before jsonb,
      after jsonb,
      request_id text,
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index audit_event_inquiry on audit_event (tenant_id, inquiry_id) where inquiry_id is not null`);
    // The position is a row of its own, so that the record itself is never updated.
    this.addSql(`create table audit_position (
      tenant_id uuid not null,
      seq bigint not null,
      event_id uuid not null,
      primary key (tenant_id, seq),
      unique (tenant_id, event_id),
      foreign key (tenant_id, event_id) references audit_event
    )`);
    // Events without a position yet, so that the sequencer need not look through all that ever happened.
    this.addSql(`create table audit_pending (
      tenant_id uuid not null,
      event_id uuid not null,
      primary key (tenant_id, event_id)
    )`);
  }

  /** What screens and people are told. */
  #stream(): void {
    this.addSql(`create table stream_event (
      tenant_id uuid not null,
      id uuid not null,
      position bigint,
      kind text not null,
      data jsonb not null,
      queue_key text,
      member_id uuid,
      at timestamptz(3) not null default now(),
      primary key (tenant_id, id)
    )`);
    this.addSql(
      `create unique index stream_event_position on stream_event (tenant_id, position) where position is not null`,
    );
    this.addSql(`create index stream_event_unplaced on stream_event (tenant_id, id) where position is null`);
    this.addSql(`create table stream_cursor (
      tenant_id uuid primary key,
      position bigint not null default 0,
      audit_seq bigint not null default 0
    )`);
  }

  /** What people are told, and when not to disturb them. */
  #notices(): void {
    this.addSql(`create table notification (
      tenant_id uuid not null,
      id uuid not null,
      member_id uuid not null,
      kind text not null,
      inquiry_id uuid,
      task_id uuid,
      data jsonb not null default '{}',
      urgent boolean not null default false,
      created_at timestamptz(3) not null,
      -- The end of its member's quiet hours; until then nobody is told.
      held_until timestamptz(3),
      read_at timestamptz(3),
      -- Whether it is shown inside Atende: else it is told outside alone, and shown once that has failed.
      in_app boolean not null default true,
      -- What those told by one decision have in common; null = it does not fall through to anybody.
      notice_id uuid,
      notice jsonb,
      primary key (tenant_id, id),
      foreign key (tenant_id, member_id) references member
    )`);
    this.addSql(`create index notification_member on notification (tenant_id, member_id, created_at desc)`);
    this.addSql(`create index notification_notice on notification (tenant_id, notice_id) where notice_id is not null`);
    this.addSql(`create table notice_delivery (
      tenant_id uuid not null,
      id uuid not null,
      notification_id uuid not null,
      means text not null check (means in ('email', 'webhook')),
      webhook_id uuid,
      state text not null check (state in ('queued', 'sending', 'delivered', 'refused', 'uncertain', 'withdrawn')),
      urgent boolean not null,
      attempts integer not null default 0,
      queued_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      started_at timestamptz(3),
      lease_until timestamptz(3),
      reason text,
      settled_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, notification_id) references notification,
      foreign key (tenant_id, webhook_id) references webhook,
      check ((means = 'webhook') = (webhook_id is not null))
    )`);
    this.addSql(`create index notice_delivery_notification on notice_delivery (tenant_id, notification_id)`);
    this.addSql(`create table quiet_hours (
      tenant_id uuid not null,
      member_id uuid not null,
      zone text not null,
      from_time text not null,
      to_time text not null,
      primary key (tenant_id, member_id),
      foreign key (tenant_id, member_id) references member
    )`);
    this.addSql(`create table presence (
      tenant_id uuid not null,
      inquiry_id uuid not null,
      member_id uuid not null,
      state text not null check (state in ('viewing', 'typing')),
      until timestamptz(3) not null,
      primary key (tenant_id, inquiry_id, member_id)
    )`);
  }

  /** Holds, and the answers repeated requests get. */
  #safeguards(): void {
    this.addSql(`create table hold (
      tenant_id uuid not null,
      id uuid not null,
      scope_kind text not null check (scope_kind in ('inquiry', 'buyer', 'tenant')),
      scope_id uuid,
      reason bytea not null,
      created_by uuid not null,
      created_at timestamptz(3) not null,
      review_at timestamptz(3),
      released_by uuid,
      released_at timestamptz(3),
      release_reason bytea,
      version integer not null default 1,
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index hold_active on hold (tenant_id, scope_kind, scope_id) where released_at is null`);
    this.addSql(`create table idempotency (
      tenant_id uuid not null,
      id uuid not null,
      fingerprint bytea not null,
      status smallint,
      response bytea,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index idempotency_age on idempotency (tenant_id, created_at)`);
  }

  override down(): void {
    for (const table of [...TABLES, ...[...APPEND_ONLY].reverse()]) this.addSql(`drop table ${table}`);
  }
}
