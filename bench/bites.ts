import type { Bench } from './bench.js';
import type { DemoFile } from './servers/installation.js';
import { describeMachine } from './machine.js';
import type { Machine } from './machine.js';
import { times } from './pace.js';
import { distribution } from './statistics.js';
import type { Distribution } from './statistics.js';

/** How long it takes to be told what bites first while that many inquiries are open, over HTTP, in ms. */
export type BiteFigures = {
  readonly machine: Machine;
  readonly open: number;
  /** By what was asked for. */
  readonly took: Readonly<Record<string, Distribution>>;
};

type Member = keyof DemoFile['keys'];
type Page = { readonly items: readonly unknown[]; readonly nextCursor: string | null };

/** Inquiries that came through the product: the first pages show these, with names and texts to be unsealed. */
const REAL = 120;
const REQUESTS = 200;
const PAGES = 20;
const STATES = 'state=ready,offered,claimed';

/**
 * Inquiries like one that came through the product, each with a buyer, a conversation, two messages and a task of its own; their
 * words are left out, because nobody else could have sealed them. A tenth is overdue, a tenth due soon on a wall clock, some have
 * no deadline; one in a hundred is the supervisors', and seven in ten are of one queue.
 */
const FILL = `
  create temporary table fill as
    select n, gen_random_uuid() as buyer, gen_random_uuid() as conversation, gen_random_uuid() as inquiry, random() as chance,
           case when n % 100 = 0 then 'supervisors' when n % 10 < 7 then 'sales-br' else 'night-sz' end as queue,
           clock_timestamp() + case when random() < 0.1 then -random() else random() end * interval '3 days' as due
      from generate_series(1, $COUNT) n;
  create temporary table model as
    select i.* from inquiry i where closed_at is null order by opened_at limit 1;
  insert into buyer (tenant_id, id, shop_id, external_hash, language, created_at)
    select m.tenant_id, f.buyer, m.shop_id, decode(md5(f.buyer::text), 'hex'), 'pt-BR', now() from fill f, model m;
  insert into conversation (tenant_id, id, shop_id, buyer_id, position, created_at)
    select m.tenant_id, f.conversation, m.shop_id, f.buyer, 2, now() from fill f, model m;
  insert into inquiry (tenant_id, id, conversation_id, shop_id, buyer_id, channel, definition_key, definition_version, status, step,
                       state, last_seq, last_event_at, intent, urgency, urgency_rank, language, tags, queue_key, unanswered_since,
                       due_any, due_wall, opened_at)
    select m.tenant_id, f.inquiry, f.conversation, m.shop_id, f.buyer, m.channel, m.definition_key, m.definition_version, m.status,
           m.step, m.state, m.last_seq, m.last_event_at, m.intent,
           (array['low', 'normal', 'normal', 'normal', 'high', 'critical'])[1 + f.n % 6],
           (array[0, 1, 1, 1, 2, 3])[1 + f.n % 6]::smallint, m.language, m.tags, f.queue,
           now() - f.chance * interval '3 days', case when f.n % 50 = 7 then null else f.due end,
           case when f.chance < 0.1 then greatest(f.due, now() + f.chance * interval '20 minutes') end,
           now() - f.chance * interval '3 days' from fill f, model m;
  insert into message (tenant_id, id, conversation_id, inquiry_id, shop_id, position, direction, author, language, classification,
                       sent_at, received_at)
    select m.tenant_id, gen_random_uuid(), f.conversation, f.inquiry, m.shop_id, p, case p when 1 then 'in' else 'out' end,
           case p when 1 then 'buyer' else 'automated' end, 'pt-BR', x.classification, now(), now()
      from fill f, model m cross join generate_series(1, 2) p
      left join lateral (select classification from message o where o.inquiry_id = m.id and o.position = p) x on true;
  insert into task (tenant_id, id, key, inquiry_id, kind, state, queue_key, step, lease_ms, opened_at)
    select m.tenant_id, gen_random_uuid(), 'task:1', f.inquiry, 'reply', 'ready', f.queue, m.step, 1200000, now()
      from fill f, model m;
  update inquiry set due_any = now() - interval '4 days' where id in (select i.id from inquiry i where not exists
    (select from fill f where f.inquiry = i.id));
  update task set offered_to = null, offer_until = null, state = 'ready' where ended_at is null;
  drop table fill, model;
  analyze;`;

/**
 * Fills the tables with open inquiries and asks for what bites first as agents and supervisors do: the first page of tasks and of
 * inquiries, all and of one's own queues, of a small queue, page after page, and the task to be taken next.
 */
export async function biteFigures(
  { client, shop, probe }: Bench,
  count: number,
  inFlight: number,
  say: (line: string) => void,
): Promise<BiteFigures> {
  await times(REAL, inFlight, () => shop.open().then(() => undefined));
  say(`${REAL} inquiries through the product, ${count} more beside them`);
  await probe.rows(FILL.replace('$COUNT', String(count)));
  const took: Record<string, Distribution> = {};
  const measure = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
    // The first ones plan their statements and warm the cache.
    for (let request = 0; request < REQUESTS / 10; request += 1) await ask();
    const samples: number[] = [];
    for (let request = 0; request < REQUESTS; request += 1) {
      const began = performance.now();
      await ask();
      samples.push(performance.now() - began);
    }
    took[name] = distribution(samples);
    say(`${name}: p50 ${took[name].p50}, p95 ${took[name].p95}`);
  };
  const page = (member: Member, path: string) => () => client.get(member, `${path}&limit=50`);
  await measure('tasks, all queues', page('supervisor', `/v1/tasks?${STATES}`));
  await measure('tasks, own queues', page('agent', `/v1/tasks?${STATES}`));
  await measure('tasks, a small queue', page('supervisor', `/v1/tasks?${STATES}&queue=supervisors`));
  await measure('inquiries, all', page('supervisor', '/v1/inquiries?sort=due&state=open'));
  await measure('inquiries, own queues', page('agent', '/v1/inquiries?sort=due&state=open'));
  await measure('inquiries, a small queue', page('supervisor', '/v1/inquiries?sort=due&state=open&queue=supervisors'));
  await measure('tasks, page after page', following(client, 'supervisor', `/v1/tasks?${STATES}&limit=50`));
  await measure('next, own queues', () => client.post('agent', '/v1/tasks/next', {}));
  await measure('next, a small queue', () => client.post('supervisor', '/v1/tasks/next', { queue: 'supervisors' }));
  return { machine: describeMachine(), open: count + REAL, took };
}

/** Asks for one page after the other, from the beginning again after some. */
function following(client: Bench['client'], member: Member, path: string): () => Promise<unknown> {
  let cursor: string | null = null;
  let pages = 0;
  return async () => {
    if (pages % PAGES === 0) cursor = null;
    pages += 1;
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { items, nextCursor } = (await client.get(member, path + after)) as Page;
    if (items.length < 50) throw new Error('There are too few');
    cursor = nextCursor;
  };
}
