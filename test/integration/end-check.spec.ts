import { Replay } from '../../src/modules/proof/index.js';
import { BuyerServer } from '../support/buyer-server.js';
import { endCheck, settled } from '../support/end-check.js';
import type { AcceptedMessage, DoneAct, EndCheckInput } from '../support/end-check.js';
import { acknowledgedInquiry } from '../support/inquiry.js';
import { setShop } from '../support/people.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

/** A check that never finds anything proves nothing: what it is there for is done to the database, and it must say so. */
describe('the end check', () => {
  let stack: Stack;
  let buyer: BuyerServer;
  let inquiryId: string;
  const accepted: AcceptedMessage[] = [];
  const acts: DoneAct[] = [];

  beforeAll(async () => {
    stack = await startStack();
    buyer = await new BuyerServer(stack.demo.webhookSecret).start();
    await setShop(stack, { replyUrl: buyer.url });
    inquiryId = await acknowledgedInquiry(stack, 'checked');
    const { rows } = await stack.superuser.query<{ id: string }>('select id from message where direction = $1', ['in']);
    const second = await stack.send({ buyer: 'checked', text: 'Alguma novidade?' });
    for (const [index, messageId] of [rows[0]?.id ?? '', second.messageId].entries())
      accepted.push({ buyer: 'checked', order: index + 1, messageId, inquiryId });
    const supervisor = stack.as('supervisor');
    expect((await supervisor.post(`/v1/inquiries/${inquiryId}/notes`, { text: 'nota' })).status).toBe(200);
    acts.push({ what: 'note', inquiryId, done: true });
    await settled(stack.superuser, stack.demo.tenantId);
  }, 90_000);

  afterAll(async () => {
    await stack.stop();
    await buyer.stop();
  }, 30_000);

  const input = (changes: Partial<EndCheckInput> = {}): EndCheckInput => ({
    superuser: stack.superuser,
    tenantId: stack.demo.tenantId,
    accepted,
    acts,
    taken: buyer.taken,
    replay: async () => {
      const result = await stack.application.nest
        .get(Replay, { strict: false })
        .inquiry(stack.demo.tenantId, inquiryId);
      return result ?? { decisions: 0, differences: [] };
    },
    ...changes,
  });

  /** What is found after a change to the database, which is taken back. */
  const after = async (...statements: readonly string[]): Promise<string> => {
    const client = await stack.superuser.connect();
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const sql of statements) await client.query(sql);
    const found = await endCheck(input({ superuser: client as never }));
    await client.query('rollback');
    client.release();
    return found.join('\n');
  };

  it('finds nothing where nothing is wrong', async () => {
    expect(await endCheck(input())).toEqual([]);
  });

  it.each([
    ['a message that is gone', `delete from message where direction = 'in' and position > 1`, /accepted message lost/],
    ['a history with a gap', `delete from event where kind = 'message.received'`, /gap or an overlap[^]*exactly once/],
    [
      'a second acknowledgement',
      `update message set author = 'automated', direction = 'out' where direction = 'note'`,
      /doubled/,
    ],
    ['an event set aside', `update inbox set failed_code = 'x' where kind = 'command'`, /event set aside/],
    ['a level that fired unrecorded', `update obligation_level set state = 'fired'`, /level and history disagree/],
    ['a note that is gone', `delete from message where direction = 'note'`, /0 × note stored, callers were told 1/],
    [
      'a command decided twice',
      `insert into command select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).* from command c`,
      /command not decided/,
    ],
    ['an unknown intent', `update delivery set intent_id = gen_random_uuid()`, /is not ours[^]*said to have arrived/],
  ])('finds %s', async (_name, sql, words) => {
    expect(await after(sql)).toMatch(words);
  });

  it('finds a message that arrived twice, an act that was not done, and decisions that come out otherwise', async () => {
    expect((await endCheck(input({ taken: [...buyer.taken, ...buyer.taken] }))).join()).toMatch(/taken 2 times/);
    const close: DoneAct = { what: 'close', inquiryId, done: true };
    expect((await endCheck(input({ acts: [...acts, close] }))).join()).toMatch(/said to be closed and is open/);
    const replay = (): Promise<{ decisions: number; differences: unknown[] }> =>
      Promise.resolve({ decisions: 1, differences: [{}] });
    expect(await endCheck(input({ replay }))).toEqual([expect.stringMatching(/replay differs/)]);
  });
});
