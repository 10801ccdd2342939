import type pg from 'pg';
import type { TakenMessage } from './buyer-server.js';
import { eventually } from './eventually.js';

/** A message the product answered with 202. */
export type AcceptedMessage = {
  /** Messages of one buyer were delivered one after the other, in this order. */
  readonly buyer: string;
  readonly order: number;
  readonly messageId: string;
  readonly inquiryId: string;
};

/** An act of a person with the end its caller was told. */
export type DoneAct = {
  readonly what: 'note' | 'reply' | 'close' | 'claim';
  readonly inquiryId: string;
  /** Whether the caller was told that it was done. */
  readonly done: boolean;
};

/** What took part in a test, to be compared with what is stored. */
export type EndCheckInput = {
  /** Reads past row-level security. */
  readonly superuser: pg.Pool;
  readonly tenantId: string;
  readonly accepted: readonly AcceptedMessage[];
  readonly acts: readonly DoneAct[];
  /** What the buyer's server took, in order. */
  readonly taken: readonly TakenMessage[];
  /** What an outside system has carried out, in order; nothing where there is none. */
  readonly done?: readonly { readonly key: string }[];
  /** Takes every recorded decision again; how many came out otherwise. */
  readonly replay: () => Promise<{ readonly decisions: number; readonly differences: readonly unknown[] }>;
};

/** Rows that must not be there once everything is done; each statement gets the tenant as `$1`. */
const UNSETTLED: Readonly<Record<string, string>> = {
  'inbox row not applied': `select id from inbox where tenant_id = $1 and applied_at is null`,
  'command not answered': `select id from command where tenant_id = $1 and state = 'pending'`,
  'message under way': `select intent_id as id, state, attempts, reason, due_at as due from delivery where tenant_id = $1
     and state in ('held', 'queued', 'sending', 'verifying', 'accepted')`,
  'call under way': `select id from remote_call where tenant_id = $1 and state in ('queued', 'asking', 'checking')`,
  'notice under way': `select id from notice_delivery where tenant_id = $1 and state in ('queued', 'sending')`,
  'level not fired in time': `select l.inquiry_id as id from obligation_level l
     join inquiry i on i.tenant_id = l.tenant_id and i.id = l.inquiry_id
     join obligation o on o.tenant_id = l.tenant_id and o.inquiry_id = l.inquiry_id and o.name = l.name
                      and o.instance = l.instance
     where l.tenant_id = $1 and l.state = 'pending' and l.planned_at < clock_timestamp() - interval '1 second'
       and i.closed_at is null and o.state in ('running', 'breached_open')`,
  'migration under way': `select id from definition_migration where tenant_id = $1 and state in ('checking', 'applying')`,
  'work due': `select ref as id from work_queue where tenant_id = $1 and due_at < clock_timestamp() - interval '1 second'
     and kind not in ('archive', 'watch')`,
  'content kept beyond its time': `select id from inquiry where tenant_id = $1 and erased_at is null
     and retain_until < clock_timestamp() - interval '1 second' and reopen_until < clock_timestamp()`,
  'record without a place': `select event_id as id from audit_pending where tenant_id = $1
     union all select id from stream_event where tenant_id = $1 and position is null`,
};

