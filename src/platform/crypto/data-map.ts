/**
 * What every column that can hold text holds (types text, text[], jsonb and bytea). Columns of other types are ids, instants
 * or figures, as their type says. A column without an entry fails `test/integration/data-map.spec.ts`.
 *
 * - `case`, `subject`, `tenant`: somebody's words, sealed under the key of their inquiry, of the buyer, of the tenant
 * - `hash`: a keyed hash by which equal values are found
 * - `key`: a wrapped key
 * - `code`: a word from a list of ours, a key or code of operators, a locale, an id or hash in text form
 * - `record`: ids, codes and instants as JSON; words are lifted out into the sealed column beside it
 * - `label`: a tag people put on buyers and inquiries to sort them by
 * - `staff`: the name of a member, shop, queue or tenant
 * - `config`: what operators wrote to set the product up
 */
export type Holding = 'case' | 'subject' | 'tenant' | 'hash' | 'key' | 'code' | 'record' | 'label' | 'staff' | 'config';

/** Holdings that are bytes nobody can read without a key. */
export const UNREADABLE: ReadonlySet<Holding> = new Set(['case', 'subject', 'tenant', 'hash', 'key']);

/** Holdings that are sealed, and under whose key. */
export const SEALED: ReadonlySet<Holding> = new Set(['case', 'subject', 'tenant']);

type Table = Readonly<Record<string, Holding>>;

const columns = (holding: Holding, names: string): Table =>
  Object.fromEntries(names.split(' ').map((name) => [name, holding]));

/** Tables by name; those of the schema `keyring` with it. */
export const DATA_MAP: Readonly<Record<string, Table>> = {
  auth_lookup: { kind: 'code', hash: 'hash' },
  work_queue: { kind: 'code' },
  migration: { name: 'code' },
  rate_window: { subject: 'hash' },
  rate_bucket: { subject: 'hash' },

  tenant: { key: 'code', name: 'staff', languages: 'code' },
  member: { name: 'staff', email: 'tenant', ...columns('code', 'key role languages skills country presence') },
  member_key: { label: 'config', prefix: 'code', hash: 'hash' },
  queue: { name: 'staff', ...columns('code', 'key calendar_key roster_key') },
  shop: { name: 'staff', settings: 'config', ...columns('code', 'key channel country language currency') },
  shop_secret: { secret: 'tenant' },
  channel_account: {
    account: 'tenant',
    credentials: 'tenant',
    ...columns('code', 'part state sweep_cursor push_state last_error'),
    metrics: 'record',
  },
  channel_consent: { state_hash: 'hash', verifier: 'tenant' },
  calendar: { key: 'code' },
  calendar_version: { spec: 'config' },
  connection: { key: 'code', secret: 'tenant' },
  connection_version: { spec: 'config' },
  webhook: { name: 'staff', url: 'config', events: 'code', secret: 'tenant', old_secret: 'tenant' },
  roster: { key: 'code' },
  roster_version: { spec: 'config' },
  template: columns('code', 'key locale form'),
  template_version: { source: 'config', content_hash: 'code', variables: 'config' },
  definition: { key: 'code', draft: 'config', draft_type: 'code' },
  definition_version: {
    ...columns('config', 'source plan scenarios reason'),
    ...columns('code', 'content_type checksum'),
  },
  definition_migration: {
    ...columns('code', 'definition_key state applied_role'),
    ...columns('config', 'steps filter'),
  },
  definition_migration_item: { ...columns('code', 'state code place'), deadlines: 'record' },
  definition_scenario: { definition_key: 'code', name: 'code', body: 'config' },
  routing: { rules: 'config' },
  phrase_policy: { phrases: 'config' },
  retention_class: { key: 'code', title: 'config', basis: 'config' },

  buyer: { external_hash: 'hash', external_id: 'subject', name: 'subject', language: 'code', tags: 'label' },
  conversation: { language: 'code', once_marks: 'record' },
  conversation_address: { address_hash: 'hash' },
  conversation_context: { body: 'subject' },
  early_receipt: { external_hash: 'hash', status: 'code', reason: 'tenant' },
  inquiry: {
    thread_hash: 'hash',
    state: 'record',
    data: 'case',
    tags: 'label',
    ...columns(
      'code',
      'channel category definition_key status step intent urgency language queue_key retention_class linked_cause',
    ),
  },
  message: {
    external_hash: 'hash',
    ...columns('case', 'external_id reply_address text attachments about delivery_reason channel_template'),
    ...columns('record', 'classification platform template'),
    ...columns('code', 'direction author external_author language send_key delivery_state'),
  },
  attachment: { name: 'case', ...columns('code', 'state reason media_type') },
  raw_delivery: { webhook_id: 'code', body: 'tenant' },
  channel_hint: { resource: 'tenant', ...columns('code', 'kind origin outcome') },
  sync_entry: columns('code', 'event origin kind code'),
  quarantine: { channel: 'code', body: 'tenant', problem: 'record' },

  command: {
    payload: 'case',
    fingerprint: 'hash',
    ...columns('record', 'result problem'),
    ...columns('code', 'kind role request_id state'),
  },
  inbox: { payload: 'record', words: 'case', ...columns('code', 'key kind failed_code') },
  event: { kind: 'code', entries: 'record', decision: 'record', words: 'case' },
  task: {
    draft: 'case',
    handover_note: 'case',
    released_by: 'record',
    ...columns('code', 'key kind state queue_key step reason draft_language approver_role outcome'),
  },
  obligation: { ...columns('code', 'name state clock calendar_key cause'), met_by: 'record', spans: 'record' },
  obligation_level: columns('code', 'name state'),
  delivery: { state: 'code', external_hash: 'hash', external_id: 'case', reason: 'code' },
  remote_call: {
    body: 'case',
    returns: 'config',
    ...columns('code', 'key step connection operation check_operation state doubt reason'),
  },
  engine_history: { run_id: 'code', sha256: 'code', history: 'record' },

  audit_event: {
    ...columns('code', 'actor_kind role action object_kind object_id result code request_id'),
    ...columns('record', 'before after'),
  },
  stream_event: { kind: 'code', data: 'record', queue_key: 'code' },
  notification: { kind: 'code', data: 'record', notice: 'record' },
  notice_delivery: columns('code', 'means state reason'),
  quiet_hours: columns('code', 'zone from_time to_time'),
  presence: { state: 'code' },
  hold: { scope_kind: 'code', reason: 'tenant', release_reason: 'tenant' },
  idempotency: { fingerprint: 'hash', response: 'tenant' },

  'keyring.tenant_key': { root_id: 'code', wrapped: 'key' },
  'keyring.tenant_data_key': { purpose: 'code', wrapped: 'key' },
  'keyring.subject_key': { wrapped: 'key' },
  'keyring.case_key': { wrapped: 'key' },
};
