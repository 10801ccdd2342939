import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, ApiAnswer } from '../support/api.js';
import { publish } from '../support/definitions.js';
import { eventually } from '../support/eventually.js';
import { deliverPatiently } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const AGENTS = 50;
const CONVERSATIONS = 20;
/** The long run lasts a minute. */
const SECONDS = Number(process.env['ATENDE_CROWD_SECONDS'] ?? 10);

/** Leases so short that they run out under people's hands; an answer brings the next task when the buyer writes again. */
const CROWDED = `
atende: 1
key: crowded
title: Crowded
calendar: always
steps:
  - { id: person, assign: { queue: sales-br } }
  - { id: reply, task: { kind: reply, lease: 1s }, on: { sent: buyer, not_needed: close } }
  - { id: buyer, wait: { for: [buyer_message], until: 48h }, on: { message: reply, timeout: close } }
  - { id: close, close: {} }
`;

/** What the crowd has been told about one task. */
type Known = {
  /** Tokens handed out, each once. */
  readonly tokens: Set<number>;
  /** The newest draft whose saving was confirmed, as `[token, number]`. */
  draft: readonly [number, number] | null;
  answers: number;
};

type Claimed = { readonly id: string; readonly token: number; readonly draft: { readonly text: string | null } | null };

describe('a crowd of agents on few tasks', () => {
  let stack: Stack;
  const known = new Map<string, Known>();
  const faults: string[] = [];
  const seen: Record<string, number> = {};

  beforeAll(async () => {
    stack = await startStack({ environment: { ATENDE_RATE_REQUESTS_PER_KEY: '1000000' } });
    await publish(stack, CROWDED);
    // Nobody is offered anything: everybody may take everything.
    await stack.superuser.query('update member set capacity = 0');
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
  }, 30_000);

  const admin = (): Api => stack.as('admin');

  async function hire(index: number): Promise<{ id: string; api: Api }> {
    const name = `Pessoa ${index}`;
    const { body } = await admin().post('/v1/members', { key: `crowd-${index}`, name, role: 'agent', capacity: 0 });
    const issued = await admin().post(`/v1/members/${body.id}/keys`, {});
    return { id: body.id, api: stack.as({ key: issued.body.key }) };
  }

  async function gather(): Promise<Api[]> {
    const crowd: { id: string; api: Api }[] = [];
    for (let index = 0; index < AGENTS; index += 1) crowd.push(await hire(index));
    const { body } = await stack.as('ops').get('/v1/queues');
    const queue = body.items.find(({ key }: { key: string }) => key === 'sales-br');
    const members = [...queue.members.map(({ id }: { id: string }) => id), ...crowd.map(({ id }) => id)];
    const added = await stack.as('ops').patch(`/v1/queues/${queue.id}`, { members }, { headers: { 'if-match': '*' } });
    expect(added.status).toBe(200);
    return crowd.map(({ api }) => api);
  }

  const factsOf = (task: string): Known => {
    const facts = known.get(task) ?? { tokens: new Set(), draft: null, answers: 0 };
    known.set(task, facts);
    return facts;
  };
  const count = (what: string): void => void (seen[what] = (seen[what] ?? 0) + 1);
  const isBefore = (a: readonly [number, number], b: readonly [number, number]): boolean =>
    a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

  /** One turn of one agent: claims, writes, and then answers, gives back or simply goes away. */
  async function turn(api: Api): Promise<void> {
    const before = new Map([...known].map(([task, { draft }]) => [task, draft]));
    const claimed = await api.post('/v1/tasks/next', {});
    count(`claim ${claimed.status}`);
    if (claimed.status !== 200) return void (await sleep(50 + Math.random() * 200));
    // The lease was over before the answer was written; the task is anybody's again.
    if (claimed.body.token === null) return;
    const task = claimed.body as Claimed;
    checkClaim(task, before.get(task.id) ?? null);
    for (let number = 1; number <= 1 + Math.random() * 3; number += 1) {
      if (!(await write(api, task, number))) return;
    }
    const what = Math.random();
    if (what < 0.25) return answer(api, task);
    if (what < 0.4) return void count(`release ${(await release(api, task)).status}`);
    // Held up until the lease is over; then an answer or a draft comes with a token that may be stale.
    await sleep(1_200);
    if (what < 0.7) await answer(api, task);
    else await write(api, task, 9);
  }

  function checkClaim(task: Claimed, confirmed: readonly [number, number] | null): void {
    const facts = factsOf(task.id);
    if (facts.tokens.has(task.token)) faults.push(`token ${task.token} of ${task.id} was handed out twice`);
    facts.tokens.add(task.token);
    const [token = 0, number = 0] = (task.draft?.text ?? '').split('/').map(Number);
    if (confirmed !== null && isBefore([token, number], confirmed)) {
      faults.push(`draft ${confirmed.join('/')} of ${task.id} was lost: ${token}/${number} is shown`);
    }
  }

  async function write(api: Api, { id, token }: Claimed, number: number): Promise<boolean> {
    const saved = await api.put(`/v1/tasks/${id}/draft`, { token, text: `${token}/${number}` });
    count(`draft ${saved.status}`);
    const facts = factsOf(id);
    if (saved.status === 200 && (facts.draft === null || isBefore(facts.draft, [token, number]))) {
      facts.draft = [token, number];
    }
    checkStale(saved, id, token);
    return saved.status === 200;
  }

  const release = (api: Api, { id, token }: Claimed): Promise<ApiAnswer> =>
    api.post(`/v1/tasks/${id}/release`, { token });

  async function answer(api: Api, { id, token }: Claimed): Promise<void> {
    const done = await api.post(`/v1/tasks/${id}/complete`, { token, action: 'send', text: `Resposta ${id}` });
    count(`answer ${done.status}`);
    if (done.status < 300) factsOf(id).answers += 1;
    else checkStale(done, id, token);
  }

  /** Whoever is refused must have lost the task: to a later token, or to its end. */
  function checkStale({ status, body }: ApiAnswer, id: string, token: number): void {
    // A product that is too busy says so, and nothing has happened.
    if (status < 300 || status === 503) return;
    if (status !== 409 || !['token_stale', 'task_ended', 'newer_message'].includes(body.code)) {
      faults.push(`${id}/${token}: ${status} ${JSON.stringify(body)}`);
    }
  }

  /** As many conversations as there are tasks to fight for, each with its first task open. */
  async function openTasks(): Promise<string[]> {
    const buyers = Array.from({ length: CONVERSATIONS }, (_none, index) => ({ buyer: `crowd-${index}` }));
    const opened = await Promise.all(buyers.map((message) => deliverPatiently(stack, message)));
    await eventually(
      () => stack.superuser.query(`select id from task where state = 'ready'`),
      ({ rowCount }) => rowCount === CONVERSATIONS,
      60_000,
    );
    return opened.map(({ inquiryId }) => inquiryId);
  }

  /** The buyer writes again as soon as an answer is there, so that there is always work. */
  async function converse(inquiryId: string, index: number, until: number): Promise<void> {
    while (Date.now() < until) {
      const before = await humanMessages(inquiryId);
      while (Date.now() < until && (await humanMessages(inquiryId)) === before) await sleep(200);
      await deliverPatiently(stack, { buyer: `crowd-${index}` });
    }
  }

  async function humanMessages(inquiryId: string): Promise<number> {
    const { rows } = await stack.superuser.query<{ count: number }>(
      `select count(*)::int as count from message where inquiry_id = $1 and author = 'human' and direction = 'out'`,
      [inquiryId],
    );
    return rows[0]?.count ?? 0;
  }

  it(
    `answers no task twice, loses no draft and honours every token (${SECONDS} s)`,
    async () => {
      const crowd = await gather();
      const inquiries = await openTasks();
      const until = Date.now() + SECONDS * 1_000;
      const work = async (api: Api): Promise<void> => {
        while (Date.now() < until) await turn(api);
      };
      await Promise.all([
        ...crowd.map(work),
        ...inquiries.map((inquiryId, index) => converse(inquiryId, index, until)),
      ]);
      expect(faults).toEqual([]);
      expect([...known.values()].filter(({ answers }) => answers > 1)).toEqual([]);
      expect(await unequal()).toEqual([]);
      // The crowd did get in each other's way.
      expect(Object.keys(seen)).toEqual(expect.arrayContaining(['claim 200', 'draft 200', 'answer 200']));
      expect([...known.values()].some(({ tokens }) => tokens.size > 1)).toBe(true);
    },
    (SECONDS + 240) * 1_000,
  );

  /** Tasks that ended as answered without exactly one message, and messages without a task. */
  async function unequal(): Promise<unknown[]> {
    const { rows } = await stack.superuser.query(
      `select i.id,
              (select count(*)::int from task t where t.inquiry_id = i.id and t.outcome = 'sent') as tasks,
              (select count(*)::int from message m where m.inquiry_id = i.id and m.author = 'human') as messages,
              (select count(*)::int from command c where c.inquiry_id = i.id and c.state = 'applied') as commands
         from inquiry i`,
    );
    return rows.filter(({ tasks, messages, commands }) => tasks !== messages || commands !== messages);
  }
});