/** What must hold in the database alone; each statement gives the rows that break it. */
const BROKEN: Readonly<Record<string, string>> = {
  'event set aside': `select id, failed_code from inbox where tenant_id = $1 and failed_code is not null`,
  'history with a gap or an overlap': `select inquiry_id, seq from (
       select inquiry_id, seq, first_seq, lag(seq, 1, 0) over (partition by inquiry_id order by seq) as before
         from event where tenant_id = $1) e where first_seq <> before + 1`,
  'inquiry ahead of its history': `select i.id from inquiry i where i.tenant_id = $1 and i.last_seq <>
       (select coalesce(max(e.seq), 0) from event e where e.tenant_id = i.tenant_id and e.inquiry_id = i.id)`,
  'buyer message not applied exactly once': `select m.id from message m where m.tenant_id = $1 and m.direction = 'in'
       and (select count(*) from event e where e.tenant_id = m.tenant_id and e.inquiry_id = m.inquiry_id
              and e.decision->'event'->>'messageId' = m.id::text
              and e.kind in ('inquiry.opened', 'message.received')) <> 1`,
  'buyer messages applied out of order': `select id from (
       select m.id, m.position, lag(m.position) over (partition by m.inquiry_id order by e.seq) as before
         from event e join message m on m.tenant_id = e.tenant_id and m.id::text = e.decision->'event'->>'messageId'
        where e.tenant_id = $1 and e.kind in ('inquiry.opened', 'message.received')) x where before > position`,
  'command not decided exactly once': `select c.id from command c where c.tenant_id = $1
       and (select count(*) from event e where e.tenant_id = c.tenant_id and e.inquiry_id = c.inquiry_id
              and e.decision->'event'->>'commandId' = c.id::text) <> 1`,
  'acknowledgement missing or doubled': `select i.id from inquiry i where i.tenant_id = $1 and i.linked_inquiry_id is null
       and (select count(*) from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
              and m.direction = 'out' and m.author = 'automated') <> 1`,
  'level fired more than once': `select e.inquiry_id, min(x->'data'->>'name') as name, count(*) as times
       from event e, jsonb_array_elements(e.entries) x
       where e.tenant_id = $1 and x->>'kind' = 'level.fired'
       group by e.inquiry_id, x->'data'->>'name', x->'data'->>'instance', x->'data'->>'level' having count(*) > 1`,
  'level and history disagree': `select l.inquiry_id, l.name, l.level from obligation_level l where l.tenant_id = $1
       and (l.state = 'fired') <> exists (select from event e, jsonb_array_elements(e.entries) x
             where e.tenant_id = l.tenant_id and e.inquiry_id = l.inquiry_id and x->>'kind' = 'level.fired'
               and x->'data'->>'name' = l.name and (x->'data'->>'instance')::int = l.instance
               and (x->'data'->>'level')::int = l.level)`,
  'levels fired out of order': `select inquiry_id from (
       select e.inquiry_id, (x->'data'->>'planned')::bigint as planned,
              lag((x->'data'->>'planned')::bigint) over (partition by e.inquiry_id, x->'data'->>'name',
                x->'data'->>'instance' order by e.seq, n) as before
         from event e, jsonb_array_elements(e.entries) with ordinality as t (x, n)
        where e.tenant_id = $1 and x->>'kind' = 'level.fired') f where before > planned`,
  'inquiry migrated otherwise than its migration says': `select t.inquiry_id from definition_migration_item t
       where t.tenant_id = $1 and (t.state = 'migrated')::int <>
             (select count(*) from event e, jsonb_array_elements(e.entries) x
               where e.tenant_id = t.tenant_id and e.inquiry_id = t.inquiry_id and x->>'kind' = 'definition.migrated'
                 and x->'data'->>'migrationId' = t.migration_id::text)`,
  'inquiry on another version than its history says': `select id from (
       select distinct on (i.id) i.id, i.definition_version as version, (x->'data'->>'toVersion')::int as told
         from inquiry i
         join event e on e.tenant_id = i.tenant_id and e.inquiry_id = i.id and e.kind = 'definition.changed',
              jsonb_array_elements(e.entries) x
        where i.tenant_id = $1 and x->>'kind' = 'definition.migrated' order by i.id, e.seq desc) m where version <> told`,
  'numbers of audit events with a gap': `select max(seq) as last, count(*) as placed from audit_position
       where tenant_id = $1 having max(seq) <> count(*)`,
};

const KNOWN_INTENTS = `select intent_id::text as intent, state from delivery where tenant_id = $1`;

const COUNTS = `
  select i.id, i.closed_at is not null as closed,
         (select count(*)::int from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
             and m.direction = 'note') as note,
         (select count(*)::int from message m where m.tenant_id = i.tenant_id and m.inquiry_id = i.id
             and m.direction = 'out' and m.author = 'human') as reply,
         (select count(*)::int from event e, jsonb_array_elements(e.entries) x where e.tenant_id = i.tenant_id
             and e.inquiry_id = i.id and x->>'kind' = 'task.claimed') as claim
    from inquiry i where i.tenant_id = $1 and i.id = any($2)`;

/**
 * Waits until nothing is left to do, or fails with what is.
 *
 * @param timeoutMs real time; a crash may leave work whose lease has to run out first
 */
export async function settled(superuser: pg.Pool, tenantId: string, timeoutMs = 60_000): Promise<void> {
  await eventually(
    // A server that was killed a moment ago is still coming back.
    () => rowsOf(superuser, UNSETTLED, tenantId).catch((error: unknown) => [String(error)]),
    (left) => left.length === 0,
    timeoutMs,
    250,
  );
}

/**
 * What must hold after any crash, fault or race, once everything has settled: every accepted message once and in order, one
 * acknowledgement, each intent at the buyer and each call at the outside system at most once, every level once, every command
 * answered once, nobody told that something was done which was not, and the state equal to a replay of its events.
 *
 * @returns what does not hold, a line each; empty when all is well
 */
export async function endCheck(input: EndCheckInput): Promise<string[]> {
  const { superuser, tenantId } = input;
  const { decisions, differences } = await input.replay();
  return [
    ...(await rowsOf(superuser, BROKEN, tenantId)),
    ...(await checkAccepted(input)),
    ...(await checkActs(input)),
    ...(await checkTaken(input)),
    ...(await checkDone(input)),
    ...(decisions === 0 ? ['nothing was replayed'] : []),
    ...differences.slice(0, 5).map((difference) => `replay differs: ${JSON.stringify(difference).slice(0, 400)}`),
  ];
}

