import { Migration } from '@mikro-orm/migrations';
import { dropKeyring, keyringSchema } from './keyring.js';
import { tenantTable } from './tenant-table.js';

const TABLES = [
  'buyer',
  'conversation',
  'conversation_address',
  'conversation_context',
  'inquiry',
  'message',
  'search_token',
  'attachment',
  'raw_delivery',
  'quarantine',
  'channel_hint',
  'sync_entry',
  'test_run',
  'early_receipt',
];

/**
 * Who writes to whom, the unit of work opened for it, and the keys under which their words are sealed. Columns of type bytea
 * hold sealed text or lookup hashes.
 */
export class Conversations extends Migration {
  override readonly name = '0003-conversations';

  override up(): void {
    for (const sql of keyringSchema()) this.addSql(sql);
    this.#conversations();
    this.#addresses();
    this.#inquiries();
    this.#messages();
    this.#attachments();
    this.#deliveries();
    this.#hints();
    for (const table of TABLES) for (const sql of tenantTable(table)) this.addSql(sql);
  }

  #conversations(): void {
    this.addSql(`create table buyer (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      external_hash bytea not null,
      external_id bytea,
      name bytea,
      language text,
      value double precision not null default 0,
      tags text[] not null default '{}',
      blocked_at timestamptz(3),
      erased_at timestamptz(3),
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, shop_id, external_hash),
      foreign key (tenant_id, shop_id) references shop
    )`);
    this.addSql(`create table conversation (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      buyer_id uuid not null,
      position bigint not null default 0,
      window_until timestamptz(3),
      human_answered boolean not null default false,
      last_agent_id uuid,
      language text,
      once_marks jsonb not null default '{}',
      created_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, shop_id, buyer_id),
      foreign key (tenant_id, buyer_id) references buyer
    )`);
  }

  #addresses(): void {
    // What the platform said of orders and products, the last time it was asked.
    this.addSql(`create table conversation_context (
      tenant_id uuid not null,
      conversation_id uuid not null,
      body bytea not null,
      read_at timestamptz(3) not null,
      primary key (tenant_id, conversation_id),
      foreign key (tenant_id, conversation_id) references conversation
    )`);
    // The channel's own conversation ids; events that name no buyer are found by them.
    this.addSql(`create table conversation_address (
      tenant_id uuid not null,
      shop_id uuid not null,
      address_hash bytea not null,
      conversation_id uuid not null,
      primary key (tenant_id, shop_id, address_hash),
      foreign key (tenant_id, conversation_id) references conversation
    )`);
    // Verdicts that arrive before the channel's answer told us the id they are about.
    this.addSql(`create table early_receipt (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      external_hash bytea not null,
      status text not null,
      reason bytea,
      at timestamptz(3) not null,
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index early_receipt_external on early_receipt (tenant_id, shop_id, external_hash)`);
  }

  #inquiries(): void {
    this.addSql(`create sequence inquiry_number`);
    this.addSql(`grant usage on sequence inquiry_number to atende_app`);
    this.addSql(`create table inquiry (
      tenant_id uuid not null,
      id uuid not null,
      number bigint not null default nextval('inquiry_number'),
      conversation_id uuid not null,
      shop_id uuid not null,
      buyer_id uuid not null,
      channel text not null,
      thread_hash bytea,
      one_answer boolean not null default false,
      -- What kind of news opened it.
      category text not null default 'inquiry' check (category in ('inquiry', 'order', 'notice')),
      definition_key text not null,
      definition_version integer not null,
      status text not null default 'open' check (status in
        ('open', 'waiting_buyer', 'waiting_platform', 'waiting_other', 'snoozed', 'closed', 'archived')),
      step text,
      state jsonb,
      data bytea,
      last_seq integer not null default 0,
      last_event_at timestamptz(3),
      intent text,
      urgency text not null default 'normal',
      urgency_rank smallint not null default 1,
      sensitive boolean not null default false,
      language text,
      tags text[] not null default '{}',
      queue_key text,
      holder_id uuid,
      unanswered_since timestamptz(3),
      due_any timestamptz(3),
      due_wall timestamptz(3),
      -- The same with an end of time for null, for the order of what bites first.
      bite_due timestamptz(3) generated always as (coalesce(due_any, 'infinity')) stored,
      bite_wall timestamptz(3) generated always as (coalesce(due_wall, 'infinity')) stored,
      bite_wait timestamptz(3) generated always as (coalesce(unanswered_since, 'infinity')) stored,
      next_wake timestamptz(3),
      known_wake timestamptz(3),
      ring_wanted boolean not null default false,
      backfill boolean not null default false,
      -- Opened to see whether the shop is served: handed to no channel, counted nowhere.
      test boolean not null default false,
      opened_at timestamptz(3) not null,
      closed_at timestamptz(3),
      archived_at timestamptz(3),
      erased_at timestamptz(3),
      retention_class text,
      retain_until timestamptz(3),
      linked_inquiry_id uuid,
      linked_cause text check (linked_cause in ('reopened', 'delivery_failed')),
      reopen_until timestamptz(3),
      version integer not null default 1,
      primary key (tenant_id, id),
      foreign key (tenant_id, conversation_id) references conversation,
      foreign key (tenant_id, linked_inquiry_id) references inquiry
    )`);
    // One open inquiry per conversation, and per thread where a thread takes one answer; what is there for a message that failed
    // after its close stands beside it.
    this.addSql(`create unique index inquiry_one_open on inquiry
      (tenant_id, conversation_id, coalesce(thread_hash, '\\x'::bytea))
      where closed_at is null and linked_cause is distinct from 'delivery_failed'`);
    this.addSql(`create index inquiry_opened on inquiry (tenant_id, opened_at desc, id desc)`);
    this.addSql(`create index inquiry_holder on inquiry (tenant_id, holder_id) where holder_id is not null`);
    this.addSql(`create index inquiry_open_due on inquiry (tenant_id, bite_due) where closed_at is null`);
    this.addSql(
      `create index inquiry_open_wall on inquiry (tenant_id, bite_wall) where closed_at is null and due_wall is not null`,
    );
    this.addSql(`create index inquiry_open_urgency on inquiry (tenant_id, urgency_rank, bite_due, bite_wait, id)
      where closed_at is null`);
    this.addSql(`create index inquiry_conversation on inquiry (tenant_id, conversation_id, opened_at desc)`);
    this.addSql(`create index inquiry_unarchived on inquiry (tenant_id, id)
      where closed_at is not null and archived_at is null`);
    this.addSql(`create index inquiry_retention on inquiry (tenant_id, retain_until, id)
      where archived_at is not null and erased_at is null`);
  }

  #messages(): void {
    this.addSql(`create table message (
      tenant_id uuid not null,
      id uuid not null,
      conversation_id uuid not null,
      inquiry_id uuid not null,
      shop_id uuid not null,
      position bigint not null,
      direction text not null check (direction in ('in', 'out', 'note')),
      author text not null check (author in ('buyer', 'human', 'automated', 'external')),
      external_author text check (external_author in ('human', 'automated', 'unknown')),
      member_id uuid,
      external_hash bytea,
      external_id bytea,
      reply_address bytea,
      text bytea,
      language text,
      attachments bytea,
      about bytea,
      attachment_count smallint not null default 0,
      classification jsonb,
      platform jsonb,
      template jsonb,
      intent_id uuid,
      send_key text,
      in_reply_to uuid,
      sent_at timestamptz(3) not null,
      received_at timestamptz(3) not null,
      available_at timestamptz(3),
      delivery_state text,
      delivery_at timestamptz(3),
      delivery_reason bytea,
      channel_template bytea,
      erased_at timestamptz(3),
      primary key (tenant_id, id),
      unique (tenant_id, conversation_id, position),
      foreign key (tenant_id, conversation_id) references conversation,
      foreign key (tenant_id, inquiry_id) references inquiry
    )`);
    // Redelivery is recognised by the channel's own id, never by similar text.
    this.addSql(`create unique index message_external on message (tenant_id, shop_id, external_hash)
      where external_hash is not null`);
    this.addSql(`create unique index message_intent on message (tenant_id, intent_id) where intent_id is not null`);
    this.addSql(`create index message_inquiry on message (tenant_id, inquiry_id, position)`);
    // Keyed hashes of the words of sealed texts: what the search finds inquiries by.
    this.addSql(`create table search_token (
      tenant_id uuid not null,
      inquiry_id uuid not null,
      token bigint not null,
      primary key (tenant_id, token, inquiry_id)
    )`);
    this.addSql(`create index search_token_inquiry on search_token (tenant_id, inquiry_id)`);
  }

  #attachments(): void {
    this.addSql(`create table attachment (
      tenant_id uuid not null,
      id uuid not null,
      -- null for a file that somebody uploaded to answer with; messages that carry it have rows of their own, which name it.
      message_id uuid,
      position smallint not null,
      inquiry_id uuid not null,
      shop_id uuid not null,
      file_id uuid,
      name bytea,
      -- When an uploaded file goes, unless a message carries it by then; null from then on.
      expires_at timestamptz(3),
      -- Linked: an address elsewhere that was sent as it is.
      state text not null check (state in ('linked', 'pending', 'stored', 'refused', 'gone')),
      reason text,
      -- Of what is stored, as its bytes say.
      media_type text,
      size integer,
      tries integer not null default 0,
      settled_at timestamptz(3),
      primary key (tenant_id, id),
      foreign key (tenant_id, message_id) references message,
      foreign key (tenant_id, file_id) references attachment
    )`);
    this.addSql(`create index attachment_message on attachment (tenant_id, message_id)`);
    this.addSql(`create index attachment_inquiry on attachment (tenant_id, inquiry_id)`);
  }

  #deliveries(): void {
    this.addSql(`create table raw_delivery (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      webhook_id text,
      body bytea not null,
      received_at timestamptz(3) not null,
      primary key (tenant_id, id)
    )`);
    this.addSql(`create index raw_delivery_age on raw_delivery (tenant_id, received_at)`);
    this.addSql(`create table quarantine (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      channel text not null,
      body bytea not null,
      problem jsonb not null,
      received_at timestamptz(3) not null,
      replayed_at timestamptz(3),
      primary key (tenant_id, id)
    )`);
  }

  #hints(): void {
    // What of a platform is to be read, because it said so or a sweep found it; the same thing is one row.
    this.addSql(`create table channel_hint (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      kind text not null,
      resource bytea not null,
      -- What asked for it last, and when.
      origin text not null check (origin in ('notice', 'sweep', 'delivery')),
      seen_at timestamptz(3) not null,
      -- null while it waits to be read.
      read_at timestamptz(3),
      -- When a sweep last named it.
      listed_at timestamptz(3),
      outcome text,
      tries integer not null default 0,
      primary key (tenant_id, id),
      foreign key (tenant_id, shop_id) references shop
    )`);
    this.addSql(`create index channel_hint_shop on channel_hint (tenant_id, shop_id, seen_at)`);
    this.addSql(`create table sync_entry (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      event text not null check (event in ('read', 'swept', 'trouble')),
      origin text,
      kind text,
      code text,
      found integer not null,
      at timestamptz(3) not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, shop_id) references shop
    )`);
    this.addSql(`create table test_run (
      tenant_id uuid not null,
      id uuid not null,
      shop_id uuid not null,
      member_id uuid,
      begun_at timestamptz(3) not null default now(),
      primary key (tenant_id, id),
      foreign key (tenant_id, shop_id) references shop
    )`);
    this.addSql(`create index sync_entry_shop on sync_entry (tenant_id, shop_id, at, id)`);
  }

  override down(): void {
    for (const table of [...TABLES].reverse()) this.addSql(`drop table ${table}`);
    this.addSql('drop sequence inquiry_number');
    this.addSql(dropKeyring());
  }
}