async function rowsOf(
  superuser: pg.Pool,
  statements: Readonly<Record<string, string>>,
  tenantId: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, sql] of Object.entries(statements)) {
    const { rows } = await superuser.query(sql, [tenantId]);
    if (rows.length > 0) found.push(`${name}: ${rows.length}, first ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return found;
}

/** Every 202 stands for one row, where it was said to be; a buyer's messages have positions in the order of delivery. */
async function checkAccepted({ superuser, tenantId, accepted }: EndCheckInput): Promise<string[]> {
  const ids = accepted.map(({ messageId }) => messageId);
  const { rows } = await superuser.query<{ id: string; inquiryId: string; position: string }>(
    `select id, inquiry_id as "inquiryId", position from message where tenant_id = $1 and id = any($2)`,
    [tenantId, ids],
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  const problems: string[] = [];
  const last = new Map<string, number>();
  for (const { buyer, order, messageId, inquiryId } of accepted) {
    const row = stored.get(messageId);
    if (row?.inquiryId !== inquiryId) problems.push(`accepted message lost: ${buyer} ${order} (${messageId})`);
    const position = Number(row?.position ?? 0);
    if (position <= (last.get(buyer) ?? 0)) problems.push(`accepted message out of order: ${buyer} ${order}`);
    last.set(buyer, position);
  }
  const { rows: inbound } = await superuser.query<{ n: number }>(
    `select count(*)::int as n from message where tenant_id = $1 and direction = 'in'`,
    [tenantId],
  );
  const distinct = new Set(ids).size;
  if (inbound[0]?.n !== distinct) problems.push(`${inbound[0]?.n} buyer messages stored, ${distinct} accepted`);
  return problems;
}

/** What callers were told was done is there exactly as often. */
async function checkActs({ superuser, tenantId, acts }: EndCheckInput): Promise<string[]> {
  const ids = [...new Set(acts.map(({ inquiryId }) => inquiryId))];
  const { rows } = await superuser.query<{ id: string; closed: boolean; note: number; reply: number; claim: number }>(
    COUNTS,
    [tenantId, ids],
  );
  return rows.flatMap((row) => {
    const told = (what: DoneAct['what']): number =>
      acts.filter((act) => act.inquiryId === row.id && act.what === what && act.done).length;
    const wrong = (['note', 'reply', 'claim'] as const)
      .filter((what) => row[what] !== told(what))
      .map((what) => `inquiry ${row.id}: ${row[what]} × ${what} stored, callers were told ${told(what)}`);
    return told('close') > 0 && !row.closed ? [...wrong, `inquiry ${row.id} was said to be closed and is open`] : wrong;
  });
}

/** The buyer's side has each intent once at most, none we do not know, and every one that we say arrived. */
async function checkTaken({ superuser, tenantId, taken }: EndCheckInput): Promise<string[]> {
  const { rows } = await superuser.query<{ intent: string; state: string }>(KNOWN_INTENTS, [tenantId]);
  const times = new Map<string, number>();
  for (const { intentId } of taken) times.set(intentId, (times.get(intentId) ?? 0) + 1);
  const known = new Set(rows.map(({ intent }) => intent));
  return [
    ...[...times].filter(([, count]) => count > 1).map(([intent, count]) => `intent ${intent} taken ${count} times`),
    ...[...times.keys()].filter((intent) => !known.has(intent)).map((intent) => `intent ${intent} is not ours`),
    ...rows
      .filter(({ intent, state }) => state === 'available' && !times.has(intent))
      .map(({ intent }) => `intent ${intent} is said to have arrived and has not`),
  ];
}

/** The outside system has done nothing twice, nothing we do not know of, and everything that we say was done. */
async function checkDone({ superuser, tenantId, done = [] }: EndCheckInput): Promise<string[]> {
  const { rows } = await superuser.query<{ key: string; state: string }>(
    'select idempotency_key::text as key, state from remote_call where tenant_id = $1',
    [tenantId],
  );
  const times = new Map<string, number>();
  for (const { key } of done) times.set(key, (times.get(key) ?? 0) + 1);
  const known = new Set(rows.map(({ key }) => key));
  return [
    ...[...times].filter(([, count]) => count > 1).map(([key, count]) => `call ${key} carried out ${count} times`),
    ...[...times.keys()].filter((key) => !known.has(key)).map((key) => `call ${key} is not ours`),
    ...rows
      .filter(({ key, state }) => (state === 'ok') !== times.has(key) && state !== 'unknown')
      .map(({ key, state }) => `call ${key} is said to be ${state}, and was carried out ${times.get(key) ?? 0} times`),
  ];
}
